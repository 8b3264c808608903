#include "attachment/rar_reader.h"

#include <algorithm>

#include "codec/utf8.h"

namespace sekisho::attachment {
namespace {

constexpr std::string_view kOldMagic("Rar!\x1A\x07\x00", 7);
constexpr std::string_view kNewMagic("Rar!\x1A\x07\x01\x00", 8);

// RAR 3: types and flags of headers.
constexpr uint8_t kOldMain = 0x73, kOldFile = 0x74, kOldEnd = 0x7B;
constexpr uint16_t kOldHeadersEncrypted = 0x0080, kOldHasData = 0x8000, kOldFileEncrypted = 0x0004,
                   kOldLarge = 0x0100, kOldUnicode = 0x0200;
constexpr size_t kOldHeaderBytes = 7, kOldFileBytes = 32;

// RAR 5
constexpr uint64_t kNewFile = 2, kNewEncryption = 4, kNewEnd = 5;
constexpr uint64_t kHasExtra = 1, kHasData = 2, kHasTime = 2, kHasCrc = 4;
constexpr uint64_t kFileEncryption = 1;
constexpr size_t kNewHeaderBytesMax = 32 << 10;

// Takes numbers of 7 bits a byte from the front (RAR 5.0 technote, "vint").
std::optional<uint64_t> take_number(std::string_view& bytes) {
  uint64_t value = 0;
  for (unsigned i = 0; i < 10 && i < bytes.size(); ++i) {
    const auto byte = static_cast<unsigned char>(bytes[i]);
    value |= static_cast<uint64_t>(byte & 0x7F) << (7 * i);
    if ((byte & 0x80) != 0) continue;
    bytes.remove_prefix(i + 1);
    return value;
  }
  return std::nullopt;
}

// Does the extra area of a file's header have a record of encryption?
bool has_encryption(std::string_view extra) {
  while (!extra.empty()) {
    const auto size = take_number(extra);
    if (!size || *size > extra.size()) return false;
    std::string_view record = extra.substr(0, static_cast<size_t>(*size));
    extra.remove_prefix(record.size());
    if (take_number(record) == kFileEncryption) return true;
  }
  return false;
}

// RAR 3: a byte that all characters may share as their upper half; then two bits a character, four
// times in a byte: 0 a byte, 1 a byte with the upper half, 2 both bytes, 3 a run copied from the
// name in the machine's charset, with a correction where the length's highest bit is set.
class UnicodeName {
 public:
  UnicodeName(std::string_view plain, std::string_view packed) : plain_(plain), packed_(packed) {}

  std::string run() {
    const unsigned upper = byte() << 8;
    for (unsigned bits = 0, left = 0; at_ < packed_.size() && !is_full(); bits <<= 2, left -= 2) {
      if (left == 0) {
        bits = byte();
        left = 8;
      }
      step(bits >> 6 & 3, upper);
    }
    return ArchiveName::from_utf16(utf16_);
  }

 private:
  bool is_full() const { return utf16_.size() >= 2 * kMemberNameBytesMax; }
  unsigned byte() { return at_ < packed_.size() ? static_cast<unsigned char>(packed_[at_++]) : 0; }
  void put(unsigned c) {
    utf16_ += static_cast<char>(c & 0xFF);
    utf16_ += static_cast<char>(c >> 8 & 0xFF);
  }

  void step(unsigned kind, unsigned upper) {
    if (kind == 3) return copy_run(upper);
    const unsigned lower = byte();
    put(kind == 0 ? lower : lower | (kind == 1 ? upper : byte() << 8));
  }

  void copy_run(unsigned upper) {
    const unsigned length = byte();
    const bool corrects = (length & 0x80) != 0;
    const unsigned correction = corrects ? byte() : 0;
    for (unsigned i = 0; i < (length & 0x7F) + 2 && utf16_.size() / 2 < plain_.size(); ++i) {
      const unsigned c = static_cast<unsigned char>(plain_[utf16_.size() / 2]);
      put(corrects ? ((c + correction) & 0xFF) | upper : c);
    }
  }

