#include "config/references.h"

#include <algorithm>
#include <set>
#include <unordered_map>

#include "config/domain_name.h"
#include "config/expansion.h"
#include "config/name_index.h"
#include "config/wording.h"

namespace sekisho::config {
namespace {

// "did you mean sales?", or that the name could be made; `except` is the alias that points at it.
std::string missing_name(const Name& name, std::string_view except) {
  std::vector<std::string_view> known;
  for (const auto& mailbox : name.domain->mailboxes) known.push_back(mailbox.first);
  for (const auto& alias : name.domain->aliases)
    if (alias.first != except) known.push_back(alias.first);
  std::string text =
      "there is no mailbox or alias " + in_quotes(name.local) + " in " + name.domain->name + "; ";
  if (const auto near = nearest(name.local, known))
    return text + "did you mean " + std::string(*near) + "?";
  return text + "define it, or point at one that exists";
}

// In the order of the file, so that of too many aliases the last ones are reported.
std::vector<const std::pair<const std::string, Alias>*> aliases_by_line(const Domain& domain) {
  std::vector<const std::pair<const std::string, Alias>*> aliases;
  for (const auto& alias : domain.aliases) aliases.push_back(&alias);
  std::stable_sort(aliases.begin(), aliases.end(),
                   [](const auto* a, const auto* b) { return a->second.line < b->second.line; });
  return aliases;
}

class ReferenceCheck {
 public:
  ReferenceCheck(const Config& config, const std::vector<DomainOrigin>& origins)
      : config_(config), origins_(origins), index_(config) {}

  void run() {
    for (const Domain& domain : config_.domains) {
      check_administrator(domain);
      if (domain.catch_all) check_catch_all(domain);
    }
    for (const Domain& domain : config_.domains)
      for (const auto* alias : aliases_by_line(domain))
        check_alias(domain, alias->first, alias->second);
  }

 private:
  const DomainOrigin& origin(const Domain& domain) const {
    return origins_[static_cast<size_t>(&domain - config_.domains.data())];
  }

  void error(const Domain& domain, std::string_view key, std::string_view what) const {
    const DomainOrigin& from = origin(domain);
    const auto line = from.lines.find(key);
    error_at(domain, line == from.lines.end() ? domain.line : line->second, key, what);
  }
  void error_at(const Domain& domain, unsigned line, std::string_view key,
                std::string_view what) const {
    origin(domain).source.error(line, dotted("domain", key) + ": " + std::string(what));
  }

  // "" where mail for the target has somewhere to go.
  std::string target_mistake(const Domain& domain, const std::string& target,
                             std::string_view except = {}) const {
    const Name name = index_.find_target(domain, target);
    if (name.kind == Name::Kind::kUnknown) return missing_name(name, except);
    if (name.kind == Name::Kind::kNotHosted && config_.forward_next_hop.empty())
      return "the domain of " + in_quotes(target) +
             " is not hosted here; host it, or set server.forward_next_hop to pass such mail on";
    return "";
  }

  // Follows the target to its mailboxes; reports what is wrong at `key`.
  void check_pointer(const Domain& domain, std::string_view key, const std::string& target) {
    const std::string mistake = target_mistake(domain, target);
    if (!mistake.empty()) return error(domain, key, mistake);
    const Name name = index_.find_target(domain, target);
    const Expansion expansion = expand(index_, name, domain);
    if (expansion.trouble == Expansion::Trouble::kLoop)
      error(domain, key,
            in_quotes(target) + " leads in a circle (" + expansion.detail +
                "); point at a mailbox instead");
  }

  void check_administrator(const Domain& domain) {
    if (domain.administrator.empty() || !address_mistake(domain.administrator).empty()) return;
    check_pointer(domain, "administrator", domain.administrator);
  }
  void check_catch_all(const Domain& domain) {
    check_pointer(domain, "catch_all", *domain.catch_all);
  }

  void check_alias(const Domain& domain, const std::string& name, const Alias& alias) {
    bool sound = true;
    for (const std::string& target : alias.targets) {
      const std::string mistake = target_mistake(domain, target, name);
      if (mistake.empty()) {
        count_alias(domain, name, alias, index_.find_target(domain, target));
        continue;
      }
      error_at(domain, alias.line, "aliases", in_quotes(name) + ": " + mistake);
      sound = false;
    }
    if (sound) check_expansion(domain, name, alias);
  }

  void count_alias(const Domain& domain, const std::string& name, const Alias& alias,
                   const Name& target) {
    if (target.kind != Name::Kind::kMailbox) return;
    const Plan& plan = target.domain->plan;
    if (++aliases_of_[target.mailbox] != plan.aliases_per_mailbox_max + 1) return;
    error_at(domain, alias.line, "aliases",
             in_quotes(name) + " is one too many: " + target.text() + " has " +
                 std::to_string(plan.aliases_per_mailbox_max) +
                 " aliases already, the most that plan " + in_quotes(target.domain->plan_name) +
                 " allows (aliases_per_mailbox_max); remove one or raise it");
  }

  void check_expansion(const Domain& domain, const std::string& name, const Alias& alias) {
    const Expansion expansion = expand(index_, index_.find(domain, name), domain);
    switch (expansion.trouble) {
      case Expansion::Trouble::kLoop:
        return report_circle(domain, name, alias, expansion);
      case Expansion::Trouble::kTooDeep:
      case Expansion::Trouble::kTooMany:
        return error_at(
            domain, alias.line, "aliases",
            in_quotes(name) + " leads to " + expansion.detail + "; split or shorten it");
      case Expansion::Trouble::kNone:
      case Expansion::Trouble::kUnknownTarget:  // reported at the alias that has the target
      case Expansion::Trouble::kNotHosted:
        return;
    }
  }

  // Once per loop, at the first alias that is part of it.
  void report_circle(const Domain& domain, const std::string& name, const Alias& alias,
                     const Expansion& expansion) {
    const std::string self = index_.find(domain, name).text();
    if (expansion.circle.front() != self || circles_.contains(self)) return;
    circles_.insert(expansion.circle.begin(), expansion.circle.end());
    error_at(domain, alias.line, "aliases",
             in_quotes(name) + " leads back to itself (" + expansion.detail +
                 "); remove one of the targets");
  }

  const Config& config_;
  const std::vector<DomainOrigin>& origins_;
  NameIndex index_;
  std::unordered_map<const Mailbox*, size_t> aliases_of_;
  std::set<std::string> circles_;
};

}  // namespace

void check_references(const Config& config, const std::vector<DomainOrigin>& origins) {
  ReferenceCheck(config, origins).run();
}

}  // namespace sekisho::config
