// attachment/compound_file.h: the storages and streams of a compound file (OLE), the container of
// .doc, .xls, .ppt, .msi, and of documents that Office has encrypted.
//
//   CompoundFile compound;
//   if (compound.open(file)) compound.for_each([](const CompoundFile::Entry& e) { … });
//   std::string head = compound.read(entry, 0, 512);
//
// Memory: fixed.  Time: kStepsMax reads of the allocation tables in all; a file that needs more is
// read so far, and complete() is false.  Process: inspector worker.
// Source: [MS-CFB] 2.2, 2.3, 2.6.

#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "attachment/file_view.h"

namespace sekisho::attachment {

class CompoundFile {
 public:
  static constexpr size_t kEntriesMax = 8192;
  static constexpr size_t kStepsMax = 65536;

  struct Entry {
    std::string name;  // UTF-8
    uint8_t type = 0;  // 1 storage, 2 stream, 5 root
    std::string class_id;
    uint32_t start = 0;
    uint64_t bytes = 0;
  };

  // False where it isn't one. `file` must outlive the use of this.
  bool open(FileView& file);
  void for_each(const std::function<void(const Entry&)>& use);
  // At most `count` bytes of a stream.
  std::string read(const Entry& entry, uint64_t offset, size_t count);
  bool complete() const { return complete_; }

 private:
  uint64_t place_of(uint32_t sector) const;
  std::optional<uint32_t> next_sector(uint32_t sector);
  std::optional<uint32_t> next_small_sector(uint32_t sector);
  std::optional<uint32_t> table_sector(uint32_t index);
  std::optional<uint32_t> walk(uint32_t sector, uint64_t steps);
  std::optional<uint64_t> small_place(uint32_t sector);
  bool step();
  Entry parse_entry(std::string_view bytes) const;

  FileView* file_ = nullptr;
  unsigned sector_shift_ = 9;
  uint32_t directory_ = 0, small_table_ = 0, more_tables_ = 0;
  uint32_t small_cutoff_ = 4096;
  Entry root_;
  size_t steps_ = 0;
  bool complete_ = true;
};

}  // namespace sekisho::attachment
