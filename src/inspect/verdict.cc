#include "inspect/verdict.h"

#include <array>
#include <nlohmann/json.hpp>

namespace sekisho::inspect {

using nlohmann::json;

// Edits are always text of ours around bytes of the message's own Subject: none of it need be valid
// UTF-8, and JSON strings must be. So their bytes travel as Latin-1 code points.
namespace {

std::string latin1_to_utf8(std::string_view bytes) {
  std::string out;
  out.reserve(bytes.size());
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80) {
      out += c;
    } else {
      out += static_cast<char>(0xC0 | byte >> 6);
      out += static_cast<char>(0x80 | (byte & 0x3F));
    }
  }
  return out;
}

std::string utf8_to_latin1(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte >= 0xC0 && i + 1 < text.size()) {
      out += static_cast<char>((byte & 0x03) << 6 | (static_cast<unsigned char>(text[++i]) & 0x3F));
    } else {
      out += text[i];
    }
  }
  return out;
}

}  // namespace

std::string_view action_name(Action action) {
  constexpr std::array<std::string_view, 6> kNames{"accept",  "tag",    "quarantine",
                                                   "discard", "reject", "defer"};
  return kNames[static_cast<size_t>(action)];
}

void to_json(json& j, const Edit& e) {
  j = json{{"at", e.offset}, {"remove", e.remove}, {"insert", latin1_to_utf8(e.insert)}};
}

void from_json(const json& j, Edit& e) {
  e = {j.at("at").get<uint64_t>(), j.at("remove").get<uint64_t>(),
       utf8_to_latin1(j.at("insert").get<std::string>())};
}

void to_json(json& j, const Decision& d) {
  j = json{{"action", static_cast<int>(d.action)},
           {"reason", d.reason},
           {"code", d.reply_code},
           {"enhanced", d.enhanced},
           {"reply", d.reply},
           {"edits", d.edits}};
}

void from_json(const json& j, Decision& d) {
  const int action = j.at("action").get<int>();
  if (action < 0 || action > static_cast<int>(Action::kDefer))
    throw json::out_of_range::create(401, "action", &j);
  d = {static_cast<Action>(action),      j.at("reason").get<std::string>(),
       j.at("code").get<int>(),          j.at("enhanced").get<std::string>(),
       j.at("reply").get<std::string>(), j.at("edits").get<std::vector<Edit>>()};
}

void to_json(json& j, const ScoredHit& h) { j = json{{"rule", h.rule}, {"score", h.score}}; }

void from_json(const json& j, ScoredHit& h) {
  h = {j.at("rule").get<std::string>(), j.at("score").get<double>()};
}

void to_json(json& j, const SeenUri& u) { j = json{{"uri", u.uri}, {"domain", u.domain}}; }

void from_json(const json& j, SeenUri& u) {
  u = {j.at("uri").get<std::string>(), j.at("domain").get<std::string>()};
}

std::string to_text(const Verdict& v) {
  const Findings& f = v.findings;
  const json j{{"hits", f.hits},
               {"score", f.score},
               {"viruses", f.viruses},
               {"unscanned", f.unscanned},
               {"defects", f.defects},
               {"uris", f.uris},
               {"message_id", f.message_id},
               {"from", f.from},
               {"subject", f.subject},
               {"parts", f.parts},
               {"received", f.received},
               {"decisions", v.decisions},
               {"walk_ms", v.timings.walk_ms},
               {"antivirus_ms", v.timings.antivirus_ms}};
  return j.dump(-1, ' ', false, json::error_handler_t::replace);
}

Result<Verdict> parse_verdict(std::string_view text) {
  try {
    const json j = json::parse(text);
    Verdict v;
    j.at("hits").get_to(v.findings.hits);
    j.at("score").get_to(v.findings.score);
    j.at("viruses").get_to(v.findings.viruses);
    j.at("unscanned").get_to(v.findings.unscanned);
    j.at("defects").get_to(v.findings.defects);
    j.at("uris").get_to(v.findings.uris);
    j.at("message_id").get_to(v.findings.message_id);
    j.at("from").get_to(v.findings.from);
    j.at("subject").get_to(v.findings.subject);
    j.at("parts").get_to(v.findings.parts);
    j.at("received").get_to(v.findings.received);
    j.at("decisions").get_to(v.decisions);
    j.at("walk_ms").get_to(v.timings.walk_ms);
    j.at("antivirus_ms").get_to(v.timings.antivirus_ms);
    return v;
  } catch (const json::exception& e) {
    return Error{std::string("verdict: ") + e.what()};
  }
}

}  // namespace sekisho::inspect
