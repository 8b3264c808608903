#include "inspect/policy.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/bytes.h"
#include "inspect/attachment_policy.h"

namespace sekisho::inspect {
namespace {

// Signature names and reasons stand in replies and headers: printable ASCII only.
std::string printable(std::string_view text) {
  std::string out(text.substr(0, 120));
  std::replace_if(
      out.begin(), out.end(), [](char c) { return c < 33 || c > 126; }, '?');
  return out;
}

Decision refusal(Action action, int code, std::string enhanced, std::string text,
                 std::string reason) {
  return {action, std::move(reason), code, std::move(enhanced), std::move(text), {}};
}

Decision on_virus(const Findings& findings, const Policy& policy) {
  const std::string name = printable(findings.viruses.front());
  switch (policy.virus) {
    case config::VirusAction::kQuarantine:
      return {Action::kQuarantine, "virus " + name, 0, {}, {}, {}};
    case config::VirusAction::kDiscard:
      return {Action::kDiscard, "virus " + name, 0, {}, {}, {}};
    case config::VirusAction::kReject:
      break;
  }
  return refusal(Action::kReject, 554, "5.7.1", "virus found: " + name, "virus " + name);
}

// The strictest first. To defer is stricter than to hold: later all of it may be looked at.
constexpr std::array kByStrictness = {
    config::UnscannedAction::kReject, config::UnscannedAction::kDefer,
    config::UnscannedAction::kQuarantine, config::UnscannedAction::kTag};

// The action that all reasons together get, and the first that calls for it.
struct Unscanned {
  config::UnscannedAction action;
  std::string reason;
};

Unscanned strictest(const std::vector<std::string>& reasons, const Policy& policy) {
  for (const config::UnscannedAction action : kByStrictness)
    for (const std::string& reason : reasons)
      if (action_on(config::reason_of(reason), policy.unscanned, policy.unscanned_for) == action)
        return {action, printable(reason)};
  return {config::UnscannedAction::kDefer, "engine_error"};
}

Decision on_unscanned(const std::vector<std::string>& reasons, const Policy& policy) {
  const auto& [action, why] = strictest(reasons, policy);
  switch (action) {
    case config::UnscannedAction::kReject:
      return refusal(Action::kReject, 554, "5.7.1", "message can't be scanned: " + why,
                     "unscanned " + why);
    case config::UnscannedAction::kQuarantine:
      return {Action::kQuarantine, "unscanned " + why, 0, {}, {}, {}};
    case config::UnscannedAction::kTag:
      return {Action::kTag, "unscanned " + why, 0, {}, {}, {}};
    case config::UnscannedAction::kDefer:
      break;
  }
  return refusal(Action::kDefer, 451, "4.7.1", "message can't be scanned now: " + why,
                 "unscanned " + why);
}

std::string unscanned_field(const std::vector<std::string>& reasons) {
  std::string list;
  for (const std::string& reason : reasons) {
    const std::string word = (list.empty() ? "" : ", ") + printable(reason);
    if (list.size() + word.size() > kReasonsBytesMax) break;
    list += word;
  }
  return "X-Sekisho-Unscanned: " + list + "\r\n";
}

Decision on_attachment(const std::vector<AttachmentMatch>& matches, const Policy& policy) {
  if (matches.empty()) return {};
  const AttachmentMatch& match = matches.front();
  const std::string reason = "attachment " + std::string(match_name(match.kind));
  switch (match.action) {
    case config::AttachmentAction::kReject:
      return refusal(Action::kReject, 554, "5.7.1",
                     attachment_reply(match, policy.attachments.language), reason);
    case config::AttachmentAction::kQuarantine:
      return {Action::kQuarantine, reason, 0, {}, {}, {}};
    case config::AttachmentAction::kTag:
      return {Action::kTag, reason, 0, {}, {}, {}};
    case config::AttachmentAction::kPass:
      break;
  }
  return {};
}

// The strictest first: what a plan refuses is refused, whatever else holds. To discard is final; to
// defer is stricter than to hold, as of reasons for unscanned.
constexpr std::array kActionsByStrictness = {Action::kReject, Action::kDiscard,
                                             Action::kDefer,  Action::kQuarantine,
                                             Action::kTag,    Action::kAccept};

// Of two alike the first.
Decision stricter(Decision first, Decision second) {
  for (const Action action : kActionsByStrictness) {
    if (first.action == action) return first;
    if (second.action == action) return second;
  }
  return first;
}

// Encryption is an attachment's property, and decided on as such.
std::string encryption_name() {
  return std::string(config::unscanned_name(config::UnscannedReason::kEncrypted));
}

Decision on_spam(const Policy& policy) {
  switch (policy.spam) {
    case config::SpamAction::kReject:
      return refusal(Action::kReject, 554, "5.7.1", "message refused as spam", "spam");
    case config::SpamAction::kQuarantine:
      return {Action::kQuarantine, "spam", 0, {}, {}, {}};
    case config::SpamAction::kTag:
      return {Action::kTag, "spam", 0, {}, {}, {}};
    case config::SpamAction::kOff:
      break;
  }
  return {};
}

// What a policy makes of the findings before it decides.
struct Judged {
  std::vector<AttachmentMatch> attachments;
  std::vector<std::string> unscanned;  // reasons without encryption
  bool is_spam = false;
};

Judged judge(const Findings& findings, const Policy& policy) {
  Judged judged;
  judged.unscanned = findings.unscanned;
  const bool encrypted = std::erase(judged.unscanned, encryption_name()) > 0;
  judged.attachments = match_attachments(findings.attachment_list, encrypted, policy.attachments);
  judged.is_spam =
      policy.spam != config::SpamAction::kOff && findings.score >= policy.spam_threshold;
  return judged;
}

std::vector<Edit> edits_for(const Findings& findings, const Policy& policy,
                            const EditPlaces& places, const Judged& judged) {
  std::vector<Edit> edits;
  std::string top = spam_status_field(findings, policy, judged.is_spam);
  if (!judged.unscanned.empty()) top += unscanned_field(judged.unscanned);
  top += attachment_fields(judged.attachments, policy.attachments.language);
  const bool tag_subject = judged.is_spam && !policy.subject_tag.empty();
  if (tag_subject && !places.has_subject) top += "Subject: " + policy.subject_tag + "\r\n";
  edits.push_back({0, 0, std::move(top)});
  edits.insert(edits.end(), places.removals.begin(), places.removals.end());
  if (tag_subject && places.has_subject)
    edits.push_back({places.subject_value, 0, policy.subject_tag});
  std::stable_sort(edits.begin(), edits.end(),
                   [](const Edit& a, const Edit& b) { return a.offset < b.offset; });
  return edits;
}

}  // namespace

std::string spam_status_field(const Findings& findings, const Policy& policy, bool is_spam) {
  std::string field = fmt::format("X-Spam-Status: {}, score={:.1f} required={:.1f}",
                                  is_spam ? "Yes" : "No", findings.score, policy.spam_threshold);
  if (findings.hits.empty()) return field + " tests=none\r\n";
  field += "\r\n\ttests=";
  size_t column = 7;
  size_t written = 0;
  for (size_t i = 0; i < findings.hits.size() && written < kTestsBytesMax; ++i) {
    std::string word = (i == 0 ? "" : ",") + findings.hits[i].rule;
    // RFC 5322 §2.1.1: lines of at most 78; a fold stands behind the comma.
    if (i > 0 && column + word.size() > 76) {
      field += ",\r\n\t";
      word.erase(0, 1);
      column = 1;
    }
    field += word;
    column += word.size();
    written += word.size();
  }
  return field + "\r\n";
}

Decision decide(const Findings& findings, const Policy& policy, const EditPlaces& places) {
  const Judged judged = judge(findings, policy);
  Decision decision;
  if (!findings.viruses.empty()) decision = on_virus(findings, policy);
  decision = stricter(std::move(decision), on_attachment(judged.attachments, policy));
  if (!judged.unscanned.empty())
    decision = stricter(std::move(decision), on_unscanned(judged.unscanned, policy));
  if (judged.is_spam) decision = stricter(std::move(decision), on_spam(policy));
  if (decision.reply_code == 0) decision.edits = edits_for(findings, policy, places, judged);
  return decision;
}

Decision decide_unread(config::UnscannedReason reason, const Policy& policy) {
  const std::vector<std::string> reasons{std::string(config::unscanned_name(reason))};
  Decision decision = on_unscanned(reasons, policy);
  if (decision.action == Action::kDefer) decision.enhanced = "4.3.0";
  if (decision.reply_code == 0) decision.edits = {{0, 0, unscanned_field(reasons)}};
  return decision;
}

Decision decide_poison(const Policy& policy) {
  if (policy.poison == config::PoisonAction::kQuarantine)
    return {Action::kQuarantine, "poison", 0, {}, {}, {{0, 0, unscanned_field({"poison"})}}};
  return refusal(Action::kReject, 554, "5.6.0", "message can't be inspected", "poison");
}

}  // namespace sekisho::inspect
