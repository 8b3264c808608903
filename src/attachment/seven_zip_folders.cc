#include "attachment/seven_zip_folders.h"

#include <algorithm>
#include <string>

#include "attachment/seven_zip_numbers.h"

namespace sekisho::attachment {
namespace {

using Numbers = SevenZipNumbers;

// Marks of 7zFormat.txt.
constexpr uint8_t kEnd = 0x00, kHeader = 0x01, kProperties = 0x02, kMoreStreams = 0x03,
                  kMainStreams = 0x04, kPackInfo = 0x06, kUnpackInfo = 0x07, kSize = 0x09,
                  kDigest = 0x0A, kFolder = 0x0B;
constexpr uint64_t kCodersMax = 32;  // as 7-Zip has it

// A folder in letters: each coder (p a packer, f BCJ or ARM, j BCJ2, e encryption, ? all else),
// then the coders' connections. What is longer than this is nothing that is opened.
constexpr size_t kShapeBytesMax = 64;
constexpr std::string_view kOpenedShapes[] = {"p", "pf 1-0", "pppj 5-0 4-1 3-2 2 6 1 0"};

char letter_of(std::string_view method) {
  using std::operator""sv;
  if (method == "\x00"sv || method == "\x03\x01\x01" || method == "\x21" ||
      method == "\x03\x04\x01")
    return 'p';
  if (method == "\x03\x03\x01\x03" || method == "\x03\x03\x05\x01") return 'f';
  if (method == "\x03\x03\x01\x1B") return 'j';
  return method == "\x06\xF1\x07\x01" ? 'e' : '?';
}

struct Folder {
  std::string shape;
  uint64_t inputs = 0, outputs = 0;
};

bool read_coder(Numbers& numbers, Folder& folder) {
  const auto flags = numbers.byte();
  if (!flags) return false;
  const char letter = letter_of(numbers.take(*flags & 0x0F));
  folder.shape += (*flags & 0xC0) == 0 ? letter : '?';
  uint64_t inputs = 1, outputs = 1;
  if ((*flags & 0x10) != 0) {
    const auto in = numbers.number(), out = numbers.number();
    if (!in || !out || *in > kCodersMax || *out > kCodersMax) return false;
    inputs = *in;
    outputs = *out;
  }
  folder.inputs += inputs;
  folder.outputs += outputs;
  if ((*flags & 0x20) == 0) return true;
  const auto bytes = numbers.number();
  return bytes && numbers.take(*bytes).size() == *bytes;
}

bool read_folder(Numbers& numbers, Folder& folder) {
  const auto coders = numbers.number();
  if (!coders || *coders == 0 || *coders > kCodersMax) return false;
  for (uint64_t i = 0; i < *coders; ++i)
    if (!read_coder(numbers, folder)) return false;
  const uint64_t bonds = folder.outputs > 0 ? folder.outputs - 1 : 0;
  if (folder.outputs == 0 || folder.inputs < bonds) return false;
  const auto add = [&](char before, uint64_t number) {
    if (folder.shape.size() < kShapeBytesMax) folder.shape += before + std::to_string(number);
  };
  for (uint64_t i = 0; i < bonds; ++i) {
    const auto in = numbers.number(), out = numbers.number();
    if (!in || !out) return false;
    add(' ', *in);
    add('-', *out);
  }
  const uint64_t packed = folder.inputs - bonds;
  for (uint64_t i = 0; packed > 1 && i < packed; ++i) {
    const auto stream = numbers.number();
    if (!stream) return false;
    add(' ', *stream);
  }
  return true;
}

bool is_opened(const Folder& folder) {
  const bool is_encrypted = folder.shape.find('e') != std::string::npos;
  return is_encrypted || std::find(std::begin(kOpenedShapes), std::end(kOpenedShapes),
                                   folder.shape) != std::end(kOpenedShapes);
}

bool skip_properties(Numbers& numbers) {
  for (;;) {
    const auto kind = numbers.number();
    if (!kind || *kind == kEnd) return kind.has_value();
    const auto bytes = numbers.number();
    if (!bytes || numbers.take(*bytes).size() != *bytes) return false;
  }
}

// 06, position, streams; sizes and digests of each; 00.
bool skip_pack_info(Numbers& numbers) {
  const auto position = numbers.number(), streams = numbers.number();
  if (!position || !streams || *streams > numbers.left()) return false;
  for (;;) {
    const auto mark = numbers.byte();
    if (!mark || *mark == kEnd) return mark.has_value();
    if (*mark == kSize) {
      for (uint64_t i = 0; i < *streams; ++i)
        if (!numbers.number()) return false;
    } else if (*mark == kDigest && numbers.byte() == 1) {  // all have one
      if (numbers.take(4 * *streams).size() != 4 * *streams) return false;
    } else {
      return false;
    }
  }
}

// 0B, folders, 00 (they stand here), the folders.
SevenZipFolders read_folders(Numbers& numbers) {
  if (numbers.byte() != kFolder) return SevenZipFolders::kDamaged;
  const auto folders = numbers.number();
  if (!folders || *folders > numbers.left() || numbers.byte() != 0)
    return SevenZipFolders::kDamaged;
  SevenZipFolders judged = SevenZipFolders::kOpened;
  for (uint64_t i = 0; i < *folders; ++i) {
    Folder folder;
    if (!read_folder(numbers, folder)) return SevenZipFolders::kDamaged;
    if (!is_opened(folder)) judged = SevenZipFolders::kUnopened;
  }
  return judged;
}

}  // namespace

SevenZipFolders judge_folders(std::string_view header) {
  Numbers numbers(header);
  if (numbers.byte() != kHeader) return SevenZipFolders::kDamaged;
  auto mark = numbers.byte();
  if (mark == kProperties) {
    if (!skip_properties(numbers)) return SevenZipFolders::kDamaged;
    mark = numbers.byte();
  }
  if (mark == kMoreStreams) return SevenZipFolders::kUnopened;
  if (!mark) return SevenZipFolders::kDamaged;
  if (mark != kMainStreams) return SevenZipFolders::kOpened;  // names without content
  mark = numbers.byte();
  if (mark == kPackInfo) {
    if (!skip_pack_info(numbers)) return SevenZipFolders::kDamaged;
    mark = numbers.byte();
  }
  if (mark == kEnd) return SevenZipFolders::kOpened;
  return mark == kUnpackInfo ? read_folders(numbers) : SevenZipFolders::kDamaged;
}

}  // namespace sekisho::attachment
