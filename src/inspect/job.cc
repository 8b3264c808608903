#include "inspect/job.h"

#include <nlohmann/json.hpp>

namespace sekisho::inspect {

using nlohmann::json;

Policy policy_of(const config::Plan& plan) {
  return {plan.spam, plan.spam_threshold, plan.virus, plan.unscanned, plan.subject_tag};
}

void to_json(json& j, const Policy& p) {
  j = json{{"spam", static_cast<int>(p.spam)},
           {"threshold", p.spam_threshold},
           {"virus", static_cast<int>(p.virus)},
           {"unscanned", static_cast<int>(p.unscanned)},
           {"subject_tag", p.subject_tag}};
}

void from_json(const json& j, Policy& p) {
  p.spam = static_cast<config::SpamAction>(j.at("spam").get<int>());
  p.spam_threshold = j.at("threshold").get<double>();
  p.virus = static_cast<config::VirusAction>(j.at("virus").get<int>());
  p.unscanned = static_cast<config::UnscannedAction>(j.at("unscanned").get<int>());
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
    return Job{j.at("size").get<uint64_t>(), j.at("sender").get<std::string>(),
               j.at("helo").get<std::string>(), j.at("client").get<std::string>(),
               j.at("policies").get<std::vector<Policy>>()};
  } catch (const json::exception& e) {
    return Error{std::string("job: ") + e.what()};
  }
}

}  // namespace sekisho::inspect
