#include "attachment/zip_reader.h"

#include <algorithm>
#include <array>
#include <span>

#include "codec/utf8.h"

namespace sekisho::attachment {
namespace {

constexpr std::string_view kLocalMagic("PK\3\4", 4);
constexpr std::string_view kCentralMagic("PK\1\2", 4);
constexpr std::string_view kEndMagic("PK\5\6", 4);
constexpr std::string_view kEnd64Magic("PK\6\6", 4);
constexpr std::string_view kLocator64Magic("PK\6\7", 4);
constexpr size_t kEndBytes = 22, kLocatorBytes = 20, kCentralBytes = 46, kLocalBytes = 30;
constexpr size_t kCommentBytesMax = 65535;

// APPNOTE.TXT §4.4.4
constexpr uint16_t kFlagEncrypted = 1 << 0, kFlagStreamed = 1 << 3, kFlagStrong = 1 << 6,
                   kFlagMasked = 1 << 13;
constexpr uint16_t kFlagsOfEncryption = kFlagEncrypted | kFlagStrong | kFlagMasked;
constexpr size_t kLocalHeadersMax = 2 * kMembersMax;
// APPNOTE.TXT §4.4.5: no other numbers are given, so others are no header.
constexpr uint16_t kMethodsMax = 20, kMethodLzma2 = 93, kMethodAes = 99;
constexpr uint16_t kFieldZip64 = 0x0001, kFieldUnicodePath = 0x7075, kFieldAes = 0x9901;

// CRC-32 of ISO 3309, as zip uses it.
uint32_t crc32(std::string_view bytes) {
  uint32_t crc = 0xFFFFFFFF;
  for (const char c : bytes) {
    crc ^= static_cast<unsigned char>(c);
    for (int bit = 0; bit < 8; ++bit) crc = crc >> 1 ^ ((crc & 1) != 0 ? 0xEDB88320 : 0);
  }
  return ~crc;
}

// The data of an extra field; empty when it isn't there.
std::string_view find_field(std::string_view extra, uint16_t wanted) {
  while (extra.size() >= 4) {
    const size_t length = std::min<size_t>(little16(extra, 2), extra.size() - 4);
    if (little16(extra, 0) == wanted) return extra.substr(4, length);
    extra.remove_prefix(4 + length);
  }
  return {};
}

// Its numbers stand in a fixed order, but only those that don't fit the header (APPNOTE.TXT
// §4.5.3).
void take_zip64_field(std::string_view extra, uint32_t plain, uint64_t& compressed,
                      uint64_t& local_at) {
  std::string_view field = find_field(extra, kFieldZip64);
  const auto take = [&](uint64_t& number) {
    if (field.size() < 8) return;
    number = little64(field, 0);
    field.remove_prefix(8);
  };
  uint64_t ignored = 0;
  if (plain == 0xFFFFFFFF) take(ignored);
  if (compressed == 0xFFFFFFFF) take(compressed);
  if (local_at == 0xFFFFFFFF) take(local_at);
}

bool is_method(uint16_t method) {
  return method <= kMethodsMax || (method >= kMethodLzma2 && method <= kMethodAes);
}

bool has_controls(std::string_view name) {
  return std::any_of(name.begin(), name.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x20; });
}

// A file of another kind, in which zips may stand one behind the other as its members.
bool is_other_container(FileView& file) {
  constexpr std::array<std::string_view, 11> kMagics = {"\x1f\x8b",
                                                        "BZh",
                                                        "\xfd"
                                                        "7zXZ",
                                                        "\x28\xb5\x2f\xfd",
                                                        "MSCF",
                                                        "!<arch>",
                                                        "0707",
                                                        "7z\xbc\xaf",
                                                        "Rar!",
                                                        "\xd0\xcf\x11\xe0",
                                                        "%PDF"};
  const std::string_view head = file.bytes(0, 8);
  if (std::any_of(kMagics.begin(), kMagics.end(),
                  [&](std::string_view magic) { return head.starts_with(magic); }))
    return true;
  return file.bytes(257, 5) == "ustar" || file.bytes(32769, 5) == "CD001";
}

}  // namespace

ArchiveOutcome ZipReader::read(FileView& file, const OnMember& on_member) {
  on_member_ = &on_member;
  outcome_ = {};
  places_.clear();
  data_end_ = 0;
  local_headers_ = 0;
  is_held_ = is_other_container(file);
  const bool has_end = read_ends(file);
  const std::string_view head = file.bytes(0, 8);
  const bool begins = head.starts_with(kLocalMagic) || head.ends_with(kLocalMagic);
  outcome_.is_archive = has_end || begins;
  if (!outcome_.is_archive) return outcome_;
  if (!has_end) outcome_.unlisted = kNoDirectory;
  std::sort(places_.begin(), places_.end(),
            [](const Place& a, const Place& b) { return a.at < b.at; });
  read_local_headers(file);
  if (local_headers_ > kLocalHeadersMax)
    outcome_.unlisted = kTooManyMembers;
  else
    note_unmet();
  return outcome_;
}

