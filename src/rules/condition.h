// rules/condition.h: `if`, `ifplugin`, `else` and `endif`: which lines of a rule file count.
//
//   Condition c;  std::string why;
//   if (!c.parse("version >= 3.004 && !plugin(X::Y)", why)) …
//   blocks.enter(c.holds(), line);  …  blocks.turn();  …  blocks.leave();
// What is asked, and what we answer:
//   version         kLanguageVersion: SpamAssassin 4.0.1's language is the one we read
//   perl_version    5.036: PCRE2 takes what that Perl takes
//   plugin(NAME)    whether what the plugin gives is here without it (has_plugin)
//   can(PACKAGE::NAME), has(…)  whether NAME is a feature that we have
// All else is false. A block that is left out for want of something is reported with its name.

#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sekisho::rules {

inline constexpr double kLanguageVersion = 4.000001;

bool has_plugin(std::string_view name);

class Condition {
 public:
  // False, with the reason in `why`, where `text` is no condition.
  bool parse(std::string_view text, std::string& why);
  bool parse_plugin(std::string_view name, std::string& why);
  bool holds() const { return holds_; }
  // What was asked for and isn't here: "the plugin X", "the feature Y".
  const std::vector<std::string>& absent() const { return absent_; }

 private:
  bool answer(std::string_view question, std::string_view name);

  bool holds_ = false;
  std::vector<std::string> absent_;
};

// The blocks that are open at a line.
class ConditionBlocks {
 public:
  void enter(bool holds, unsigned line);
  // `else` and `endif`; false where no block is open, or has had its `else`.
  bool turn();
  bool leave();
  bool active() const { return blocks_.empty() || blocks_.back().active; }
  // Where the innermost block began.
  std::optional<unsigned> open_since() const;

 private:
  struct Block {
    unsigned line;
    bool outer;  // the lines around it count
    bool active;
    bool turned = false;
  };
  std::vector<Block> blocks_;
};

}  // namespace sekisho::rules
