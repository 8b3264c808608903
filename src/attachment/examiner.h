// attachment/examiner.h: all that this folder knows, for the parts of one message.
//
//   auto examiner = Examiner::make();          // before the sandbox closes
//   (*examiner)->begin();                      // a message
//   (*examiner)->take_names(names);            // of each part, in each reading of the message
//   (*examiner)->take_content(fd, size, name); // each decoded part once
//   use((*examiner)->findings());
//
// Memory: those of the readers, one at a time, and a window of 64 KB.  Time: linear in the part.
// Process: inspector worker.  Broken input: never fails.

#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>

#include "attachment/archive.h"
#include "attachment/file_type.h"
#include "attachment/file_view.h"
#include "attachment/finding.h"
#include "attachment/rar_reader.h"
#include "attachment/seven_zip_reader.h"
#include "attachment/zip_reader.h"

namespace sekisho::attachment {

class Examiner {
 public:
  static Result<std::unique_ptr<Examiner>> make();

  void begin();
  // All names that clients may give one part; the first is what it is called in findings. UTF-8.
  void take_names(std::span<const std::string> names);
  // Of text that is shown in the mail libmagic is asked only where it isn't plain: a letter may
  // begin as an image does, with "BM".
  enum class Type { kAsk, kShown };
  // False when the file could not be read.
  bool take_content(int fd, uint64_t size, std::string_view name, Type type = Type::kAsk);

  const FindingList& findings() const { return findings_; }
  // Of the last content, by its bytes; empty when it wasn't asked for.
  const std::string& type() const { return type_; }
  // Told of each file in an archive: "photos.zip/setup.exe".
  using OnFile = std::function<void(std::string_view name)>;
  void on_file(OnFile on_file) { on_file_ = std::move(on_file); }

 private:
  // What the names in one archive say of the whole.
  struct Contents {
    size_t members = 0;
    std::string script_name;  // of a .js
  };

  explicit Examiner(std::unique_ptr<FileType> types) : types_(std::move(types)) {}
  void take_head(std::string_view head, Type type);
  void take_archives();
  void take_outcome(const ArchiveOutcome& outcome, std::string_view format);
  void take_documents();
  void on_member(const Member& member);
  void on_member_name(std::string_view name, const std::string& shown);
  void add(FindingKind kind, std::string_view detail) { add(kind, name_, detail); }
  void add(FindingKind kind, std::string_view name, std::string_view detail);

  std::unique_ptr<FileType> types_;
  FileView file_;
  ZipReader zip_;
  SevenZipReader seven_zip_;
  RarReader rar_;
  FindingList findings_;
  std::string name_, type_;  // of the part at hand
  OnFile on_file_ = [](std::string_view) {};
  Contents contents_;
};

}  // namespace sekisho::attachment
