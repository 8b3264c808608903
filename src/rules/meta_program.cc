#include "rules/meta_program.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "base/bytes.h"
#include "base/check.h"

namespace sekisho::rules {

using Op = MetaProgram::Op;

namespace {

struct Spelling {
  std::string_view text;
  Op op;
};
// Two-character operators stand first, so that "<=" isn't read as "<".
constexpr std::array kBinary = {
    Spelling{"&&", Op::kAnd},          Spelling{"||", Op::kOr},      Spelling{"<=", Op::kLessEqual},
    Spelling{">=", Op::kGreaterEqual}, Spelling{"==", Op::kEqual},   Spelling{"!=", Op::kNotEqual},
    Spelling{"<", Op::kLess},          Spelling{">", Op::kGreater},  Spelling{"+", Op::kAdd},
    Spelling{"-", Op::kSubtract},      Spelling{"*", Op::kMultiply}, Spelling{"/", Op::kDivide},
    Spelling{"%", Op::kRemainder}};

int binding(Op op) {
  switch (op) {
    case Op::kNot:
    case Op::kMinus:
      return 7;
    case Op::kMultiply:
    case Op::kDivide:
    case Op::kRemainder:
      return 6;
    case Op::kAdd:
    case Op::kSubtract:
      return 5;
    case Op::kLess:
    case Op::kLessEqual:
    case Op::kGreater:
    case Op::kGreaterEqual:
      return 4;
    case Op::kEqual:
    case Op::kNotEqual:
      return 3;
    case Op::kAnd:
      return 2;
    case Op::kOr:
      return 1;
    default:
      return 0;  // kOpen
  }
}

bool is_unary(Op op) { return op == Op::kNot || op == Op::kMinus; }
bool is_name_char(char c) { return is_alpha(c) || is_digit(c) || c == '_'; }

double apply(Op op, double a, double b) {
  switch (op) {
    case Op::kMultiply:
      return a * b;
    case Op::kDivide:
      return b == 0 ? 0 : a / b;
    case Op::kRemainder:
      return std::trunc(b) == 0 ? 0 : std::fmod(std::trunc(a), std::trunc(b));
    case Op::kAdd:
      return a + b;
    case Op::kSubtract:
      return a - b;
    case Op::kLess:
      return a < b;
    case Op::kLessEqual:
      return a <= b;
    case Op::kGreater:
      return a > b;
    case Op::kGreaterEqual:
      return a >= b;
    case Op::kEqual:
      return a == b;
    case Op::kNotEqual:
      return a != b;
    case Op::kAnd:
      return a != 0 && b != 0;
    default:
      return a != 0 || b != 0;  // kOr
  }
}

}  // namespace

// Dijkstra's shunting yard: operators wait on a stack of their own until one that binds less comes.
class MetaParser {
 public:
  MetaParser(MetaProgram& program, std::string& why) : program_(program), why_(why) {}

  bool parse(std::string_view text) {
    text_ = text;
    while (skip_blanks()) {
      if (program_.steps_.size() + waiting_.size() > MetaProgram::kStepsMax)
        return fail("the expression is too long");
      if (!(want_operand_ ? read_operand() : read_operator())) return false;
    }
    if (want_operand_) return fail("the expression ends where a rule or number is expected");
    while (!waiting_.empty()) {
      if (waiting_.back() == Op::kOpen) return fail("a ( is never closed");
      emit_waiting();
    }
    return true;
  }

 private:
  bool fail(std::string what) {
    why_ = std::move(what);
    return false;
  }

  bool skip_blanks() {
    while (at_ < text_.size() && is_space(text_[at_])) ++at_;
    return at_ < text_.size();
  }

  bool read_operand() {
    const char c = text_[at_];
    if (c == '(' || c == '!' || c == '-') {
      waiting_.push_back(c == '(' ? Op::kOpen : c == '!' ? Op::kNot : Op::kMinus);
      ++at_;
      return true;
    }
    if (c == '+') {
      ++at_;
      return true;
    }
    if (is_digit(c) || c == '.') return read_number();
    if (is_name_char(c)) return read_name();
    return fail(std::string("expected a rule name or a number at '") + c + "'");
  }

