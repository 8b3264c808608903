#include "gateway/delivery.h"

#include <algorithm>

#include "mail/address.h"

namespace sekisho::gateway {
namespace {

using inspect::Action;
using inspect::Decision;

bool is_refusal(const Decision& decision) {
  return decision.action == Action::kReject || decision.action == Action::kDefer;
}

Recipient recipient_of(const route::Target& target) {
  Recipient recipient{target.mailbox, target.mailbox, {}, target.mailbox_bytes_max};
  if (const auto address = mail::parse_mailbox(target.mailbox)) {
    recipient.local = address->local;
    recipient.domain = address->domain;
  }
  return recipient;
}

// Decisions that the transaction's recipients really have, in the order of severity of their
// actions.
std::vector<const Decision*> decisions_of(const Transaction& transaction,
                                          const inspect::Verdict& verdict) {
  std::vector<const Decision*> decisions;
  for (const AcceptedRecipient& recipient : transaction.recipients) {
    const Decision* decision = &verdict.decisions[recipient.policy];
    if (std::find(decisions.begin(), decisions.end(), decision) == decisions.end())
      decisions.push_back(decision);
  }
  return decisions;
}

const Decision* most_severe(const std::vector<const Decision*>& decisions) {
  return *std::max_element(
      decisions.begin(), decisions.end(),
      [](const Decision* a, const Decision* b) { return a->action < b->action; });
}

smtp::Reply reply_of(const Decision& decision) {
  return {decision.reply_code, decision.enhanced, decision.reply};
}

// Our own store last: it is all or nothing, and what fails before it leaves it untouched.
int order_of(const config::NextHop* hop) {
  return hop != nullptr && hop->kind != config::NextHop::Kind::kMaildir ? 0 : 1;
}

}  // namespace

const smtp::Reply kClientLeft{451, "4.4.2", "Client left before its message was delivered"};

smtp::Reply merge_replies(const std::vector<smtp::Reply>& replies) {
  if (replies.empty()) return {451, "4.3.0", "Nothing was delivered, try again later"};
  const auto all = [&](auto holds) { return std::all_of(replies.begin(), replies.end(), holds); };
  if (all([](const smtp::Reply& r) { return r.positive(); })) return replies.front();
  if (all([](const smtp::Reply& r) { return r.permanent(); })) return replies.front();
  if (all([](const smtp::Reply& r) { return r.temporary(); })) return replies.front();
  return {451, "4.3.0", "Recipients differ, try again later"};
}

std::vector<Delivery::Group> Delivery::groups_of(const Transaction& transaction,
                                                 const inspect::Verdict& verdict) {
  std::vector<Group> groups;
  std::map<std::pair<const config::NextHop*, std::string>, bool> seen;
  for (const AcceptedRecipient& recipient : transaction.recipients) {
    const Decision* decision = &verdict.decisions[recipient.policy];
    if (decision->action == Action::kDiscard) continue;
    const bool held = decision->action == Action::kQuarantine;
    for (const route::Target& target : recipient.targets) {
      const config::NextHop* hop = held ? nullptr : target.next_hop;
      if (!seen.emplace(std::pair(hop, target.mailbox), true).second) continue;
      auto group = std::find_if(groups.begin(), groups.end(), [&](const Group& g) {
        return g.hop == hop && g.decision->edits == decision->edits;
      });
      if (group == groups.end()) group = groups.insert(groups.end(), Group{hop, decision, {}});
      group->recipients.push_back(recipient_of(target));
    }
  }
  std::stable_sort(groups.begin(), groups.end(), [](const Group& a, const Group& b) {
    return order_of(a.hop) < order_of(b.hop);
  });
  return groups;
}

net::awaitable<std::vector<smtp::Reply>> Delivery::hand_over(const Group& group,
                                                             const Outgoing& message) const {
  NextHop* hop = &quarantine_;
  if (group.hop != nullptr) {
    const auto found = hops_.find(group.hop->name);
    if (found == hops_.end()) {
      const smtp::Reply unknown{451, "4.3.5", "No such next hop"};
      co_return std::vector<smtp::Reply>(group.recipients.size(), unknown);
    }
    hop = found->second.get();
  }
  std::vector<smtp::Reply> replies =
      co_await hop->deliver(message, group.decision->edits, group.recipients);
  co_return replies;
}

net::awaitable<DeliveryOutcome> Delivery::deliver_groups(const std::vector<Group>& groups,
                                                         const Outgoing& message) const {
  DeliveryOutcome outcome;
  std::vector<smtp::Reply> all;
  for (const Group& group : groups) {
    const std::vector<smtp::Reply> replies = co_await hand_over(group, message);
    all.insert(all.end(), replies.begin(), replies.end());
    const bool taken = std::all_of(replies.begin(), replies.end(),
                                   [](const smtp::Reply& r) { return r.positive(); });
    if (!taken) break;
  }
  outcome.reply = all.empty() ? smtp::Reply{250, "2.0.0", "Accepted"} : merge_replies(all);
  for (const smtp::Reply& reply : all) {
    if (outcome.next_hop_reply.empty() || !reply.positive())
      outcome.next_hop_reply = reply.summary();
    outcome.partly_delivered |= reply.positive() && !outcome.reply.positive();
  }
  co_return outcome;
}

net::awaitable<DeliveryOutcome> Delivery::deliver(const Transaction& transaction,
                                                  const Outgoing& message,
                                                  const inspect::Verdict& verdict) const {
  const std::vector<const Decision*> decisions = decisions_of(transaction, verdict);
  const Decision* severe = most_severe(decisions);
  const bool refused = std::any_of(decisions.begin(), decisions.end(),
                                   [](const Decision* d) { return is_refusal(*d); });
  DeliveryOutcome outcome;
  if (refused) {
    std::vector<smtp::Reply> replies;
    for (const Decision* d : decisions)
      replies.push_back(is_refusal(*d) ? reply_of(*d) : smtp::Reply{250, "2.0.0", "Accepted"});
    outcome.reply = merge_replies(replies);
  } else {
    const std::vector<Group> groups = groups_of(transaction, verdict);
    outcome = co_await deliver_groups(groups, message);
  }
  const bool alike = std::all_of(decisions.begin(), decisions.end(),
                                 [&](const Decision* d) { return d->action == severe->action; });
  outcome.action = alike ? std::string(inspect::action_name(severe->action)) : "mixed";
  outcome.reason = severe->reason;
  co_return outcome;
}

}  // namespace sekisho::gateway
