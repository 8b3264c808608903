// inspect/walk.h: a spool's walk: parser, decoders, rules and antivirus, in every reading.
//
// The first reading is what the standards say: its header and text go to the rules, its parts to
// the antivirus. Where clients read the message in other ways (mail/reading.h), the spool is walked
// again for each, and what had not been looked at yet goes the same way.
//
// To the defects of mail/defect.h it adds what the text told: hidden_text (HTML that nobody sees),
// wrong_charset (the bytes speak for another one), obfuscated_uri, too_many_uris, data_too_deep,
// too_many_data_uris.
//
// Memory: kWindowBytes and the fixed buffers of what it feeds.  Process: inspector worker.

#pragma once

#include <memory>
#include <vector>

#include "codec/keyed_hash.h"
#include "inspect/header_places.h"
#include "inspect/part_reader.h"
#include "inspect/pipeline.h"
#include "inspect/policy.h"
#include "mail/part_walk.h"
#include "mail/seen_objects.h"

namespace sekisho::inspect {

class Walk {
 public:
  Walk(std::shared_ptr<const rules::RuleSet> rules, antivirus::Engine* engine,
       AttachmentReader attachments, uri::SuffixList suffixes, std::vector<Scratch> scratches);

  // Walks bytes 0..job.size of `spool`; findings() and places() then hold what was seen.
  void run(int spool, const Job& job);

  Findings& findings() { return findings_; }
  const EditPlaces& places() const { return places_; }
  double antivirus_ms() const { return parts_found_.antivirus.milliseconds; }
  // Clients may read the message in other ways than we did.
  bool is_odd() const { return !defects_.empty(); }

 private:
  void reset(const Job& job);
  bool read_through(int spool, uint64_t size);
  void on_event(const mail::WalkEvent& event);
  void on_field(const mail::WalkEvent& event);
  void on_root_field(const mail::WalkEvent& event, const std::string& decoded);
  void on_headers_end(const mail::WalkEvent& event);
  uint64_t text_name(const mail::WalkEvent& event);
  void on_part_end(const mail::WalkEvent& event);
  void match_names(const mail::WalkEvent& event);
  void remove_field(const mail::WalkEvent& event);
  void find_uris_of_field(std::string_view name, std::string_view decoded);
  void name_what_the_text_told();
  void name_what_is_unscanned();
  void find_subject_value(int spool);

  std::shared_ptr<const rules::RuleSet> rules_;
  std::unique_ptr<rules::Matcher> matcher_;
  uri::SuffixList suffixes_;
  UriList uris_;
  uri::UriFinder in_fields_;
  PartFindings parts_found_;
  AttachmentReader attachments_;
  std::vector<Scratch> scratches_;
  PartReader reader_;
  mail::PartWalk parts_;
  mail::ReadingPlan plan_;
  mail::Reading reading_;
  codec::KeyedHash hash_;
  mail::SeenObjects begun_, ended_, named_;
  std::vector<char> window_;
  Findings findings_;
  EditPlaces places_;
  mail::Defects defects_;
  uint64_t subject_offset_ = 0;
};

}  // namespace sekisho::inspect