  bool read_number() {
    double number = 0;
    const char* const first = text_.data() + at_;
    const auto [last, error] =
        std::from_chars(first, text_.data() + text_.size(), number, std::chars_format::fixed);
    const size_t length = static_cast<size_t>(last - first);
    if (error != std::errc() || (at_ + length < text_.size() && is_name_char(text_[at_ + length])))
      return fail("not a number: " + std::string(text_.substr(at_, length + 1)));
    at_ += length;
    emit({Op::kNumber, number, 0});
    return true;
  }

  bool read_name() {
    size_t end = at_;
    while (end < text_.size() && is_name_char(text_[end])) ++end;
    std::string name(text_.substr(at_, end - at_));
    if (end < text_.size() && text_[end] == '(') return fail(name + "(…) isn't supported");
    at_ = end;
    auto& names = program_.names_;
    const auto found = std::find(names.begin(), names.end(), name);
    const auto index = static_cast<uint32_t>(found - names.begin());
    if (found == names.end()) names.push_back(std::move(name));
    emit({Op::kRule, 0, index});
    return true;
  }

  bool read_operator() {
    if (text_[at_] == ')') return close();
    for (const Spelling& spelling : kBinary) {
      if (!text_.substr(at_).starts_with(spelling.text)) continue;
      at_ += spelling.text.size();
      while (!waiting_.empty() && binding(waiting_.back()) >= binding(spelling.op)) emit_waiting();
      waiting_.push_back(spelling.op);
      want_operand_ = true;
      return true;
    }
    return fail(std::string("expected an operator at '") + text_[at_] + "'");
  }

  bool close() {
    ++at_;
    while (!waiting_.empty() && waiting_.back() != Op::kOpen) emit_waiting();
    if (waiting_.empty()) return fail("a ) without its (");
    waiting_.pop_back();
    return true;
  }

  void emit(MetaProgram::Step step) {
    program_.steps_.push_back(step);
    program_.stack_size_ = std::max(program_.stack_size_, ++depth_);
    want_operand_ = false;
  }

  void emit_waiting() {
    const Op op = waiting_.back();
    waiting_.pop_back();
    program_.steps_.push_back({op, 0, 0});
    if (!is_unary(op)) --depth_;
  }

  MetaProgram& program_;
  std::string& why_;
  std::string_view text_;
  size_t at_ = 0;
  size_t depth_ = 0;
  bool want_operand_ = true;
  std::vector<Op> waiting_;
};

bool MetaProgram::parse(std::string_view text, std::string& why) {
  *this = {};
  return MetaParser(*this, why).parse(text);
}

void MetaProgram::resolve(const std::function<uint32_t(const std::string&)>& index_of) {
  operands_.clear();
  for (const std::string& name : names_) operands_.push_back(index_of(name));
}

double MetaProgram::evaluate(std::span<const double> values, std::span<double> stack) const {
  SEKISHO_CHECK(stack.size() >= stack_size_ && operands_.size() == names_.size());
  size_t top = 0;
  for (const Step& step : steps_) {
    switch (step.op) {
      case Op::kNumber:
        stack[top++] = step.number;
        break;
      case Op::kRule: {
        const uint32_t index = operands_[step.operand];
        stack[top++] = index == kMissing ? 0 : values[index];
        break;
      }
      case Op::kNot:
        stack[top - 1] = stack[top - 1] == 0;
        break;
      case Op::kMinus:
        stack[top - 1] = -stack[top - 1];
        break;
      default:
        --top;
        stack[top - 1] = apply(step.op, stack[top - 1], stack[top]);
    }
  }
  return top > 0 ? stack[top - 1] : 0;
}

}  // namespace sekisho::rules
