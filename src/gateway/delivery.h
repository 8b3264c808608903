// gateway/delivery.h: from a verdict to one reply: who gets the message, and what the sender is
// told.
//
// Each recipient has an outcome (a Reply). All alike: that is the answer. They differ: 451 4.3.0,
// and the sender tries again. So that a retry doubles as little as can be, nothing is delivered
// when the verdict itself differs between recipients, remote hops go first, the first hop that
// fails ends the round, and our own store is all or nothing.
//
// Process: front.

#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "config/config.h"
#include "gateway/next_hop.h"
#include "gateway/store_hop.h"
#include "gateway/transaction.h"
#include "inspect/verdict.h"

namespace sekisho::gateway {

struct DeliveryOutcome {
  smtp::Reply reply;           // to DATA
  std::string next_hop_reply;  // of the hop that spoke last, for the log; may be empty
  std::string action;          // "accept", "tag", … or "mixed"
  std::string reason;
  bool partly_delivered = false;  // a retry will double it for somebody: logged as a warning
};

// One reply for several outcomes.
smtp::Reply merge_replies(const std::vector<smtp::Reply>& replies);

class Delivery {
 public:
  using NextHops = std::map<std::string, std::shared_ptr<NextHop>>;

  Delivery(NextHops hops, NextHop& quarantine) : hops_(std::move(hops)), quarantine_(quarantine) {}

  const NextHops& next_hops() const { return hops_; }

  net::awaitable<DeliveryOutcome> deliver(const Transaction& transaction, const Outgoing& message,
                                          const inspect::Verdict& verdict) const;

 private:
  // Recipients of one hop that get the same edits.
  struct Group {
    const config::NextHop* hop = nullptr;
    const inspect::Decision* decision = nullptr;
    std::vector<Recipient> recipients;
  };

  static std::vector<Group> groups_of(const Transaction& transaction,
                                      const inspect::Verdict& verdict);
  net::awaitable<std::vector<smtp::Reply>> hand_over(const Group& group,
                                                     const Outgoing& message) const;
  net::awaitable<DeliveryOutcome> deliver_groups(const std::vector<Group>& groups,
                                                 const Outgoing& message) const;

  const NextHops hops_;
  NextHop& quarantine_;
};

}  // namespace sekisho::gateway
