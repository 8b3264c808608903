#include "inspect/verdict.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <nlohmann/json.hpp>

#include "inspect/job.h"

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

// As it was written: get<uint64_t>() also takes -1 and 1e300.
uint64_t whole_number(const json& j, const char* key) {
  const json& value = j.at(key);
  if (!value.is_number_unsigned()) throw json::type_error::create(302, key, &j);
  return value.get<uint64_t>();
}

int small_number(const json& j, const char* key) {
  const uint64_t value = whole_number(j, key);
  if (value > 999) throw json::out_of_range::create(401, key, &j);
  return static_cast<int>(value);
}

// What the lists take at most, as JSON; 16 decisions with fields of 5 KB each stand beside them.
constexpr size_t kNameBytesMax = 250;
constexpr size_t kHitsBytesMax = 48 << 10;
constexpr size_t kNamesBytesMax = 6 << 10;
constexpr size_t kUrisBytesMax = 16 << 10;

}  // namespace

// Found by their arguments' namespace, so not in one without a name.
void to_json(json& j, const Edit& e) {
  j = json{{"at", e.offset}, {"remove", e.remove}, {"insert", latin1_to_utf8(e.insert)}};
}

void from_json(const json& j, Edit& e) {
  e = {whole_number(j, "at"), whole_number(j, "remove"),
       utf8_to_latin1(j.at("insert").get<std::string>())};
}

void from_json(const json& j, ScoredHit& h) {
  h = {j.at("rule").get<std::string>(), j.at("score").get<double>()};
}

void to_json(json& j, const ScoredHit& h) { j = json{{"rule", h.rule}, {"score", h.score}}; }

void to_json(json& j, const SeenUri& u) { j = json{{"uri", u.uri}, {"domain", u.domain}}; }

void from_json(const json& j, SeenUri& u) {
  u = {j.at("uri").get<std::string>(), j.at("domain").get<std::string>()};
}

namespace {

// Lists cut to their room, and what that left out.
class Room {
 public:
  std::vector<ScoredHit> cut(std::vector<ScoredHit> hits) {
    return cut(
        std::move(hits), kHitsBytesMax, [](ScoredHit & hit) -> auto& { return hit.rule; });
  }
  std::vector<std::string> cut(std::vector<std::string> names) {
    return cut(
        std::move(names), kNamesBytesMax, [](std::string & name) -> auto& { return name; });
  }
  std::vector<SeenUri> cut(std::vector<SeenUri> uris) {
    for (SeenUri& each : uris) each.domain.resize(std::min(each.domain.size(), kNameBytesMax));
    return cut(
        std::move(uris), kUrisBytesMax / 2, [](SeenUri & each) -> auto& { return each.uri; });
  }
  uint64_t left_out() const { return left_out_; }

 private:
  static constexpr size_t kItemBytes = 45;  // of JSON around a name, and a score

  template <typename Item, typename Name>
  std::vector<Item> cut(std::vector<Item> list, size_t bytes_max, Name name_of) {
    size_t bytes = 0;
    size_t kept = 0;
    for (; kept < list.size(); ++kept) {
      std::string& name = name_of(list[kept]);
      if (name.size() > kNameBytesMax) name.resize(kNameBytesMax);
      bytes += name.size() + kItemBytes;
      if (bytes > bytes_max) break;
    }
    left_out_ += list.size() - kept;
    list.erase(list.begin() + static_cast<ptrdiff_t>(kept), list.end());
    return list;
  }

