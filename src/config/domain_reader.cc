#include "config/domain_reader.h"

#include "config/domain_name.h"
#include "config/name_index.h"
#include "config/wording.h"

namespace sekisho::config {
namespace {

template <typename Map>
std::vector<std::string_view> keys_of(const Map& map) {
  std::vector<std::string_view> keys;
  for (const auto& item : map) keys.push_back(item.first);
  return keys;
}

class DomainReader {
 public:
  DomainReader(const Source& source, const toml::table& table, const Config& config)
      : source_(source), table_(table), config_(config), draft_{{}, {}, source} {}

  std::optional<DomainDraft> read(std::string_view default_name) {
    check_keys(source_, table_, {"domain", "plan"}, "domain");
    draft_.domain.name = default_name;
    draft_.domain.file = source_.file;
    draft_.domain.line = line_of(table_);
    SettingTarget target;
    target.domain = &draft_.domain;
    draft_.lines = read_section(source_, table_, "domain", "domain", target);
    const std::optional<std::string> name = to_domain_name(draft_.domain.name);
    if (!name) {
      if (!draft_.lines.contains("name"))
        error("name",
              default_name.empty()
                  ? "is missing; write it like name = \"example.net\""
                  : "is missing, and the file's name is not one; write name = \"example.net\"");
      return std::nullopt;
    }
    draft_.domain.name = *name;
    read_plan();
    check_next_hop();
    check_catch_all();
    read_mailboxes();
    read_aliases();
    return std::move(draft_);
  }

 private:
  // At the line of the setting, or of the domain where it is not set.
  void error(std::string_view key, std::string_view what) const {
    const auto line = draft_.lines.find(key);
    error_at(line == draft_.lines.end() ? line_of(table_) : line->second, key, what);
  }
  void error_at(unsigned line, std::string_view key, std::string_view what) const {
    source_.error(line, dotted("domain", key) + ": " + std::string(what));
  }

  void read_plan() {
    Domain& domain = draft_.domain;
    const auto plan = config_.plans.find(domain.plan_name);
    if (plan == config_.plans.end())
      error("plan", "there is no plan " + in_quotes(domain.plan_name) + "; " +
                        suggestion_text(domain.plan_name, keys_of(config_.plans)));
    else
      domain.plan = plan->second;
    SettingTarget target;
    target.plan = &domain.plan;
    read_section(source_, table_, "plan", "domain", target);
  }

  void check_next_hop() const {
    const Domain& domain = draft_.domain;
    const auto hop = config_.next_hops.find(domain.next_hop);
    if (hop == config_.next_hops.end())
      return error("next_hop", "there is no next hop " + in_quotes(domain.next_hop) + "; " +
                                   suggestion_text(domain.next_hop, keys_of(config_.next_hops)));
    // A stranger's text must not become the name of a folder.
    if (domain.accept_any_local && hop->second.kind == NextHop::Kind::kMaildir)
      error("accept_any_local", "next hop " + in_quotes(domain.next_hop) +
                                    " is a Maildir, which has the mailboxes listed here only; "
                                    "use an lmtp or smtp next hop, or catch_all");
  }

  void check_catch_all() const {
    if (draft_.domain.catch_all && draft_.domain.accept_any_local)
      error("catch_all", "is never used, since accept_any_local passes every name on; remove one");
  }

  // Reports a name that can't be defined; true where it can.
  bool check_name(std::string_view key, std::string_view local, unsigned line) {
    const std::string mistake = local_part_mistake(local);
    if (!mistake.empty()) {
      error_at(line, key, in_quotes(local) + " " + mistake);
      return false;
    }
    const std::optional<char> separator = draft_.domain.subaddress_separator;
    if (is_reserved_local(separator ? local.substr(0, local.find(*separator)) : local)) {
      error_at(
          line, key,
          in_quotes(local) + " can't be defined: it always reaches the administrator; remove it");
      return false;
    }
    const auto [first, is_new] = names_.emplace(folded_local(draft_.domain, local), line);
    if (!is_new)
      error_at(line, key,
               in_quotes(local) + " is already defined in line " + std::to_string(first->second) +
                   "; remove one of them");
    return is_new;
  }

  void read_mailboxes() {
    const toml::node* node = table_.get("mailboxes");
    if (node == nullptr) return;
    if (const toml::array* list = node->as_array()) {
      for (const toml::node& item : *list) {
        if (const auto* name = item.as_string())
          add_mailbox(name->get(), nullptr, line_of(item));
        else
          wrong_value("mailboxes", line_of(item));
      }
      return;
    }
    const toml::table* table = node->as_table();
    if (table == nullptr) return wrong_value("mailboxes", line_of(*node));
    for (const auto& [name, settings_of_it] : *table) {
      if (settings_of_it.is_table())
        add_mailbox(name.str(), settings_of_it.as_table(), line_of(name));
      else
        wrong_value("mailboxes", line_of(name));
    }
  }

  void wrong_value(std::string_view key, unsigned line) const {
    error_at(line, key,
             "wrong kind of value; write " + expected_text(*find_setting("domain", key)));
  }

  void add_mailbox(std::string_view name, const toml::table* table, unsigned line) {
    if (!check_name("mailboxes", name, line)) return;
    Mailbox mailbox;
    mailbox.line = line;
    if (table != nullptr) {
      const std::string where = dotted("domain.mailboxes", name);
      SettingTarget target;
      target.mailbox = &mailbox;
      check_keys(source_, *table, {"mailbox"}, where);
      read_section(source_, *table, "mailbox", where, target);
    }
    draft_.domain.mailboxes.emplace(name, mailbox);
  }

  void read_aliases() {
    const toml::node* node = table_.get("aliases");
    if (node == nullptr) return;
    const toml::table* table = node->as_table();
    if (table == nullptr) return wrong_value("aliases", line_of(*node));
    for (const auto& [name, targets] : *table) add_alias(name.str(), targets, line_of(name));
  }

  void add_alias(std::string_view name, const toml::node& node, unsigned line) {
    Alias alias;
    alias.line = line;
    if (const toml::array* list = node.as_array()) {
      for (const toml::node& item : *list) add_alias_target(name, item, alias);
      if (list->empty())
        error_at(line, "aliases",
                 in_quotes(name) + " has no target; write one, or remove the alias");
    } else {
      add_alias_target(name, node, alias);
    }
    if (check_name("aliases", name, line)) draft_.domain.aliases.emplace(name, std::move(alias));
  }

  void add_alias_target(std::string_view name, const toml::node& node, Alias& alias) {
    const auto* text = node.as_string();
    if (text == nullptr) return wrong_value("aliases", line_of(node));
    const std::string mistake = address_mistake(text->get());
    if (mistake.empty())
      alias.targets.push_back(text->get());
    else
      error_at(line_of(node), "aliases",
               in_quotes(name) + ": target " + in_quotes(text->get()) + " " + mistake);
  }

  const Source& source_;
  const toml::table& table_;
  const Config& config_;
  DomainDraft draft_;
  std::map<std::string, unsigned> names_;  // folded, with their lines
};

}  // namespace

std::optional<DomainDraft> read_domain(const Source& source, const toml::table& table,
                                       std::string_view default_name, const Config& config) {
  return DomainReader(source, table, config).read(default_name);
}

}  // namespace sekisho::config
