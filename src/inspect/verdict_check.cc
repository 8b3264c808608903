#include "inspect/verdict_check.h"

#include <algorithm>

#include "base/bytes.h"
#include "inspect/header_places.h"

namespace sekisho::inspect {
namespace {

constexpr size_t kReplyBytesMax = 400;  // with codes and id within a line (RFC 5321 §4.5.3.1.5)
constexpr size_t kInsertBytesMax = 64 << 10;

bool is_printable(std::string_view text) {
  return text.size() <= kReplyBytesMax &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= 32 && c <= 126; });
}

// "5.7.1" for 5xx (RFC 3463 §2).
bool is_status_of(std::string_view status, int reply_code) {
  if (status.size() < 5 || status.size() > 9 || status[0] != '0' + reply_code / 100) return false;
  const auto is_part = [](char c) { return is_digit(c) || c == '.'; };
  return status[1] == '.' && std::count(status.begin(), status.end(), '.') == 2 &&
         is_digit(status.back()) && std::all_of(status.begin(), status.end(), is_part);
}

bool is_reply(const Decision& decision, int code_class) {
  return decision.reply_code / 100 == code_class && decision.edits.empty() &&
         is_printable(decision.reply) && is_status_of(decision.enhanced, decision.reply_code);
}

bool is_plausible(const Decision& decision, const Policy& policy) {
  switch (decision.action) {
    case Action::kReject:
      return is_reply(decision, 5);
    case Action::kDefer:
      return is_reply(decision, 4);
    case Action::kDiscard:
      return policy.virus == config::VirusAction::kDiscard;
    default:
      return decision.reply_code == 0;
  }
}

bool has_whole_line_ends(std::string_view text) {
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\0') return false;
    if (text[i] == '\r' && (i + 1 == text.size() || text[i + 1] != '\n')) return false;
    if (text[i] == '\n' && (i == 0 || text[i - 1] != '\r')) return false;
  }
  return true;
}

// Whole lines of fields in our names, or the Subject that a message had none of.
bool is_top(std::string_view text, const Policy& policy) {
  if (!has_whole_line_ends(text) || !text.ends_with('\n') || is_blank(text.front())) return false;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n') - 1);
    text.remove_prefix(line.size() + 2);
    if (line.empty()) return false;
    if (!is_blank(line.front()) && !is_our_field(field_name_of(line)) &&
        line != "Subject: " + policy.subject_tag)
      return false;
  }
  return true;
}

bool is_removal_allowed(const Edit& edit, const HeaderPlaces& places) {
  const HeaderPlaces::Range range{edit.offset, edit.offset + edit.remove};
  return edit.insert.empty() &&
         std::find(places.ours.begin(), places.ours.end(), range) != places.ours.end();
}

bool is_tag_allowed(const Edit& edit, const Policy& policy, const HeaderPlaces& places) {
  return places.subject_value && edit.offset >= places.subject_value->begin &&
         edit.offset <= places.subject_value->end && edit.insert == policy.subject_tag;
}

bool is_on_top(const Edit& edit) { return edit.offset == 0 && edit.remove == 0; }

Result<void> check_edits(const std::vector<Edit>& edits, const Policy& policy,
                         const HeaderPlaces& places) {
  size_t tops = 0;
  size_t tags = 0;
  for (const Edit& edit : edits) {
    if (edit.insert.size() > kInsertBytesMax) return Error{"edit of too many bytes"};
    if (is_on_top(edit)) {
      if (++tops > 1 || !is_top(edit.insert, policy)) return Error{"edit with other fields"};
    } else if (edit.remove == 0) {
      if (++tags > 1 || !is_tag_allowed(edit, policy, places)) return Error{"edit with other text"};
    } else if (!is_removal_allowed(edit, places)) {
      return Error{"edit that takes out other bytes"};
    }
  }
  return {};
}

// What the edits of all decisions need to be known of the header; nothing for those on top.
Result<HeaderPlaces> places_for(const Verdict& verdict, uint64_t size, int spool) {
  uint64_t until = 0;
  for (const Decision& decision : verdict.decisions) {
    if (!edits_fit(decision.edits, size)) return Error{"edits don't fit the message"};
    if (decision.edits.empty()) continue;
    const Edit& last = decision.edits.back();
    until = std::max(until, last.offset + last.remove);
  }
  if (until == 0) return HeaderPlaces{};
  return find_header_places(spool, size, until);
}

}  // namespace

bool edits_fit(std::span<const Edit> edits, uint64_t size) {
  uint64_t at = 0;
  for (const Edit& edit : edits) {
    if (edit.offset < at || edit.offset > size || edit.remove > size - edit.offset) return false;
    at = edit.offset + edit.remove;
  }
  return true;
}

Result<Verdict> checked_verdict(std::string_view text, const Job& job, int spool) {
  Result<Verdict> verdict = parse_verdict(text);
  if (!verdict) return verdict;
  if (verdict->decisions.size() != job.policies.size())
    return Error{"verdict without a decision for each policy"};
  const auto places = places_for(*verdict, job.size, spool);
  if (!places) return places.error();
  for (size_t i = 0; i < job.policies.size(); ++i) {
    const Decision& decision = verdict->decisions[i];
    const Policy& policy = job.policies[i];
    if (!is_plausible(decision, policy)) return Error{"verdict that no policy allows"};
    if (auto fit = check_edits(decision.edits, policy, *places); !fit) return fit.error();
  }
  return verdict;
}

}  // namespace sekisho::inspect