  uint64_t left_out_ = 0;
};

bool is_removal(const Edit& edit) { return edit.insert.empty(); }

std::vector<Edit> removals_of(const Decision& decision) {
  std::vector<Edit> removals;
  std::copy_if(decision.edits.begin(), decision.edits.end(), std::back_inserter(removals),
               is_removal);
  return removals;
}

// The removals of the first decision that has any: mostly those of all.
std::vector<Edit> shared_removals(const Verdict& verdict) {
  for (const Decision& decision : verdict.decisions)
    if (auto removals = removals_of(decision); !removals.empty()) return removals;
  return {};
}

json to_json_sharing(const Decision& d, const std::vector<Edit>& shared) {
  const bool shares = !shared.empty() && removals_of(d) == shared;
  std::vector<Edit> own;
  std::copy_if(d.edits.begin(), d.edits.end(), std::back_inserter(own),
               [&](const Edit& edit) { return !shares || !is_removal(edit); });
  return json{{"action", static_cast<int>(d.action)},
              {"reason", d.reason},
              {"code", d.reply_code},
              {"enhanced", d.enhanced},
              {"reply", d.reply},
              {"edits", own},
              {"shared_removals", shares}};
}

// Texts of ours stand before the removals of the same place, as they did.
Decision decision_of(const json& j, const std::vector<Edit>& shared) {
  const int action = small_number(j, "action");
  if (action > static_cast<int>(Action::kDefer))
    throw json::out_of_range::create(401, "action", &j);
  Decision d{static_cast<Action>(action),      j.at("reason").get<std::string>(),
             small_number(j, "code"),          j.at("enhanced").get<std::string>(),
             j.at("reply").get<std::string>(), j.at("edits").get<std::vector<Edit>>()};
  if (!j.at("shared_removals").get<bool>()) return d;
  d.edits.insert(d.edits.end(), shared.begin(), shared.end());
  std::stable_sort(d.edits.begin(), d.edits.end(),
                   [](const Edit& a, const Edit& b) { return a.offset < b.offset; });
  return d;
}

json to_json(const Findings& f) {
  Room room;
  json j{{"hits", room.cut(f.hits)},
         {"score", f.score},
         {"viruses", room.cut(f.viruses)},
         {"unscanned", room.cut(f.unscanned)},
         {"defects", room.cut(f.defects)},
         {"uris", room.cut(f.uris)},
         {"attachments", room.cut(f.attachments)},
         {"message_id", f.message_id.substr(0, kFieldBytesMax)},
         {"from", f.from.substr(0, kFieldBytesMax)},
         {"subject", f.subject.substr(0, kFieldBytesMax)},
         {"parts", f.parts},
         {"received", f.received}};
  j["left_out"] = f.left_out + room.left_out();
  return j;
}

Findings findings_of(const json& j) {
  Findings f;
  j.at("hits").get_to(f.hits);
  j.at("score").get_to(f.score);
  j.at("viruses").get_to(f.viruses);
  j.at("unscanned").get_to(f.unscanned);
  j.at("defects").get_to(f.defects);
  j.at("uris").get_to(f.uris);
  j.at("attachments").get_to(f.attachments);
  j.at("message_id").get_to(f.message_id);
  j.at("from").get_to(f.from);
  j.at("subject").get_to(f.subject);
  f.parts = whole_number(j, "parts");
  f.received = whole_number(j, "received");
  f.left_out = whole_number(j, "left_out");
  return f;
}

}  // namespace

std::string_view action_name(Action action) {
  constexpr std::array<std::string_view, 6> kNames{"accept",  "tag",    "quarantine",
                                                   "discard", "reject", "defer"};
  return kNames[static_cast<size_t>(action)];
}

std::string to_text(const Verdict& v) {
  const std::vector<Edit> shared = shared_removals(v);
  json decisions = json::array();
  for (const Decision& decision : v.decisions)
    decisions.push_back(to_json_sharing(decision, shared));
  const json j{{"findings", to_json(v.findings)},
               {"removals", shared},
               {"decisions", decisions},
               {"walk_ms", v.timings.walk_ms},
               {"antivirus_ms", v.timings.antivirus_ms}};
  return j.dump(-1, ' ', false, json::error_handler_t::replace);
}

Result<Verdict> parse_verdict(std::string_view text) {
  try {
    const json j = json::parse(text);
    Verdict v;
    v.findings = findings_of(j.at("findings"));
    const json& removals = j.at("removals");
    const json& decisions = j.at("decisions");
    if (decisions.size() > kPoliciesMax) return Error{"verdict: too many decisions"};
    if (removals.size() > kRemovalsMax) return Error{"verdict: too many removals"};
    const auto shared = removals.get<std::vector<Edit>>();
    for (const json& decision : decisions) v.decisions.push_back(decision_of(decision, shared));
    j.at("walk_ms").get_to(v.timings.walk_ms);
    j.at("antivirus_ms").get_to(v.timings.antivirus_ms);
    return v;
  } catch (const json::exception& e) {
    return Error{std::string("verdict: ") + e.what()};
  }
}

}  // namespace sekisho::inspect
