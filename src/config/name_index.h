// config/name_index.h: what a name of a hosted domain is: mailbox, alias, reserved address or
// nothing.
//
//   NameIndex index(config);
//   if (const Domain* domain = index.find_domain("example.test")) use(index.find(*domain,
//   "sales"));
//
// The router asks it for every recipient and `config check` for every alias target, so both agree.
// A name is looked up in this order: reserved (postmaster, nobody), mailbox, alias; in a relay
// domain (accept_any_local) any other name is passed on as it came; else the name before the first
// sub-address separator is looked up once more. The catch-all is not looked at: that is the
// router's.
//
// Memory: one entry per domain, mailbox and alias.  Threads: read-only after construction.
// Lifetime: points into the Config.
// Standards: RFC 5321 §2.4 (case), §4.5.1 (postmaster), RFC 5233 (sub-addresses).

#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "config/config.h"

namespace sekisho::config {

struct Name {
  enum class Kind { kUnknown, kNotHosted, kReserved, kMailbox, kAlias, kRelayed };

  Kind kind = Kind::kUnknown;
  const Domain* domain = nullptr;  // null: not hosted
  std::string local;  // as the configuration spells it; kRelayed, kUnknown, kNotHosted: as given
  std::string other_domain;          // kNotHosted: as given
  std::string tag;                   // of a sub-address
  const Mailbox* mailbox = nullptr;  // kMailbox
  const Alias* alias = nullptr;      // kAlias

  std::string text() const;  // local@domain, unquoted
};

class NameIndex {
 public:
  explicit NameIndex(const Config& config);

  // `name` in any case, as A-labels or U-labels; null where it is not hosted.
  const Domain* find_domain(std::string_view name) const;
  Name find(const Domain& domain, std::string_view local) const;

  // A target as an alias of `from` spells it: "local" or "local@domain".
  Name find_target(const Domain& from, std::string_view text) const;

  const Config& config() const { return *config_; }

 private:
  struct Entry {
    const std::string* local;
    const Mailbox* mailbox;
    const Alias* alias;
  };
  using Entries = std::unordered_map<std::string, Entry>;

  bool find_entry(const Domain& domain, std::string_view local, Name& name) const;

  const Config* config_;
  std::unordered_map<std::string, size_t> domains_;
  std::vector<Entries> entries_;  // beside config.domains
};

// The form in which local parts of a domain are compared: ASCII case folded, unless the domain says
// that case counts. Other letters are compared byte by byte.
std::string folded_local(const Domain& domain, std::string_view local);

}  // namespace sekisho::config
