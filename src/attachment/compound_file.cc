#include "attachment/compound_file.h"

#include <algorithm>

#include "attachment/archive_name.h"

namespace sekisho::attachment {
namespace {

constexpr std::string_view kMagic("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", 8);
constexpr size_t kEntryBytes = 128, kTypeAt = 66, kTablesInHeader = 109;
constexpr uint32_t kLastSector = 0xFFFFFFFA;  // greater numbers are marks
constexpr unsigned kSmallShift = 6;

}  // namespace

bool CompoundFile::open(FileView& file) {
  file_ = &file;
  steps_ = 0;
  complete_ = true;
  root_ = {};
  const std::string_view b = file.bytes(0, 512);
  if (b.size() < 512 || !b.starts_with(kMagic)) return false;
  // [MS-CFB] 2.2: 9 or 12; clients go by this field.
  sector_shift_ = little16(b, 30) == 12 ? 12 : 9;
  directory_ = little32(b, 48);
  small_cutoff_ = little32(b, 56);
  small_table_ = little32(b, 60);
  more_tables_ = little32(b, 68);
  return true;
}

// Sector 0 stands behind the header, which takes one sector.
uint64_t CompoundFile::place_of(uint32_t sector) const {
  return (static_cast<uint64_t>(sector) + 1) << sector_shift_;
}

bool CompoundFile::step() {
  if (++steps_ <= kStepsMax) return true;
  complete_ = false;
  return false;
}

// Which sector holds the given piece of the allocation table.
std::optional<uint32_t> CompoundFile::table_sector(uint32_t index) {
  if (index < kTablesInHeader) return file_->u32(76 + uint64_t{index} * 4);
  index -= static_cast<uint32_t>(kTablesInHeader);
  const uint32_t per_sector = (1u << sector_shift_) / 4 - 1;
  uint32_t sector = more_tables_;
  for (; index >= per_sector; index -= per_sector) {
    const auto next = file_->u32(place_of(sector) + uint64_t{per_sector} * 4);
    if (!next || *next > kLastSector || !step()) return std::nullopt;
    sector = *next;
  }
  return file_->u32(place_of(sector) + uint64_t{index} * 4);
}

std::optional<uint32_t> CompoundFile::next_sector(uint32_t sector) {
  if (!step()) return std::nullopt;
  const uint32_t per_sector = (1u << sector_shift_) / 4;
  const auto table = table_sector(sector / per_sector);
  if (!table || *table > kLastSector) return std::nullopt;
  const auto next = file_->u32(place_of(*table) + uint64_t{sector % per_sector} * 4);
  if (!next || *next > kLastSector) return std::nullopt;
  return next;
}

std::optional<uint32_t> CompoundFile::walk(uint32_t sector, uint64_t steps) {
  std::optional<uint32_t> at = sector > kLastSector ? std::nullopt : std::optional(sector);
  for (; at && steps > 0; --steps) at = next_sector(*at);
  return at;
}

std::optional<uint32_t> CompoundFile::next_small_sector(uint32_t sector) {
  const uint64_t offset = uint64_t{sector} * 4;
  const auto table = walk(small_table_, offset >> sector_shift_);
  if (!table) return std::nullopt;
  const auto next = file_->u32(place_of(*table) + (offset & ((1u << sector_shift_) - 1)));
  if (!next || *next > kLastSector) return std::nullopt;
  return next;
}

// Small sectors stand in the root's stream.
std::optional<uint64_t> CompoundFile::small_place(uint32_t sector) {
  const uint64_t offset = uint64_t{sector} << kSmallShift;
  const auto box = walk(root_.start, offset >> sector_shift_);
  if (!box) return std::nullopt;
  return place_of(*box) + (offset & ((1u << sector_shift_) - 1));
}

CompoundFile::Entry CompoundFile::parse_entry(std::string_view b) const {
  Entry entry;
  const size_t name_bytes = std::min<size_t>(little16(b, 64), 64);
  if (name_bytes >= 2) entry.name = ArchiveName::from_utf16(b.substr(0, name_bytes - 2));
  entry.type = static_cast<uint8_t>(b[kTypeAt]);
  entry.class_id = b.substr(80, 16);
  entry.start = little32(b, 116);
  // [MS-CFB] 2.6.1: the upper half counts in files of large sectors only.
  entry.bytes = sector_shift_ == 9 ? little32(b, 120) : little64(b, 120);
  return entry;
}

void CompoundFile::for_each(const std::function<void(const Entry&)>& use) {
  size_t entries = 0;
  for (auto sector = walk(directory_, 0); sector; sector = next_sector(*sector)) {
    for (uint64_t at = 0; at < 1u << sector_shift_; at += kEntryBytes) {
      const std::string_view b = file_->bytes(place_of(*sector) + at, kEntryBytes);
      if (b.size() < kEntryBytes) return;
      // Empty ones count: a chain may lead in a circle.
      if (++entries > kEntriesMax) {
        complete_ = false;
        return;
      }
      if (b[kTypeAt] == 0) continue;
      const Entry entry = parse_entry(b);
      if (entry.type == 5) root_ = entry;
      use(entry);
    }
  }
}

std::string CompoundFile::read(const Entry& entry, uint64_t offset, size_t count) {
  std::string out;
  if (offset >= entry.bytes) return out;
  count = static_cast<size_t>(std::min<uint64_t>(count, entry.bytes - offset));
  const bool is_small = entry.bytes < small_cutoff_;
  const unsigned shift = is_small ? kSmallShift : sector_shift_;
  std::optional<uint32_t> sector = entry.start;
  for (uint64_t skip = offset >> shift; sector && skip > 0; --skip)
    sector = is_small ? next_small_sector(*sector) : next_sector(*sector);
  uint64_t within = offset & ((1u << shift) - 1);
  while (sector && *sector <= kLastSector && out.size() < count) {
    const auto place = is_small ? small_place(*sector) : std::optional(place_of(*sector));
    if (!place) break;
    const size_t want =
        static_cast<size_t>(std::min<uint64_t>((1u << shift) - within, count - out.size()));
    const std::string_view b = file_->bytes(*place + within, want);
    if (b.empty()) break;
    out += b;
    within = 0;
    sector = is_small ? next_small_sector(*sector) : next_sector(*sector);
  }
  return out;
}

}  // namespace sekisho::attachment
