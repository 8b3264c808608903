#include "gateway/verdict_check.h"

#include <algorithm>
#include <array>

#include "base/bytes.h"
#include "base/file.h"
#include "gateway/edited_message.h"

namespace sekisho::gateway {
namespace {

using inspect::Action;

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

bool is_reply(const inspect::Decision& decision, int code_class) {
  return decision.reply_code / 100 == code_class && decision.edits.empty() &&
         is_printable(decision.reply) && is_status_of(decision.enhanced, decision.reply_code);
}

bool is_plausible(const inspect::Decision& decision, const inspect::Policy& policy) {
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

// Whether `at` lies between the CR and the LF of one line end.
Result<bool> splits_line_end(int spool, uint64_t at) {
  if (at == 0) return false;
  std::array<char, 2> around{};
  const Result<size_t> n = read_at(spool, around, at - 1);
  if (!n) return n.error();
  return *n == 2 && around[0] == '\r' && around[1] == '\n';
}

Result<void> check_edits(const std::vector<inspect::Edit>& edits, uint64_t size, int spool) {
  if (!edits_fit(edits, size)) return Error{"edits don't fit the message"};
  size_t inserted = 0;
  for (const inspect::Edit& edit : edits) {
    inserted += edit.insert.size();
    if (!has_whole_line_ends(edit.insert)) return Error{"edit with a bare line end"};
    for (const uint64_t end : {edit.offset, edit.offset + edit.remove}) {
      const Result<bool> splits = splits_line_end(spool, end);
      if (!splits) return splits.error();
      if (*splits) return Error{"edit inside a line end"};
    }
  }
  if (inserted > kInsertBytesMax) return Error{"edits of too many bytes"};
  return {};
}

}  // namespace

Result<inspect::Verdict> checked_verdict(std::string_view text, const inspect::Job& job,
                                         int spool) {
  Result<inspect::Verdict> verdict = inspect::parse_verdict(text);
  if (!verdict) return verdict;
  if (verdict->decisions.size() != job.policies.size())
    return Error{"verdict without a decision for each policy"};
  for (size_t i = 0; i < job.policies.size(); ++i) {
    const inspect::Decision& decision = verdict->decisions[i];
    if (!is_plausible(decision, job.policies[i])) return Error{"verdict that no policy allows"};
    if (auto fit = check_edits(decision.edits, job.size, spool); !fit) return fit.error();
  }
  return verdict;
}

}  // namespace sekisho::gateway
