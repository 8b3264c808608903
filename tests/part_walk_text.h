// tests/part_walk_text.h: all readings of a message as text, played in chunks; for every-split
// tests and for the fuzzer. Checks on the way that parts nest and that bytes come for leaves alone.

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "mail/part_walk.h"

namespace sekisho::mail {

class PartWalkText {
 public:
  explicit PartWalkText(MimeLimits limits = {})
      : walk_([this](const WalkEvent& event) { on_event(event); }, limits) {}

  // Chunks are copied, so that a view that is kept too long is seen by AddressSanitizer.
  std::string play(const std::vector<std::string_view>& chunks) {
    ReadingPlan plan;
    size_t readings = 0;
    while (const auto reading = plan.next()) {
      SEKISHO_CHECK(++readings <= ReadingPlan::kReadingsMax);
      text_ += "reading " + std::to_string(static_cast<int>(reading->structure)) + " " +
               std::to_string(reading->boundary) + " " + std::to_string(reading->encoding) + " " +
               std::to_string(reading->way) + (reading->inner_files ? " files\n" : "\n");
      walk_.begin(*reading);
      for (const std::string_view chunk : chunks) walk_.feed(std::string(chunk));
      plan.note(*reading, walk_.finish());
      SEKISHO_CHECK(open_.empty() && ended_);
      ended_ = false;
    }
    if (plan.exceeded()) text_ += "exceeded\n";
    return std::move(text_);
  }

 private:
  void on_event(const WalkEvent& event) {
    using Kind = WalkEvent::Kind;
    SEKISHO_CHECK(!ended_);
    if (event.kind == Kind::kEnd) {
      ended_ = true;
      return;
    }
    if (event.kind == Kind::kPartBegin) {
      open_.push_back(event.part->path);
      text_ += "begin " + open_.back() + "\n";
    }
    SEKISHO_CHECK(!open_.empty() && open_.back() == event.part->path);
    if (event.kind == Kind::kHeadersEnd) leaf_ = event.is_leaf;
    if (event.kind == Kind::kDecoded) {
      SEKISHO_CHECK(leaf_ && !event.bytes.empty());
      text_ += event.bytes;
    }
    if (event.kind != Kind::kPartEnd) return;
    SEKISHO_CHECK(event.is_leaf == leaf_ || !event.is_leaf);
    leaf_ = false;
    text_ += "\nend " + event.part->path + " " + event.part->type + " " + event.part->file_name;
    for (const std::string& name : event.part->further_names) text_ += " or " + name;
    for (const auto name : event.defects.names()) text_ += " " + std::string(name);
    text_ += event.is_leaf ? " leaf\n" : "\n";
    open_.pop_back();
  }

  PartWalk walk_;
  std::vector<std::string> open_;
  std::string text_;
  bool leaf_ = false, ended_ = false;
};

}  // namespace sekisho::mail
