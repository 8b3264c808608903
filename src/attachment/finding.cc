#include "attachment/finding.h"

#include <algorithm>
#include <array>

#include "codec/utf8.h"

namespace sekisho::attachment {

std::string_view finding_name(FindingKind kind) {
  constexpr std::array<std::string_view, kFindingKinds> kNames{"encrypted", "executable", "macro",
                                                               "deceptive_name", "unlisted"};
  return kNames[static_cast<size_t>(kind)];
}

std::string shown_name(std::string_view name) {
  std::string out;
  while (!name.empty() && out.size() < FindingList::kNameBytesMax) {
    const size_t valid = codec::valid_utf8_prefix(name);
    out += name.substr(0, valid);
    name.remove_prefix(valid);
    if (name.empty()) break;
    out += '?';
    name.remove_prefix(1);
  }
  if (out.size() <= FindingList::kNameBytesMax) return out;
  size_t end = FindingList::kNameBytesMax;
  while (end > 0 && (static_cast<unsigned char>(out[end]) & 0xC0) == 0x80) --end;
  out.resize(end);
  return out;
}

void FindingList::add(Finding finding) {
  for (const Finding& old : findings_)
    if (old.kind == finding.kind && old.detail == finding.detail) return;
  // Each kind always finds a place: the policy of a kind needs one of it.
  const bool is_full = findings_.size() >= kFindingsMax;
  if (is_full && has(finding.kind)) return;
  finding.name = shown_name(finding.name);
  findings_.push_back(std::move(finding));
}

void FindingList::note_extension(std::string_view extension, std::string_view name) {
  note(extensions_, extension.substr(0, kExtensionBytesMax), name);
}

void FindingList::note_type(std::string_view type, std::string_view name) {
  note(types_, type, name);
}

void FindingList::note_unscanned(std::string_view reason) {
  if (reason.empty()) return;
  if (std::find(unscanned_.begin(), unscanned_.end(), reason) == unscanned_.end())
    unscanned_.push_back(reason);
}

bool FindingList::has(FindingKind kind) const {
  return std::any_of(findings_.begin(), findings_.end(),
                     [&](const Finding& f) { return f.kind == kind; });
}

void FindingList::note(std::vector<Sighting>& list, std::string_view word, std::string_view name) {
  if (word.empty()) return;
  for (const Sighting& old : list)
    if (old.word == word) return;
  if (list.size() >= kWordsMax) {
    exceeded_ = true;
    return;
  }
  list.push_back({std::string(word), shown_name(name)});
}

}  // namespace sekisho::attachment
