// inspect/job.h: what an inspector is asked; travels to the worker beside the spool's descriptor.
//
// One message, and every distinct policy of its recipients: the content is looked at once, decided
// on for each. Written as JSON (the one serialisation of the project).

#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "config/config.h"

namespace sekisho::inspect {

// The part of a plan that decides about content.
struct Policy {
  config::SpamAction spam = config::SpamAction::kTag;
  double spam_threshold = 5.0;
  config::VirusAction virus = config::VirusAction::kReject;
  config::UnscannedAction unscanned = config::UnscannedAction::kDefer;
  std::string subject_tag;
  config::UnscannedActions unscanned_for = {};
  config::AttachmentPolicy attachments = {};
  config::PoisonAction poison = config::PoisonAction::kReject;  // the front's: workers don't know

  bool operator==(const Policy&) const = default;
};

Policy policy_of(const config::Plan& plan);

// More distinct policies than this in one transaction: the next recipient is asked to come again,
// so that a verdict always fits one datagram.
inline constexpr size_t kPoliciesMax = 16;

struct Job {
  uint64_t size = 0;   // bytes of the spool
  std::string sender;  // envelope, "" for the null sender
  std::string helo;
  std::string client;  // address as text
  std::vector<Policy> policies;
};

std::string to_text(const Job& job);
// An Error for anything that to_text() does not write.
Result<Job> parse_job(std::string_view text);

}  // namespace sekisho::inspect
