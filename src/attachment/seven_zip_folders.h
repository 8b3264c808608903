// attachment/seven_zip_folders.h: how a 7z's content is packed, and whether libclamav unpacks that.
//
// libclamav passes over what it can't unpack without a word. What it can is little, and each of it
// in one arrangement: Copy, LZMA, LZMA2 or PPMd alone; one of them before the filter BCJ or ARM;
// four coders around BCJ2. All else (Delta, ARM64, two packers, Deflate, …) is not opened.
//
// Pure, linear.  Source: 7-Zip's 7zFormat.txt and Methods.txt; tried with each (libclamav 1.4).

#pragma once

#include <string_view>

namespace sekisho::attachment {

enum class SevenZipFolders { kOpened, kUnopened, kDamaged };

// `header` is an unpacked directory, from its first byte (01). Encrypted content counts as opened:
// that it is encrypted is told elsewhere.
SevenZipFolders judge_folders(std::string_view header);

}  // namespace sekisho::attachment
