// rules/meta_program.h: the expression of a `meta` rule, compiled to postfix form.
//
//   MetaProgram p;  std::string why;
//   if (!p.parse("(__A + __B + __C >= 2) && !D", why)) …
//   p.resolve([](std::string_view name) { return index; });
//   double v = p.evaluate(values, stack);
// Operators, as in Perl: ! and unary -, * / %, + -, < <= > >=, == !=, &&, ||, parentheses. A rule's
// value is its number of hits (1, unless `tflags multiple`), a meta's value is its result; a rule
// that doesn't exist is 0, and so is a division by zero.
//
// Memory: evaluation needs stack_size() doubles. No recursion, in parsing or in evaluating.

#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sekisho::rules {

class MetaProgram {
 public:
  static constexpr size_t kStepsMax = 4000;
  static constexpr uint32_t kMissing = UINT32_MAX;

  bool parse(std::string_view text, std::string& why);
  const std::vector<std::string>& names() const { return names_; }
  void resolve(const std::function<uint32_t(const std::string&)>& index_of);
  const std::vector<uint32_t>& operands() const { return operands_; }
  size_t stack_size() const { return stack_size_; }
  double evaluate(std::span<const double> values, std::span<double> stack) const;

  enum class Op : uint8_t {
    kNumber,
    kRule,
    kNot,
    kMinus,
    kMultiply,
    kDivide,
    kRemainder,
    kAdd,
    kSubtract,
    kLess,
    kLessEqual,
    kGreater,
    kGreaterEqual,
    kEqual,
    kNotEqual,
    kAnd,
    kOr,
    kOpen
  };

 private:
  friend class MetaParser;
  struct Step {
    Op op;
    double number;     // kNumber
    uint32_t operand;  // kRule: index into names_
  };

  std::vector<Step> steps_;
  std::vector<std::string> names_;
  std::vector<uint32_t> operands_;
  size_t stack_size_ = 0;
};

}  // namespace sekisho::rules