  std::string_view plain_, packed_;
  size_t at_ = 0;
  std::string utf16_;
};

std::string with_slashes(std::string name) {
  std::replace(name.begin(), name.end(), '\\', '/');
  return name;
}

}  // namespace

ArchiveOutcome RarReader::read(FileView& file, const OnMember& on_member) {
  on_member_ = &on_member;
  outcome_ = {};
  ended_ = false;
  const std::string_view head = file.bytes(0, kNewMagic.size());
  const bool is_new = head == kNewMagic;
  outcome_.is_archive = is_new || head.starts_with(kOldMagic);
  if (!outcome_.is_archive) return outcome_;
  uint64_t at = is_new ? kNewMagic.size() : kOldMagic.size();
  size_t headers = 0;
  while (at < file.size() && !ended_) {
    if (++headers > kMembersMax) {
      outcome_.unlisted = kTooManyMembers;
      return outcome_;
    }
    const auto next = is_new ? take_new(file, at) : take_old(file, at);
    if (!next || *next <= at) break;
    at = *next;
  }
  if (!ended_ && at < file.size()) outcome_.unlisted = kDamagedDirectory;
  return outcome_;
}

std::optional<uint64_t> RarReader::take_old(FileView& file, uint64_t at) {
  const std::string_view b = file.bytes(at, kOldHeaderBytes);
  if (b.size() < kOldHeaderBytes) return std::nullopt;
  const auto type = static_cast<uint8_t>(b[2]);
  const uint16_t flags = little16(b, 3), bytes = little16(b, 5);
  if (type < 0x72 || type > kOldEnd || bytes < kOldHeaderBytes) return std::nullopt;
  uint64_t data = 0;
  if ((flags & kOldHasData) != 0 || type == kOldFile)
    data = file.u32(at + kOldHeaderBytes).value_or(0);
  if (type == kOldFile) {
    const std::string header(file.bytes(at, bytes));
    if ((flags & kOldLarge) != 0 && header.size() >= kOldFileBytes + 4)
      data |= static_cast<uint64_t>(little32(header, kOldFileBytes)) << 32;
    tell_old(header, flags);
  }
  if (type == kOldMain && (flags & kOldHeadersEncrypted) != 0)
    outcome_.encryption = "rar aes, names too";
  ended_ = type == kOldEnd || (type == kOldMain && !outcome_.encryption.empty());
  if (data > file.size()) return std::nullopt;
  return at + bytes + data;
}

void RarReader::tell_old(std::string_view header, uint16_t flags) {
  const std::string_view encryption = (flags & kOldFileEncrypted) != 0 ? "rar aes" : "";
  if (!encryption.empty() && outcome_.encryption.empty()) outcome_.encryption = encryption;
  if (header.size() < kOldFileBytes) return;
  const size_t from = kOldFileBytes + ((flags & kOldLarge) != 0 ? 8 : 0);
  const std::string_view raw =
      kept_name(header.substr(std::min(from, header.size()), little16(header, 26)));
  const std::string name = old_name(raw, (flags & kOldUnicode) != 0);
  (*on_member_)({name, raw.substr(0, raw.find('\0')), encryption});
}

// The flag means: the name in the machine's charset, 0, and how it differs in Unicode, which is
// what the user gets; or, without a 0, UTF-8.
std::string RarReader::old_name(std::string_view raw, bool has_unicode) {
  const size_t end = has_unicode ? raw.find('\0') : std::string_view::npos;
  if (end == std::string_view::npos) return with_slashes(names_.guess(raw));
  return with_slashes(UnicodeName(raw.substr(0, end), raw.substr(end + 1)).run());
}

std::optional<uint64_t> RarReader::take_new(FileView& file, uint64_t at) {
  std::string_view b = file.bytes(at, 4 + kNewHeaderBytesMax);
  if (b.size() < 7) return std::nullopt;
  b.remove_prefix(4);  // its CRC
  const size_t before = b.size();
  const auto bytes = take_number(b);
  if (!bytes || *bytes > b.size()) return std::nullopt;
  const uint64_t end = at + 4 + (before - b.size()) + *bytes;
  b = b.substr(0, static_cast<size_t>(*bytes));
  const auto type = take_number(b), flags = take_number(b);
  if (!type || !flags) return std::nullopt;
  uint64_t extra = 0, data = 0;
  if ((*flags & kHasExtra) != 0) extra = take_number(b).value_or(0);
  if ((*flags & kHasData) != 0) data = take_number(b).value_or(0);
  if (extra > b.size() || data > file.size()) return std::nullopt;
  const std::string header(b);
  if (*type == kNewFile)
    tell_new(std::string_view(header).substr(0, header.size() - extra),
             std::string_view(header).substr(header.size() - extra));
  if (*type == kNewEncryption) outcome_.encryption = "rar aes, names too";
  ended_ = *type == kNewEnd || *type == kNewEncryption;
  return end + data;
}

void RarReader::tell_new(std::string_view fields, std::string_view extra) {
  const std::string_view encryption = has_encryption(extra) ? "rar aes" : "";
  if (!encryption.empty()) outcome_.encryption = encryption;
  const auto flags = take_number(fields);
  take_number(fields);  // plain size
  take_number(fields);  // attributes
  const size_t fixed = ((flags.value_or(0) & kHasTime) != 0 ? 4u : 0u) +
                       ((flags.value_or(0) & kHasCrc) != 0 ? 4u : 0u);
  fields.remove_prefix(std::min(fixed, fields.size()));
  take_number(fields);  // compression
  take_number(fields);  // system
  const auto length = take_number(fields);
  if (!flags || !length) return;
  const std::string_view raw = kept_name(fields.substr(0, static_cast<size_t>(*length)));
  const std::string name = with_slashes(names_.guess(raw));
  (*on_member_)({name, raw, encryption});
}

}  // namespace sekisho::attachment
