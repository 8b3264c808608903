#include "mail/reading.h"

#include <algorithm>
#include <bit>
#include <cstddef>

namespace sekisho::mail {

void Hints::merge(const Hints& other) {
  structure |= other.structure;
  unfinished |= other.unfinished;
  bare_cr |= other.bare_cr;
  encoded_box |= other.encoded_box;
  inner_files |= other.inner_files;
  attached_mail |= other.attached_mail;
  boundaries |= other.boundaries;
  encodings = std::max(encodings, other.encodings);
  ways |= other.ways;
}

void ReadingPlan::reset() {
  list_[0] = {};
  count_ = 1;
  next_ = 0;
  exceeded_ = false;
}

std::optional<Reading> ReadingPlan::next() {
  if (next_ == count_) return std::nullopt;
  return list_[next_++];
}

void ReadingPlan::note(const Reading& done, const Hints& hints) {
  const bool decoded_plainly = done.encoding == 0 && done.way == 0 && !done.inner_files;
  if (!decoded_plainly) return;
  if (done.structure == Reading::Structure::kPlain) add_structures(done, hints);
  add_decodings(done, hints);
  if (hints.attached_mail) {
    Reading other = done;
    exceeded_ |= ++other.mails_deep > kMailsDeepMax;
    if (other.mails_deep <= kMailsDeepMax) add(other);
  }
  if (done.structure != Reading::Structure::kLax || done.boundary != 0) return;
  if (std::has_single_bit(hints.boundaries)) return;
  for (uint8_t n = 0; n < 16; ++n)
    if (hints.boundaries >> n & 1)
      add({Reading::Structure::kLax, static_cast<uint8_t>(n + 1), 0, 0, false, done.mails_deep});
}

void ReadingPlan::add_structures(const Reading& done, const Hints& hints) {
  using Structure = Reading::Structure;
  const auto add_structure = [&](Structure structure) {
    add({structure, 0, 0, 0, false, done.mails_deep});
  };
  const bool unclear = hints.structure || hints.unfinished || hints.bare_cr;
  if (unclear) {
    add_structure(Structure::kLax);
    add_structure(Structure::kLast);
    add_structure(Structure::kAnyDelimiter);
  }
  if (hints.encoded_box) add_structure(Structure::kLeaf);
  if (hints.unfinished) add_structure(Structure::kInnermost);
  if (hints.bare_cr || hints.unfinished) add_structure(Structure::kBareCr);
}

void ReadingPlan::add_decodings(const Reading& done, const Hints& hints) {
  Reading other = done;
  if (hints.encodings > kEncodingsMax) exceeded_ = true;
  for (other.encoding = 1; other.encoding < std::min(hints.encodings, kEncodingsMax);
       ++other.encoding)
    add(other);
  other.encoding = 0;
  for (other.way = 1; other.way <= 8; ++other.way)
    if (hints.ways >> (other.way - 1) & 1) add(other);
  other.way = 0;
  other.inner_files = true;
  if (hints.inner_files) add(other);
}

void ReadingPlan::add(const Reading& reading) {
  if (std::find(list_.begin(), list_.begin() + static_cast<ptrdiff_t>(count_), reading) !=
      list_.begin() + static_cast<ptrdiff_t>(count_))
    return;
  if (count_ == kReadingsMax) {
    exceeded_ = true;
    return;
  }
  list_[count_++] = reading;
}

}  // namespace sekisho::mail