// The record is followed by a comment, in which another record may be pretended: clients differ in
// which they take.
bool ZipReader::read_ends(FileView& file) {
  const uint64_t size = file.size();
  const uint64_t tail = kEndBytes + kCommentBytesMax;
  std::array<uint64_t, kEndRecordsMax> found{};
  size_t count = 0;
  for (uint64_t from = size > tail ? size - tail : 0;;) {
    const auto at = file.find(kEndMagic, from, size);
    if (!at) break;
    found[count++ % kEndRecordsMax] = *at;
    from = *at + 1;
  }
  std::optional<End> last;
  bool damaged = false;
  for (size_t i = 0; i < std::min(count, kEndRecordsMax); ++i) {
    const auto end = parse_end(file, found[(count - 1 - i) % kEndRecordsMax]);  // the last first
    if (!end) continue;
    if (last && !is_held_ && is_another(file, *last, *end)) outcome_.unscanned = kAmbiguous;
    damaged = !read_directory(file, *end) || damaged;
    if (last) continue;
    last = end;
    members_of_last_ = places_.size();
    if (is_held_ && ends_with(file, *end)) outcome_.unscanned = kAmbiguous;
  }
  if (last && damaged && outcome_.unlisted.empty()) outcome_.unlisted = kDamagedDirectory;
  return last.has_value();
}

// Two zips one behind the other, which programs open each in their own way. A zip that is a member
// of the other isn't that.
bool ZipReader::is_another(FileView& file, const End& last, const End& end) const {
  if (end.members == 0 || end.directory == last.directory) return false;
  const auto holds = [&](const Place& place) {
    const std::string_view lengths = file.bytes(place.at + 26, 4);
    if (lengths.size() < 4) return false;
    const uint64_t data = place.at + kLocalBytes + little16(lengths, 0) + little16(lengths, 2);
    return data <= end.directory && end.at < data + place.bytes;
  };
  const auto members = std::span(places_).first(members_of_last_);
  return std::none_of(members.begin(), members.end(), holds);
}

// libclamav goes by the first bytes, unzip by the last. What is packed, and tar, has its own bytes
// behind the last zip that it holds.
bool ZipReader::ends_with(FileView& file, const End& end) {
  const std::string_view comment = file.bytes(end.at + 20, 2);
  return comment.size() == 2 && end.at + kEndBytes + little16(comment, 0) == file.size();
}

std::optional<ZipReader::End> ZipReader::parse_end(FileView& file, uint64_t at) {
  const std::string_view b = file.bytes(at, kEndBytes);
  if (b.size() < kEndBytes) return std::nullopt;
  End end;
  end.at = at;
  end.members = little16(b, 10);
  uint64_t bytes = little32(b, 12);
  uint64_t offset = little32(b, 16);
  if (at >= kLocatorBytes && file.bytes(at - kLocatorBytes, 4) == kLocator64Magic) {
    if (const auto at64 = file.u64(at - kLocatorBytes + 8)) end.directory = *at64;
    take_zip64(file, end);
    if (end.is_64) return end;
  }
  end.directory = at >= bytes && file.bytes(at - bytes, 4) == kCentralMagic ? at - bytes : offset;
  end.shift = end.directory >= offset ? end.directory - offset : 0;
  const bool is_empty = end.members == 0 && bytes == 0;
  const bool is_there = file.bytes(end.directory, 4) == kCentralMagic;
  if (!is_empty && !is_there) return std::nullopt;
  return end;
}

// `end.directory` holds where the zip64 record should be; bytes in front of the zip shift it.
void ZipReader::take_zip64(FileView& file, End& end) {
  uint64_t at = end.directory;
  if (file.bytes(at, 4) != kEnd64Magic) {
    const uint64_t back = end.at - std::min<uint64_t>(end.at, 4096);
    const auto found = file.find(kEnd64Magic, back, end.at);
    if (!found) return;
    at = *found;
  }
  const std::string_view b = file.bytes(at, 56);
  if (b.size() < 56) return;
  end.members = little64(b, 32);
  const uint64_t bytes = little64(b, 40);
  const uint64_t offset = little64(b, 48);
  const uint64_t record_bytes = little64(b, 4);
  end.directory = at >= bytes && file.bytes(at - bytes, 4) == kCentralMagic ? at - bytes : offset;
  end.shift = end.directory >= offset ? end.directory - offset : 0;
  end.is_64 = true;
  // APPNOTE.TXT §7.3.4: the longer record says how the directory is encrypted.
  if (file.bytes(end.directory, 4) != kCentralMagic && record_bytes > 44)
    outcome_.encryption = "zip strong, names too";
}

