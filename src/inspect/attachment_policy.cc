#include "inspect/attachment_policy.h"

#include <algorithm>
#include <array>

#include "base/bytes.h"
#include "codec/utf8.h"

namespace sekisho::inspect {
namespace {

using attachment::FindingKind;
using config::AttachmentAction;
using config::AttachmentPolicy;
using config::Language;
using Kind = AttachmentMatch::Kind;

struct Wording {
  std::string_view name, english, romanized, japanese;
};

// In the order of Kind.
constexpr std::array<Wording, 5> kWordings{{
    {"encrypted", "encrypted attachment", "angouka sareta tenpu fairu", "暗号化された添付ファイル"},
    {"executable", "executable attachment", "jikkou keishiki no tenpu fairu",
     "実行形式の添付ファイル"},
    {"macro", "attachment with macros", "makuro wo fukumu tenpu fairu", "マクロを含む添付ファイル"},
    {"deceptive_name", "attachment with a deceptive name", "namae wo gisou shita tenpu fairu",
     "名前を偽装した添付ファイル"},
    {"blocked", "attachment of a blocked kind", "kyoka sarete inai shurui no tenpu fairu",
     "許可されていない種類の添付ファイル"},
}};

const Wording& wording_of(Kind kind) { return kWordings[static_cast<size_t>(kind)]; }

std::string ascii(std::string_view text) {
  std::string out;
  for (size_t at = 0; at < text.size(); ++at) {
    const auto c = static_cast<unsigned char>(text[at]);
    if ((c & 0xC0) == 0x80) continue;  // one mark for a character, not one for each byte
    out += c >= 32 && c < 127 ? text[at] : '?';
  }
  return out;
}

std::string described(std::string_view what, const AttachmentMatch& match) {
  std::string text(what);
  if (!match.name.empty()) text += ": " + match.name;
  if (!match.detail.empty()) text += " (" + match.detail + ")";
  return text;
}

std::string base64(std::string_view bytes) {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (size_t i = 0; i < bytes.size(); i += 3) {
    uint32_t group = 0;
    for (size_t k = 0; k < 3; ++k)
      group = group << 8 | (i + k < bytes.size() ? static_cast<unsigned char>(bytes[i + k]) : 0u);
    for (size_t k = 0; k < 4; ++k)
      out += i + k <= bytes.size() ? kDigits[group >> (18 - 6 * k) & 63] : '=';
  }
  return out;
}

// RFC 2047 §2: words of 75 bytes at most, each of whole characters, one a line.
std::string encoded_words(std::string_view text) {
  constexpr size_t kBytesOfAWord = 42;
  std::string out;
  while (!text.empty()) {
    size_t count = std::min(kBytesOfAWord, text.size());
    count = std::max<size_t>(codec::valid_utf8_prefix(text.substr(0, count)), 1);
    if (!out.empty()) out += "\r\n ";
    out += "=?utf-8?B?" + base64(text.substr(0, count)) + "?=";
    text.remove_prefix(count);
  }
  return out;
}

AttachmentAction action_of(FindingKind kind, const AttachmentPolicy& policy) {
  switch (kind) {
    case FindingKind::kEncrypted:
      return policy.encrypted;
    case FindingKind::kExecutable:
      return policy.executable;
    case FindingKind::kMacro:
      return policy.macro;
    case FindingKind::kDeceptiveName:
      return policy.deceptive_name;
    case FindingKind::kUnlisted:
      break;  // what is in it the antivirus says
  }
  return AttachmentAction::kPass;
}

void add(std::vector<AttachmentMatch>& matches, AttachmentMatch match) {
  const auto is_same = [&](const AttachmentMatch& m) { return m.kind == match.kind; };
  if (match.action == AttachmentAction::kPass) return;
  if (std::none_of(matches.begin(), matches.end(), is_same)) matches.push_back(std::move(match));
}

bool fits_type(std::string_view pattern, std::string_view type) {
  if (!pattern.ends_with("/*")) return pattern == type;
  return type.starts_with(pattern.substr(0, pattern.size() - 1));
}

void add_blocked(std::vector<AttachmentMatch>& matches, const attachment::FindingList& found,
                 const AttachmentPolicy& policy) {
  constexpr auto kReject = AttachmentAction::kReject;
  for (const auto& [word, name] : found.extensions())
    for (const std::string& blocked : policy.blocked_extensions)
      if (blocked == word) add(matches, {Kind::kBlocked, kReject, name, word});
  for (const auto& [word, name] : found.types())
    for (const std::string& blocked : policy.blocked_types)
      if (fits_type(blocked, word)) add(matches, {Kind::kBlocked, kReject, name, word});
  // More kinds of files than were kept: a blocked one may be among them.
  const bool has_list = !policy.blocked_extensions.empty() || !policy.blocked_types.empty();
  if (found.exceeded() && has_list)
    add(matches, {Kind::kBlocked, kReject, {}, "too many kinds of files"});
}

}  // namespace

std::vector<AttachmentMatch> match_attachments(const attachment::FindingList& found,
                                               bool antivirus_met_encryption,
                                               const AttachmentPolicy& policy) {
  std::vector<AttachmentMatch> matches;
  add_blocked(matches, found, policy);
  for (const attachment::Finding& finding : found.findings()) {
    if (finding.kind == FindingKind::kUnlisted) continue;
    add(matches, {static_cast<Kind>(finding.kind), action_of(finding.kind, policy), finding.name,
                  finding.detail});
  }
  if (antivirus_met_encryption) add(matches, {Kind::kEncrypted, policy.encrypted, {}, {}});
  std::stable_sort(matches.begin(), matches.end(),
                   [](const auto& a, const auto& b) { return a.action > b.action; });
  return matches;
}

std::string_view match_name(Kind kind) { return wording_of(kind).name; }

std::string attachment_reply(const AttachmentMatch& match, Language language) {
  const Wording& words = wording_of(match.kind);
  std::string text(words.english);
  text += " is not accepted";
  if (language == Language::kJapanese)
    text = std::string(words.romanized) + " wa uketoremasen / " + text;
  return ascii(described(text, match)).substr(0, kAttachmentReplyBytesMax);
}

std::string attachment_fields(const std::vector<AttachmentMatch>& matches, Language language) {
  std::string fields;
  for (size_t i = 0; i < std::min(matches.size(), kAttachmentFieldsMax); ++i) {
    const Wording& words = wording_of(matches[i].kind);
    const bool is_japanese = language == Language::kJapanese;
    const std::string text = described(is_japanese ? words.japanese : words.english, matches[i]);
    fields += "X-Sekisho-Attachment: " + std::string(words.name) + ";\r\n ";
    fields += encoded_words(text) + "\r\n";
  }
  return fields;
}

}  // namespace sekisho::inspect
