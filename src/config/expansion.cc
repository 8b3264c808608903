#include "config/expansion.h"

#include <algorithm>
#include <span>
#include <unordered_set>

namespace sekisho::config {
namespace {

using Trouble = Expansion::Trouble;

std::string joined(std::span<const std::string> names, std::string_view between) {
  std::string text;
  for (const std::string& name : names) text.append(text.empty() ? "" : between).append(name);
  return text;
}

std::string defined_at(const Domain& domain, unsigned line) {
  return domain.file + ":" + std::to_string(line);
}

class Expander {
 public:
  Expander(const NameIndex& index, Expansion& out) : index_(index), out_(out) {}

  void run(const Name& start, const Domain& start_domain) {
    visit(start, &start_domain);
    while (!open_.empty() && out_.trouble == Trouble::kNone) {
      Frame& frame = open_.back();
      if (frame.next == frame.targets.size()) {
        open_.pop_back();
        continue;
      }
      const std::string& target = frame.targets[frame.next++];
      const Domain* const from = frame.domain;
      visit(index_.find_target(*from, target), from);
    }
  }

 private:
  struct Frame {
    std::string name;
    const void* key;
    const Domain* domain;
    std::span<const std::string> targets;
    size_t next = 0;
  };

  void fail(Trouble trouble, std::string detail) {
    out_.trouble = trouble;
    out_.detail = std::move(detail);
    out_.steps.push_back(out_.detail);
  }

  void visit(const Name& name, const Domain* from) {
    if (++looked_up_ > kAliasNamesMax)
      return fail(Trouble::kTooMany, "more than " + std::to_string(kAliasNamesMax) + " names");
    switch (name.kind) {
      case Name::Kind::kUnknown:
        return fail(Trouble::kUnknownTarget, "there is no " + name.text());
      case Name::Kind::kNotHosted:
        return forward(name, from);
      case Name::Kind::kMailbox:
      case Name::Kind::kRelayed:
        return add_leaf(name, nullptr);
      case Name::Kind::kReserved:
        out_.steps.push_back(name.text() + ": reserved, goes to the administrator " +
                             name.domain->administrator);
        return open(name, name.domain, std::span(&name.domain->administrator, 1));
      case Name::Kind::kAlias:
        out_.steps.push_back(name.text() + ": alias (" +
                             defined_at(*name.domain, name.alias->line) + ") of " +
                             joined(name.alias->targets, ", "));
        return open(name, name.alias, name.alias->targets);
    }
  }

  void open(const Name& name, const void* key, std::span<const std::string> targets) {
    if (std::any_of(open_.begin(), open_.end(), [&](const Frame& f) { return f.key == key; }))
      return close_circle(name.text(), key);
    if (!opened_.insert(key).second) return;  // reached by another way before
    if (open_.size() == kAliasDepthMax)
      return fail(Trouble::kTooDeep,
                  "more than " + std::to_string(kAliasDepthMax) + " aliases behind each other");
    open_.push_back({name.text(), key, name.domain, targets});
  }

  void close_circle(const std::string& name, const void* key) {
    for (const Frame& frame : open_)
      if (!out_.circle.empty() || frame.key == key) out_.circle.push_back(frame.name);
    out_.circle.push_back(name);
    fail(Trouble::kLoop, "loop: " + joined(out_.circle, " -> "));
  }

  // Only a configured forward next hop makes us take mail on for others; we are no open relay.
  void forward(const Name& name, const Domain* from) {
    if (index_.config().forward_next_hop.empty())
      return fail(Trouble::kNotHosted, name.text() + " is not hosted here");
    add_leaf(name, from);
  }

  void add_leaf(const Name& name, const Domain* forwarder) {
    if (!seen_.insert(name.text()).second) return;
    if (out_.leaves.size() == kTargetsMax)
      return fail(Trouble::kTooMany, "more than " + std::to_string(kTargetsMax) + " mailboxes");
    out_.leaves.push_back({name, forwarder});
  }

  const NameIndex& index_;
  Expansion& out_;
  std::vector<Frame> open_;  // the way from the start to here
  std::unordered_set<const void*> opened_;
  std::unordered_set<std::string> seen_;
  size_t looked_up_ = 0;
};

}  // namespace

Expansion expand(const NameIndex& index, const Name& start, const Domain& from) {
  Expansion expansion;
  Expander(index, expansion).run(start, from);
  return expansion;
}

}  // namespace sekisho::config
