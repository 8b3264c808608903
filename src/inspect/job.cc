#include "inspect/job.h"

#include <nlohmann/json.hpp>

namespace sekisho::inspect {

using nlohmann::json;

namespace {

template <typename E>
E choice(const json& j, const char* key, E last) {
  const int value = j.at(key).get<int>();
  if (value < 0 || value > static_cast<int>(last)) throw json::out_of_range::create(401, key, &j);
  return static_cast<E>(value);
}

constexpr int kInherited = -1;  // of `unscanned`

json to_list(const config::UnscannedActions& actions) {
  json list = json::array();
  for (const auto& action : actions)
    list.push_back(action ? static_cast<int>(*action) : kInherited);
  return list;
}

config::UnscannedActions actions_of(const json& list) {
  config::UnscannedActions actions;
  for (size_t i = 0; i < actions.size(); ++i) {
    const int value = list.at(i).get<int>();
    if (value > static_cast<int>(config::UnscannedAction::kTag))
      throw json::out_of_range::create(401, "unscanned_for", &list);
    if (value >= 0) actions[i] = static_cast<config::UnscannedAction>(value);
  }
  return actions;
}

config::AttachmentAction attachment_choice(const json& j, const char* key) {
  return choice(j, key, config::AttachmentAction::kReject);
}

json to_json_of(const config::AttachmentPolicy& p) {
  return json{{"encrypted", static_cast<int>(p.encrypted)},
              {"executable", static_cast<int>(p.executable)},
              {"macro", static_cast<int>(p.macro)},
              {"deceptive_name", static_cast<int>(p.deceptive_name)},
              {"extensions", p.blocked_extensions},
              {"types", p.blocked_types},
              {"language", static_cast<int>(p.language)}};
}

config::AttachmentPolicy attachments_of(const json& j) {
  return {attachment_choice(j, "encrypted"),
          attachment_choice(j, "executable"),
          attachment_choice(j, "macro"),
          attachment_choice(j, "deceptive_name"),
          j.at("extensions").get<std::vector<std::string>>(),
          j.at("types").get<std::vector<std::string>>(),
          choice(j, "language", config::Language::kJapanese)};
}

}  // namespace

Policy policy_of(const config::Plan& plan) {
  return {plan.spam,        plan.spam_threshold, plan.virus,       plan.unscanned,
          plan.subject_tag, plan.unscanned_for,  plan.attachments, plan.poison};
}

void to_json(json& j, const Policy& p) {
  j = json{{"spam", static_cast<int>(p.spam)},
           {"threshold", p.spam_threshold},
           {"virus", static_cast<int>(p.virus)},
           {"unscanned", static_cast<int>(p.unscanned)},
           {"unscanned_for", to_list(p.unscanned_for)},
           {"attachments", to_json_of(p.attachments)},
           {"subject_tag", p.subject_tag}};
}

void from_json(const json& j, Policy& p) {
  p.spam = choice(j, "spam", config::SpamAction::kReject);
  p.spam_threshold = j.at("threshold").get<double>();
  p.virus = choice(j, "virus", config::VirusAction::kDiscard);
  p.unscanned = choice(j, "unscanned", config::UnscannedAction::kTag);
  p.unscanned_for = actions_of(j.at("unscanned_for"));
  p.attachments = attachments_of(j.at("attachments"));
  p.subject_tag = j.at("subject_tag").get<std::string>();
}

std::string to_text(const Job& job) {
  const json j{{"size", job.size},
               {"sender", job.sender},
               {"helo", job.helo},
               {"client", job.client},
               {"policies", job.policies}};
  return j.dump(-1, ' ', false, json::error_handler_t::replace);
}

Result<Job> parse_job(std::string_view text) {
  try {
    const json j = json::parse(text);
    if (j.at("policies").size() > kPoliciesMax) return Error{"job: too many policies"};
    return Job{j.at("size").get<uint64_t>(), j.at("sender").get<std::string>(),
               j.at("helo").get<std::string>(), j.at("client").get<std::string>(),
               j.at("policies").get<std::vector<Policy>>()};
  } catch (const json::exception& e) {
    return Error{std::string("job: ") + e.what()};
  }
}

}  // namespace sekisho::inspect
