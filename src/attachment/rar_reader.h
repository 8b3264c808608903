// attachment/rar_reader.h: the names in a RAR (formats 1.5 to 4, and 5), and what is encrypted.
//
// Walks from header to header over the packed data between them.
//
// Memory: fixed.  Time: a read per member.  Process: inspector worker.
// Source: RARLAB's technote of RAR 5.0; for the older format the technote of RAR 3.

#pragma once

#include <optional>
#include <string>

#include "attachment/archive.h"
#include "attachment/archive_name.h"
#include "attachment/file_view.h"

namespace sekisho::attachment {

class RarReader {
 public:
  ArchiveOutcome read(FileView& file, const OnMember& on_member);

 private:
  // Each takes one header and gives where the next stands; nothing at the end or at damage.
  std::optional<uint64_t> take_old(FileView& file, uint64_t at);
  std::optional<uint64_t> take_new(FileView& file, uint64_t at);
  void tell_old(std::string_view header, uint16_t flags);
  void tell_new(std::string_view fields, std::string_view extra);
  std::string old_name(std::string_view raw, bool has_unicode);

  const OnMember* on_member_ = nullptr;
  ArchiveOutcome outcome_;
  ArchiveName names_;
  bool ended_ = false;
};

}  // namespace sekisho::attachment
