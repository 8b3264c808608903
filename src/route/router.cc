#include "route/router.h"

#include "config/expansion.h"
#include "config/name_index.h"

namespace sekisho::route {
namespace {

using config::Expansion;
using config::Leaf;
using config::Name;

constexpr const char* kUnknown = "550 5.1.1 No such mailbox";
constexpr const char* kNotOurs = "554 5.7.1 Relay access denied";
constexpr const char* kLoop = "550 5.4.6 Address leads in a loop";
constexpr const char* kBroken = "451 4.3.5 Address can't be resolved now";

void refuse(Resolution& out, const char* reply) {
  out.reply = reply;
  out.reply_code = std::stoi(out.reply.substr(0, 3));
}

// A loop or an overlong alias is the administrator's mistake and permanent; what names something
// missing may be mended before the sender gives up.
const char* reply_for(Expansion::Trouble trouble) {
  switch (trouble) {
    case Expansion::Trouble::kLoop:
    case Expansion::Trouble::kTooDeep:
    case Expansion::Trouble::kTooMany:
      return kLoop;
    default:
      return kBroken;
  }
}

}  // namespace

struct Router::Index {
  explicit Index(const config::Config& config) : names(config) {}

  const config::NextHop* next_hop(const std::string& name) const {
    const auto found = names.config().next_hops.find(name);
    return found == names.config().next_hops.end() ? nullptr : &found->second;
  }

  Target target_of(const Leaf& leaf) const {
    Target target;
    const Name& name = leaf.name;
    const bool forwarded = name.kind == Name::Kind::kNotHosted;
    target.domain = forwarded ? leaf.forwarder : name.domain;
    target.mailbox =
        mail::Address{name.local, forwarded ? name.other_domain : name.domain->name}.text();
    target.next_hop = next_hop(forwarded ? names.config().forward_next_hop : name.domain->next_hop);
    target.tag = name.tag;
    if (name.kind == Name::Kind::kMailbox)
      target.mailbox_bytes_max =
          name.mailbox->bytes_max.value_or(name.domain->plan.mailbox_bytes_max);
    return target;
  }

  // The name that a recipient stands for, with the catch-all; kUnknown when nothing does.
  Name start_of(const config::Domain& domain, const std::string& local, Resolution& out) const {
    Name name = names.find(domain, local);
    if (name.kind != Name::Kind::kUnknown) return name;
    out.steps.push_back(name.text() + ": no mailbox and no alias");
    if (!domain.catch_all) return name;
    out.steps.push_back("catch-all of " + domain.name + ": " + *domain.catch_all);
    return names.find_target(domain, *domain.catch_all);
  }

  config::NameIndex names;
};

Router::Router(const config::Config& config) : index_(std::make_unique<Index>(config)) {}
Router::Router(Router&&) noexcept = default;
Router& Router::operator=(Router&&) noexcept = default;
Router::~Router() = default;

Resolution Router::resolve(const mail::Address& recipient) const {
  Resolution out;
  const auto& domains = index_->names.config().domains;
  // RFC 5321 §4.5.1: <postmaster> without a domain is the primary domain's.
  if (recipient.domain.empty() && !domains.empty()) {
    out.domain = &domains.front();
    out.steps.push_back("no domain: of the primary domain " + out.domain->name);
  } else {
    out.domain = index_->names.find_domain(recipient.domain);
  }
  if (out.domain == nullptr) {
    out.steps.push_back(recipient.domain + ": not hosted here");
    refuse(out, kNotOurs);
    return out;
  }
  out.steps.push_back(out.domain->name + ": hosted here, plan " + out.domain->plan_name);
  const Name start = index_->start_of(*out.domain, recipient.local, out);
  if (start.kind == Name::Kind::kUnknown) {
    refuse(out, kUnknown);
    return out;
  }
  const Expansion expansion = config::expand(index_->names, start);
  out.steps.insert(out.steps.end(), expansion.steps.begin(), expansion.steps.end());
  if (expansion.trouble != Expansion::Trouble::kNone) {
    out.steps.push_back(expansion.detail);
    refuse(out, reply_for(expansion.trouble));
    return out;
  }
  for (const Leaf& leaf : expansion.leaves) {
    out.targets.push_back(index_->target_of(leaf));
    if (out.targets.back().next_hop == nullptr) refuse(out, kBroken);
  }
  if (out.targets.empty()) refuse(out, kUnknown);
  return out;
}

}  // namespace sekisho::route
