#include "route/router.h"

#include "base/bytes.h"
#include "config/domain_name.h"
#include "config/expansion.h"

namespace sekisho::route {
namespace {

using config::Name;

constexpr std::string_view kUnknownRecipient = "550 5.1.1 No such mailbox here";
constexpr std::string_view kRelayRefused = "554 5.7.1 This server takes no mail for that domain";
constexpr std::string_view kRoutedRefused = "554 5.7.1 No mail is relayed by a routed address";
constexpr std::string_view kNoDomain = "550 5.1.3 The address needs a domain";
// What only a configuration with mistakes can cause is temporary: the sender keeps the mail until
// the administrator has corrected it. RFC 3463 §3.5 has X.4.6 as a persistent transient error.
constexpr std::string_view kRoutingLoop = "451 4.4.6 The alias leads in a circle";
constexpr std::string_view kBadConfiguration =
    "451 4.3.5 The recipient's configuration has a mistake";

// The address is a stranger's text: what would move a terminal's cursor is shown as "?".
std::string printable(std::string text) {
  for (char& c : text)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = '?';
  return text;
}

// user%other, other!user and user@other, quoted or not: who knows the mailboxes of a relay domain
// may also know these, and take what comes from us for trusted (RFC 5321 §3.6.1 lets us refuse).
bool is_routed(std::string_view local) { return local.find_first_of("@%!") != local.npos; }

std::string_view kind_text(config::NextHop::Kind kind) {
  switch (kind) {
    case config::NextHop::Kind::kMaildir:
      return "maildir";
    case config::NextHop::Kind::kLmtp:
      return "lmtp";
    case config::NextHop::Kind::kSmtp:
      return "smtp";
  }
  return "";
}

class Resolver {
 public:
  Resolver(const config::NameIndex& index, Resolution& out) : index_(index), out_(out) {}

  void run(const mail::Address& recipient) {
    if (recipient.domain.empty()) return run_without_domain(recipient.local);
    const config::Domain* const domain = index_.find_domain(recipient.domain);
    if (domain == nullptr) {
      step("domain " + recipient.domain + " is not hosted here");
      return refuse(kRelayRefused);
    }
    run_in(*domain, recipient.local);
  }

 private:
  void step(std::string text) { out_.steps.push_back(printable(std::move(text))); }

  void refuse(std::string_view reply) {
    out_.targets.clear();
    out_.reply = reply;
    out_.reply_code = (reply[0] - '0') * 100 + (reply[1] - '0') * 10 + (reply[2] - '0');
  }

  // RCPT TO:<postmaster> must be taken (RFC 5321 §4.5.1); the primary domain's administrator reads
  // it.
  void run_without_domain(std::string_view local) {
    const auto& domains = index_.config().domains;
    if (domains.empty() || !equals_ignore_case(local, "postmaster")) {
      step("the address has no domain");
      return refuse(kNoDomain);
    }
    step("postmaster without a domain: of the primary domain " + domains.front().name);
    run_in(domains.front(), local);
  }

  void run_in(const config::Domain& domain, std::string_view local) {
    out_.domain = &domain;
    step("domain " + domain.name + " is hosted (" + domain.file + ":" +
         std::to_string(domain.line) + "), plan " + domain.plan_name);
    Name name = index_.find(domain, local);
    if (name.kind == Name::Kind::kRelayed && is_routed(local)) {
      step(std::string(local) + ": the next hop might relay it to where it asks to");
      return refuse(kRoutedRefused);
    }
    if (name.kind == Name::Kind::kUnknown) {
      step(std::string(local) + ": no mailbox and no alias");
      if (!domain.catch_all) return refuse(kUnknownRecipient);
      step("catch-all: " + *domain.catch_all);
      name = index_.find_target(domain, *domain.catch_all);
    }
    if (!name.tag.empty()) step("sub-address: " + name.local + " with the tag " + name.tag);
    collect(name, domain);
  }

  void collect(const Name& name, const config::Domain& domain) {
    const config::Expansion expansion = config::expand(index_, name, domain);
    for (const std::string& text : expansion.steps) step(text);
    switch (expansion.trouble) {
      case config::Expansion::Trouble::kNone:
        break;
      case config::Expansion::Trouble::kLoop:
      case config::Expansion::Trouble::kTooDeep:
        return refuse(kRoutingLoop);
      case config::Expansion::Trouble::kTooMany:
      case config::Expansion::Trouble::kUnknownTarget:
      case config::Expansion::Trouble::kNotHosted:
        return refuse(kBadConfiguration);
    }
    for (const config::Leaf& leaf : expansion.leaves)
      if (!add_target(leaf)) return refuse(kBadConfiguration);
    if (out_.targets.empty()) refuse(kBadConfiguration);
  }

  bool add_target(const config::Leaf& leaf) {
    const Name& name = leaf.name;
    Target target;
    target.domain = name.domain != nullptr ? name.domain : leaf.forwarder;
    const auto& hops = index_.config().next_hops;
    const auto hop = hops.find(name.domain != nullptr ? name.domain->next_hop
                                                      : index_.config().forward_next_hop);
    if (hop == hops.end()) return false;
    target.next_hop = &hop->second;
    target.mailbox =
        mail::Address{name.local, name.domain != nullptr ? name.domain->name : name.other_domain}
            .text();
    target.tag = name.tag;
    if (name.mailbox != nullptr)
      target.mailbox_bytes_max =
          name.mailbox->bytes_max.value_or(name.domain->plan.mailbox_bytes_max);
    step(target.mailbox + ": " + what_it_is(name) + ", next hop " + target.next_hop->name + " (" +
         std::string(kind_text(target.next_hop->kind)) + " " + target.next_hop->address + ")");
    out_.targets.push_back(std::move(target));
    return true;
  }

  static std::string what_it_is(const Name& name) {
    if (name.kind == Name::Kind::kMailbox) return "mailbox";
    if (name.kind == Name::Kind::kRelayed) return "relayed as it came";
    return "forwarded to another server";
  }

  const config::NameIndex& index_;
  Resolution& out_;
};

}  // namespace

Resolution Router::resolve(const mail::Address& recipient) const {
  Resolution resolution;
  resolution.steps.push_back("recipient " + printable(recipient.text()));
  Resolver(index_, resolution).run(recipient);
  return resolution;
}

}  // namespace sekisho::route
