#include "attachment/seven_zip_reader.h"

#include <lzma.h>

#include <algorithm>
#include <optional>

#include "attachment/archive_name.h"
#include "attachment/seven_zip_folders.h"
#include "attachment/seven_zip_numbers.h"

namespace sekisho::attachment {
namespace {

constexpr std::string_view kMagic("7z\xBC\xAF\x27\x1C", 6);
constexpr size_t kStartBytes = 32;
constexpr char kHeader = 0x01, kEncodedHeader = 0x17;
// Coders: 7zFormat.txt, "Folder"; the numbers in Methods.txt.
constexpr std::string_view kAes("\x06\xF1\x07\x01", 4);
constexpr std::string_view kLzma("\x03\x01\x01", 3);
constexpr size_t kLzmaPropertyBytes = 5;
constexpr size_t kEncodedInfoBytesMax = 4096;

// How a directory is packed, as far as we need it.
struct Packed {
  uint64_t at = 0;  // behind the start header
  uint64_t bytes = 0;
  uint64_t plain_bytes = 0;
  std::string_view lzma_properties;
};

// A coder's number is preceded by a byte whose low half is its length.
std::optional<size_t> find_coder(std::string_view header, std::string_view coder) {
  for (size_t at = 0; (at = header.find(coder, at)) != std::string_view::npos; ++at)
    if (at > 0 && (static_cast<unsigned char>(header[at - 1]) & 0x0F) == coder.size()) return at;
  return std::nullopt;
}

// PackInfo: 06, position, streams, 09, a size each. UnpackInfo: 07 … 0C, a size each.
std::optional<Packed> parse_packed(std::string_view info) {
  Packed packed;
  SevenZipNumbers numbers(info);
  if (numbers.byte() != 0x06) return std::nullopt;
  const auto at = numbers.number(), streams = numbers.number();
  if (!at || !streams || numbers.byte() != 0x09) return std::nullopt;
  const auto bytes = numbers.number();
  const auto coder = find_coder(info, kLzma);
  if (!bytes || !coder) return std::nullopt;
  numbers.take(*coder + kLzma.size() - numbers.at());
  if (numbers.number() != kLzmaPropertyBytes) return std::nullopt;
  packed.lzma_properties = info.substr(numbers.at(), kLzmaPropertyBytes);
  numbers.take(kLzmaPropertyBytes);
  if (!numbers.skip_to(0x0C)) return std::nullopt;
  const auto plain = numbers.number();
  if (!plain) return std::nullopt;
  packed.at = *at;
  packed.bytes = *bytes;
  packed.plain_bytes = *plain;
  return packed;
}

// What could be unpacked, at most plain_bytes; empty when nothing.
std::string unpack_lzma(const Packed& packed, std::string_view in) {
  lzma_filter filters[] = {{LZMA_FILTER_LZMA1, nullptr}, {LZMA_VLI_UNKNOWN, nullptr}};
  const auto* properties = reinterpret_cast<const uint8_t*>(packed.lzma_properties.data());
  if (lzma_properties_decode(&filters[0], nullptr, properties, packed.lzma_properties.size()) !=
      LZMA_OK)
    return {};
  // A dictionary larger than all there is would be memory for nothing.
  auto* options = static_cast<lzma_options_lzma*>(filters[0].options);
  options->dict_size = std::min<uint32_t>(
      options->dict_size, static_cast<uint32_t>(SevenZipReader::kDirectoryBytesMax));
  std::string out(packed.plain_bytes, '\0');
  lzma_stream stream = LZMA_STREAM_INIT;
  if (lzma_raw_decoder(&stream, filters) == LZMA_OK) {
    stream.next_in = reinterpret_cast<const uint8_t*>(in.data());
    stream.avail_in = in.size();
    stream.next_out = reinterpret_cast<uint8_t*>(out.data());
    stream.avail_out = out.size();
    while (stream.avail_out > 0 && lzma_code(&stream, LZMA_RUN) == LZMA_OK && stream.avail_in > 0) {
    }
    out.resize(out.size() - stream.avail_out);
  } else {
    out.clear();
  }
  lzma_end(&stream);
  ::free(options);
  return out;
}

std::string read_all(FileView& file, uint64_t at, uint64_t count) {
  std::string all;
  while (all.size() < count) {
    const std::string_view b = file.bytes(
        at + all.size(), static_cast<size_t>(std::min<uint64_t>(count - all.size(), 65536)));
    if (b.empty()) break;
    all += b;
  }
  return all;
}

}  // namespace

ArchiveOutcome SevenZipReader::read(FileView& file, const OnMember& on_member) {
  on_member_ = &on_member;
  outcome_ = {};
  outcome_.is_archive = file.bytes(0, kMagic.size()) == kMagic;
  if (outcome_.is_archive) read_directory(file);
  return outcome_;
}

void SevenZipReader::read_directory(FileView& file) {
  const std::string_view start = file.bytes(0, kStartBytes);
  outcome_.unlisted = kNoDirectory;
  if (start.size() < kStartBytes) return;
  const uint64_t offset = little64(start, 12), bytes = little64(start, 20);
  if (bytes == 0) {
    outcome_.unlisted = {};  // an empty archive
    return;
  }
  if (offset >= file.size() || bytes > file.size()) return;
  outcome_.unlisted = kTooManyMembers;
  if (bytes > kDirectoryBytesMax) return;
  const std::string header = read_all(file, kStartBytes + offset, bytes);
  outcome_.unlisted = kDamagedDirectory;
  if (header.size() < bytes) return;
  if (header[0] == kEncodedHeader) return read_packed(file, std::string_view(header).substr(1));
  if (header[0] != kHeader) return;
  outcome_.unlisted = {};
  search(header);
}

void SevenZipReader::read_packed(FileView& file, std::string_view info) {
  info = info.substr(0, kEncodedInfoBytesMax);
  if (find_coder(info, kAes)) {
    outcome_.encryption = "7z aes, names too";
    outcome_.unlisted = {};
    return;
  }
  const auto packed = parse_packed(info);
  if (!packed) return;
  if (packed->bytes > kDirectoryBytesMax || packed->plain_bytes > kDirectoryBytesMax) {
    outcome_.unlisted = kTooManyMembers;
    return;
  }
  const std::string in = read_all(file, kStartBytes + packed->at, packed->bytes);
  const std::string header = unpack_lzma(*packed, in);
  if (header.empty() || header[0] != kHeader) return;
  if (header.size() == packed->plain_bytes) outcome_.unlisted = {};
  search(header);
}

// Names: 11, bytes, 00 (they stand here), names in UTF-16 that each end in 0.
void SevenZipReader::search(std::string_view header) {
  if (find_coder(header, kAes)) outcome_.encryption = "7z aes";
  const SevenZipFolders folders = judge_folders(header);
  if (folders == SevenZipFolders::kUnopened) outcome_.unscanned = kUnsupportedArchive;
  if (folders == SevenZipFolders::kDamaged) outcome_.unlisted = kDamagedDirectory;
  for (size_t at = 0; (at = header.find('\x11', at)) != std::string_view::npos; ++at)
    at += tell_names(header, at + 1);
}

// The bytes that the list at `at` has; 0 when none is there.
size_t SevenZipReader::tell_names(std::string_view header, size_t at) {
  SevenZipNumbers numbers(header.substr(at));
  const auto bytes = numbers.number();
  if (!bytes || *bytes < 5 || *bytes % 2 == 0 || numbers.byte() != 0) return 0;
  at += numbers.at();
  if (*bytes - 1 > header.size() - at) return 0;
  std::string_view list = header.substr(at, static_cast<size_t>(*bytes - 1));
  if (!list.ends_with(std::string_view("\0\0", 2))) return 0;
  size_t told = 0;
  for (size_t from = 0, i = 0; i + 1 < list.size(); i += 2) {
    if (list[i] != 0 || list[i + 1] != 0) continue;
    const std::string_view raw = list.substr(from, i - from);
    from = i + 2;
    if (++told > kMembersMax) {
      outcome_.unlisted = kTooManyMembers;
      break;
    }
    const std::string name = ArchiveName::from_utf16(kept_name(raw));
    (*on_member_)({name, {}, {}});
  }
  return list.size();
}

}  // namespace sekisho::attachment
