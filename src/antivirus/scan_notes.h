// antivirus/scan_notes.h: what libclamav's callbacks tell while one object is scanned.
//
//   ScanNotes notes(object_bytes_max, fd, on_inner);  // makes itself the thread's receiver
//   cl_scanmap_callback(map, …, &notes);
//   ScanResult r = notes.result(rc);
//
// libclamav's answer alone is not trustworthy: "clean" also stands for objects it could not open,
// store or unpack. Some of that reaches only the message callback, whose context is at times NULL;
// hence the thread's current ScanNotes.
//
// Memory: the names found.  Threads: one ScanNotes at a time in each.

#pragma once

#include <clamav.h>

#include <string>
#include <utility>
#include <vector>

#include "antivirus/engine.h"

namespace sekisho::antivirus {

class ScanNotes {
 public:
  ScanNotes(uint64_t object_bytes_max, int fd, const OnInner& on_inner);
  ~ScanNotes();
  ScanNotes(const ScanNotes&) = delete;
  ScanNotes& operator=(const ScanNotes&) = delete;

  // Gives `engine` the callbacks; once, before its first scan.
  static void attach(cl_engine* engine);

  void add_unscanned(std::string_view reason);
  // Of the mails and pages that the object holds, which only the mail parser opens; none: 0.
  uint64_t largest_letter() const { return largest_letter_; }
  // Sorts the names that libclamav reported into viruses and reasons. `virus_name` may be null.
  ScanResult result(cl_error_t code, const char* virus_name);

  // For the callbacks.
  void on_name(std::string_view name);
  void on_object(int fd, std::string_view type);
  void on_member(uint64_t bytes, bool encrypted);
  void on_message(cl_msg severity, std::string_view text);

 private:
  void note_letter(int fd, std::string_view type);

  const uint64_t object_bytes_max_;
  ScanResult result_;
  const OnInner& on_inner_;
  const std::pair<uint64_t, uint64_t> own_file_;
  uint64_t largest_letter_ = 0;
  bool nested_ = false;  // the first object was met: further ones are in it
  bool logged_ = false;
};

}  // namespace sekisho::antivirus
