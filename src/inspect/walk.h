// inspect/walk.h: one forward walk over a spool, feeding parser, decoders, rules and antivirus.
//
// Memory: kWindowBytes and the fixed buffers of what it feeds.  Process: inspector worker.

#pragma once

#include <memory>
#include <vector>

#include "inspect/part_reader.h"
#include "inspect/pipeline.h"
#include "inspect/policy.h"
#include "mail/mime_parser.h"

namespace sekisho::inspect {

class Walk {
 public:
  // Forged X-Spam-* runs that are taken out at most; a message with more is `unscanned
  // too_many_edits`.
  static constexpr size_t kRemovalsMax = 256;

  Walk(std::shared_ptr<const rules::RuleSet> rules, antivirus::Engine* engine, Scratch scratch);

  // Walks bytes 0..job.size of `spool`; findings() and places() then hold what was seen.
  void run(int spool, const Job& job);

  Findings& findings() { return findings_; }
  const EditPlaces& places() const { return places_; }
  double antivirus_ms() const { return reader_.findings().milliseconds; }

 private:
  void reset(const Job& job);
  bool read_through(int spool, uint64_t size);
  void drain();
  void on_event(const mail::MimeEvent& event);
  void on_field(const mail::MimeEvent& event);
  void on_root_field(const mail::MimeEvent& event, const std::string& decoded);
  void on_part_end(const mail::MimeEvent& event);
  void remove_field(const mail::MimeEvent& event);
  void find_subject_value(int spool);

  std::shared_ptr<const rules::RuleSet> rules_;
  std::unique_ptr<rules::Matcher> matcher_;
  PartReader reader_;
  mail::MimeParser parser_;
  std::vector<char> window_;
  Findings findings_;
  EditPlaces places_;
  mail::Defects defects_;
  uint64_t subject_offset_ = 0;
};

}  // namespace sekisho::inspect