// False when it isn't what the end record says.
bool ZipReader::read_directory(FileView& file, const End& end) {
  uint64_t at = end.directory;
  uint64_t members = 0;
  while (at < end.at) {
    const std::string_view b = file.bytes(at, kCentralBytes);
    if (b.size() < kCentralBytes || !b.starts_with(kCentralMagic)) break;
    if (++members > kMembersMax) {
      outcome_.unlisted = kTooManyMembers;
      return true;
    }
    Header header{.flags = little16(b, 8),
                  .method = little16(b, 10),
                  .packed32 = little32(b, 20),
                  .plain32 = little32(b, 24),
                  .compressed = little32(b, 20),
                  .local_at = little32(b, 42),
                  .name = {},
                  .extra = {}};
    const size_t name = little16(b, 28), extra = little16(b, 30), comment = little16(b, 32);
    header.name = kept_name(file.bytes(at + kCentralBytes, name));
    header.extra = file.bytes(at + kCentralBytes + name, extra);
    take_zip64_field(header.extra, header.plain32, header.compressed, header.local_at);
    places_.push_back({header.local_at + end.shift, header.compressed, header.packed32,
                       header.plain32, header.flags, header.method});
    tell(header, From::kCentral);
    at += kCentralBytes + name + extra + comment;
  }
  return members == end.members || (!end.is_64 && members % 65536 == end.members);
}

void ZipReader::read_local_headers(FileView& file) {
  for (uint64_t from = 0; local_headers_ <= kLocalHeadersMax;) {
    const auto at = file.find(kLocalMagic, from, file.size());
    if (!at) return;
    on_local_header(file, *at);
    from = *at + 1;
  }
}

// The magic may stand in compressed data by chance: a header that the directory doesn't know must
// look like one.
void ZipReader::on_local_header(FileView& file, uint64_t at) {
  const std::string_view b = file.bytes(at, kLocalBytes);
  if (b.size() < kLocalBytes) return;
  const uint16_t version = little16(b, 4);
  Header header{.flags = little16(b, 6),
                .method = little16(b, 8),
                .packed32 = little32(b, 18),
                .plain32 = little32(b, 22),
                .compressed = little32(b, 18),
                .name = {},
                .extra = {}};
  const size_t name = little16(b, 26), extra = little16(b, 28);
  const auto place =
      std::lower_bound(places_.begin(), places_.end(), at,
                       [](const Place& p, uint64_t offset) { return p.at < offset; });
  const bool is_known = place != places_.end() && place->at == at;
  for (auto p = place; p != places_.end() && p->at == at; ++p)
    compare(file, header, at + kLocalBytes + name + extra, *p);
  if (!is_known && ((version & 0xFF) > 99 || !is_method(header.method) || name == 0)) return;
  if (!is_known && name > kMemberNameBytesMax) return;
  header.name = kept_name(file.bytes(at + kLocalBytes, name));
  if (header.name.empty() || (!is_known && has_controls(header.name))) return;
  header.extra = file.bytes(at + kLocalBytes + name, extra);
  take_zip64_field(header.extra, header.plain32, header.compressed, header.local_at);
  ++local_headers_;
  const bool is_nested = !is_known && at < data_end_;
  const uint64_t bytes = is_known ? place->bytes : header.compressed;
  const uint64_t room = file.size() - at;
  if (!is_nested) data_end_ = at + std::min(room, kLocalBytes + name + extra + bytes);
  if (!is_known && !is_nested && !is_held_)
    outcome_.unscanned = kAmbiguous;  // no directory names it
  tell(header, is_nested ? From::kNested : is_known ? From::kLocal : From::kLocalAlone);
}

// libclamav takes the sizes of a streamed member from the directory, all others from here.
void ZipReader::compare(const FileView& file, const Header& header, uint64_t data_at,
                        Place& place) {
  place.was_met = true;
  const bool differ_in_size =
      (header.flags & kFlagStreamed) == 0 &&
      (header.packed32 != place.packed32 || header.plain32 != place.plain32);
  const bool is_cut = data_at > file.size() || place.bytes > file.size() - data_at;
  if (header.method != place.method || differ_in_size || is_cut ||
      ((header.flags ^ place.flags) & kFlagsOfEncryption) != 0)
    outcome_.unscanned = kAmbiguous;
}

// A directory that leads to no header: whoever finds the member finds it in another way.
void ZipReader::note_unmet() {
  if (!std::all_of(places_.begin(), places_.end(), [](const Place& p) { return p.was_met; }))
    outcome_.unscanned = kAmbiguous;
}

void ZipReader::tell(const Header& header, From from) {
  std::string_view encryption;
  const bool is_aes = header.method == kMethodAes || !find_field(header.extra, kFieldAes).empty();
  if ((header.flags & kFlagMasked) != 0)
    encryption = "zip strong, names too";
  else if ((header.flags & kFlagEncrypted) != 0 || header.method == kMethodAes)
    encryption = (header.flags & kFlagStrong) != 0 ? "zip strong" : is_aes ? "zip aes" : "zip";
  const std::string name = name_of(header);
  (*on_member_)({name, header.name, encryption, from == From::kLocal, from == From::kNested});
}

// Info-ZIP's field counts only for the name it was made for (APPNOTE.TXT §4.6.9).
std::string ZipReader::name_of(const Header& header) {
  const std::string_view field = find_field(header.extra, kFieldUnicodePath);
  if (field.size() > 5 && field[0] == 1 && little32(field, 1) == crc32(header.name)) {
    const std::string_view name = field.substr(5);
    if (codec::valid_utf8_prefix(name) == name.size()) return std::string(name);
  }
  return names_.guess(header.name);
}

}  // namespace sekisho::attachment
