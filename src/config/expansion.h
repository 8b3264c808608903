// config/expansion.h: the mailboxes behind a name, through aliases of aliases.
//
//   Expansion e = expand(index, index.find(*domain, "sales"), *domain);
//   if (e.trouble == Expansion::Trouble::kNone) for (const Leaf& leaf : e.leaves) deliver(leaf);
//
// Each alias is opened once, so what is reached by two ways gets one copy. An alias that leads back
// to itself is a loop. The limits hold whatever the configuration says; `config check` reports what
// would meet them, so a server that started never does.
//
// Memory: kTargetsMax leaves, kAliasDepthMax open aliases; no recursion.  Time: kNamesMax look-ups.
// Threads: any.

#pragma once

#include <string>
#include <vector>

#include "config/config.h"
#include "config/name_index.h"

namespace sekisho::config {

constexpr size_t kTargetsMax = 1000;     // of one recipient
constexpr size_t kAliasDepthMax = 20;    // aliases that point at aliases
constexpr size_t kAliasNamesMax = 4000;  // names looked up for one recipient

struct Leaf {
  Name name;                // kMailbox, kRelayed, or kNotHosted for a forward
  const Domain* forwarder;  // of a forward: the domain whose alias it is
};

struct Expansion {
  enum class Trouble { kNone, kLoop, kTooDeep, kTooMany, kUnknownTarget, kNotHosted };

  Trouble trouble = Trouble::kNone;
  std::string detail;               // the trouble in words
  std::vector<std::string> circle;  // kLoop: the names of the loop, first and last the same
  std::vector<Leaf> leaves;         // without duplicates, in the order of the configuration
  std::vector<std::string> steps;   // in words
};

// `from` is the domain in which `start` was found or which points at it.
Expansion expand(const NameIndex& index, const Name& start, const Domain& from);

}  // namespace sekisho::config
