// inspect/header_places.h: where in a message's own header edits may stand, as the front finds it.
//
// The front believes no worker about that (verdict_check.h), but understands as little of the
// message as it can: lines up to the first empty one, and two kinds of fields. That is never less
// than the walk takes for the header (mail/mime_parser.h ends it at an odd line, too).
//
// Memory: kRemovalsMax places, a window of 32 KB.  Process: front.  Time: linear, kHeaderScanMax at
// most: a few ms of the event loop.

#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace sekisho::inspect {

// Behind so many bytes of header no edit passes; the parser calls an eighth of it too large.
inline constexpr uint64_t kHeaderScanMax = 8 << 20;

// The fields that tell a customer's client what we think of a message: the sender may not write
// them.
bool is_our_field(std::string_view name);

struct HeaderPlaces {
  struct Range {
    uint64_t begin = 0;
    uint64_t end = 0;

    bool operator==(const Range&) const = default;
  };
  std::vector<Range> ours;  // runs of adjacent fields of those names, by rising offset
  // Of the first Subject: from behind the colon to behind the blanks that follow it.
  std::optional<Range> subject_value;
};

// As far as edits that end at `until` need it.
Result<HeaderPlaces> find_header_places(int spool, uint64_t size, uint64_t until);

// The name of the field that the line begins, "" when it begins none.
std::string_view field_name_of(std::string_view line);

}  // namespace sekisho::inspect
