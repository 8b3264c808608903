#include "config/name_index.h"

#include "base/bytes.h"
#include "config/domain_name.h"

namespace sekisho::config {

std::string folded_local(const Domain& domain, std::string_view local) {
  return domain.case_sensitive_local ? std::string(local) : to_lower(local);
}

std::string Name::text() const {
  return local + "@" + (domain != nullptr ? domain->name : other_domain);
}

NameIndex::NameIndex(const Config& config) : config_(&config), entries_(config.domains.size()) {
  for (size_t i = 0; i < config.domains.size(); ++i) {
    const Domain& domain = config.domains[i];
    domains_.emplace(domain.name, i);
    // The first definition stays: a mailbox is stronger than an alias of the same name.
    for (const auto& [local, mailbox] : domain.mailboxes)
      entries_[i].emplace(folded_local(domain, local), Entry{&local, &mailbox, nullptr});
    for (const auto& [local, alias] : domain.aliases)
      entries_[i].emplace(folded_local(domain, local), Entry{&local, nullptr, &alias});
  }
}

const Domain* NameIndex::find_domain(std::string_view name) const {
  const std::optional<std::string> ascii = to_domain_name(name);
  if (!ascii) return nullptr;
  const auto found = domains_.find(*ascii);
  return found == domains_.end() ? nullptr : &config_->domains[found->second];
}

bool NameIndex::find_entry(const Domain& domain, std::string_view local, Name& name) const {
  if (is_reserved_local(local)) {  // always, in any case (RFC 5321 §4.5.1)
    name.kind = Name::Kind::kReserved;
    name.local = to_lower(local);
    return true;
  }
  const Entries& entries = entries_[static_cast<size_t>(&domain - config_->domains.data())];
  const auto found = entries.find(folded_local(domain, local));
  if (found == entries.end()) return false;
  name.kind = found->second.alias != nullptr ? Name::Kind::kAlias : Name::Kind::kMailbox;
  name.local = *found->second.local;
  name.mailbox = found->second.mailbox;
  name.alias = found->second.alias;
  return true;
}

Name NameIndex::find(const Domain& domain, std::string_view local) const {
  Name name;
  name.domain = &domain;
  name.local = local;
  if (find_entry(domain, local, name)) return name;
  if (domain.accept_any_local) {
    name.kind = Name::Kind::kRelayed;  // case and sub-address are the next hop's (RFC 5321 §2.4)
    return name;
  }
  if (!domain.subaddress_separator) return name;
  const size_t separator = local.find(*domain.subaddress_separator);
  if (separator == 0 || separator == std::string_view::npos) return name;
  if (find_entry(domain, local.substr(0, separator), name)) name.tag = local.substr(separator + 1);
  return name;
}

Name NameIndex::find_target(const Domain& from, std::string_view text) const {
  const NamedAddress address = split_address(text);
  if (!address.domain) return find(from, address.local);
  if (const Domain* domain = find_domain(*address.domain)) return find(*domain, address.local);
  Name name;
  name.kind = Name::Kind::kNotHosted;
  name.local = address.local;
  name.other_domain = *address.domain;
  return name;
}

}  // namespace sekisho::config
