// Name look-ups and expansion over configurations that no file could make: the limits hold by
// themselves.

#include "config/expansion.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sekisho::config {
namespace {

using Trouble = Expansion::Trouble;

Config one_domain() {
  Config config;
  Domain& domain = config.domains.emplace_back();
  domain.name = "example.test";
  domain.administrator = "admin";
  domain.mailboxes["admin"] = {};
  return config;
}

void add_alias(Config& config, const std::string& name, std::vector<std::string> targets) {
  config.domains[0].aliases[name].targets = std::move(targets);
}

Expansion expand_name(const Config& config, std::string_view local) {
  const NameIndex index(config);
  return expand(index, index.find(config.domains[0], local), config.domains[0]);
}

TEST(Expansion, TroubleIsNamed) {
  Config config = one_domain();
  add_alias(config, "self", {"self"});
  add_alias(config, "gone", {"admin", "nothere"});
  add_alias(config, "out", {"x@elsewhere.test"});
  add_alias(config, "empty", {});
  EXPECT_EQ(expand_name(config, "self").trouble, Trouble::kLoop);
  EXPECT_EQ(expand_name(config, "gone").trouble, Trouble::kUnknownTarget);
  EXPECT_EQ(expand_name(config, "gone").detail, "there is no nothere@example.test");
  EXPECT_EQ(expand_name(config, "out").trouble, Trouble::kNotHosted);
  EXPECT_EQ(expand_name(config, "empty").trouble, Trouble::kNone);
  EXPECT_TRUE(expand_name(config, "empty").leaves.empty());
}

TEST(Expansion, DiamondIsNoLoopAndGivesOneCopy) {
  Config config = one_domain();
  add_alias(config, "top", {"left", "right", "ADMIN"});
  add_alias(config, "left", {"bottom"});
  add_alias(config, "right", {"bottom"});
  add_alias(config, "bottom", {"admin", "postmaster"});
  const Expansion expansion = expand_name(config, "top");
  EXPECT_EQ(expansion.trouble, Trouble::kNone);
  ASSERT_EQ(expansion.leaves.size(), 1U);
  EXPECT_EQ(expansion.leaves[0].name.text(), "admin@example.test");
}

TEST(Expansion, CircleIsNamedWithoutTheWayToIt) {
  Config config = one_domain();
  add_alias(config, "start", {"a"});
  add_alias(config, "a", {"b"});
  add_alias(config, "b", {"a"});
  EXPECT_THAT(expand_name(config, "start").circle,
              testing::ElementsAre("a@example.test", "b@example.test", "a@example.test"));
}

TEST(Expansion, DepthIsLimited) {
  Config config = one_domain();
  for (size_t i = 0; i < 100000; ++i)
    add_alias(config, "a" + std::to_string(i), {"a" + std::to_string(i + 1)});
  const Expansion expansion = expand_name(config, "a0");
  EXPECT_EQ(expansion.trouble, Trouble::kTooDeep);
  EXPECT_EQ(expansion.steps.size(),
            kAliasDepthMax + 2);  // one per alias, the last too deep, the trouble
}

TEST(Expansion, LookUpsAreLimited) {
  Config config = one_domain();
  add_alias(config, "many", std::vector<std::string>(kAliasNamesMax, "admin"));
  EXPECT_EQ(expand_name(config, "many").trouble, Trouble::kTooMany);
  add_alias(config, "many", std::vector<std::string>(kAliasNamesMax - 1, "admin"));
  EXPECT_EQ(expand_name(config, "many").trouble, Trouble::kNone);
}

TEST(Expansion, TargetsAreLimited) {
  Config config = one_domain();
  std::vector<std::string> targets;
  for (size_t i = 0; i <= kTargetsMax; ++i) {
    targets.push_back("m" + std::to_string(i));
    config.domains[0].mailboxes[targets.back()] = {};
  }
  add_alias(config, "all", targets);
  EXPECT_EQ(expand_name(config, "all").trouble, Trouble::kTooMany);
  targets.pop_back();
  add_alias(config, "all", targets);
  EXPECT_EQ(expand_name(config, "all").leaves.size(), kTargetsMax);
}

}  // namespace
}  // namespace sekisho::config
