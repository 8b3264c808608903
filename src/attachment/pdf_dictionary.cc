#include "attachment/pdf_dictionary.h"

#include <charconv>

#include "base/bytes.h"

namespace sekisho::attachment {
namespace {

constexpr size_t kNameBytesMax = 127;  // ISO 32000-1 Annex C
constexpr size_t kStringBytesMax = 512;

bool ends_name(char c) {
  return is_pdf_space(c) || std::string_view("()<>[]{}/%").find(c) != std::string_view::npos;
}

std::optional<char> parse_hex(std::string_view hex) {
  unsigned value = 0;
  const auto [end, error] = std::from_chars(hex.data(), hex.data() + hex.size(), value, 16);
  if (hex.size() != 2 || error != std::errc{} || end != hex.data() + 2) return std::nullopt;
  return static_cast<char>(value);
}

// ISO 32000-1 §7.3.4.3: blanks don't count, a last digit alone has a 0 behind it.
std::string take_hex_string(std::string_view text, size_t& at) {
  std::string digits, out;
  for (++at; at < text.size() && text[at] != '>' && digits.size() < 2 * kStringBytesMax; ++at)
    if (!is_pdf_space(text[at])) digits += text[at];
  if (at < text.size()) ++at;
  if (digits.size() % 2 != 0) digits += '0';
  for (size_t i = 0; i < digits.size(); i += 2)
    out += parse_hex(std::string_view(digits).substr(i, 2)).value_or('\0');
  return out;
}

// ISO 32000-1 §7.3.4.2, table 3: what stands behind a backslash; `at` is on it.
void take_escape(std::string_view text, size_t& at, std::string& out) {
  constexpr std::string_view kLetters = "nrtbf", kMeanings = "\n\r\t\b\f";
  const char c = text[at];
  if (const size_t i = kLetters.find(c); i != std::string_view::npos) {
    out += kMeanings[i];
  } else if (c >= '0' && c <= '7') {
    unsigned value = 0;
    const size_t end = at + 3;
    for (; at < end && at < text.size() && text[at] >= '0' && text[at] <= '7'; ++at)
      value = value * 8 + static_cast<unsigned>(text[at] - '0');
    out += static_cast<char>(value);
    return;
  } else if (c == '\r' || c == '\n') {
    if (c == '\r' && at + 1 < text.size() && text[at + 1] == '\n') ++at;
  } else {
    out += c;
  }
  ++at;
}

std::string take_literal_string(std::string_view text, size_t& at) {
  std::string out;
  unsigned depth = 1;
  for (++at; at < text.size() && out.size() < kStringBytesMax;) {
    const char c = text[at++];
    if (c == '\\' && at < text.size()) {
      take_escape(text, at, out);
      continue;
    }
    depth += c == '(' ? 1 : 0;
    if (c == ')' && --depth == 0) break;
    out += c;
  }
  return out;
}

std::string take_word(std::string_view text, size_t& at) {
  const size_t from = at;
  while (at < text.size() && !ends_name(text[at])) ++at;
  return std::string(text.substr(from, at - from));
}

// Walks over the tokens of one dictionary.
class Walk {
 public:
  explicit Walk(std::string_view text) : text_(text) {}

  PdfDictionary run() {
    while (at_ < text_.size() && keys_ < kPdfKeysMax && !done_) step();
    return std::move(dictionary_);
  }

 private:
  void step() {
    const char c = text_[at_];
    if (text_.substr(at_, 2) == "<<" || text_.substr(at_, 2) == ">>") {
      depth_ += c == '<' ? 1 : -1;
      at_ += 2;
      done_ = depth_ <= 0;
      has_value_ = true;  // a dictionary is one
    } else if (c == '/') {
      ++at_;
      on_name(take_pdf_name(text_, at_));
    } else if (c == '(' || c == '<') {
      on_value(take_pdf_string(text_, at_));
    } else if (ends_name(c)) {
      ++at_;
    } else {
      on_value(take_word(text_, at_));
    }
  }

  // A name behind a key is its value.
  void on_name(std::string name) {
    if (depth_ != 1) return;
    if (!key_.empty() && !has_value_) return on_value(std::move(name));
    key_ = std::move(name);
    has_value_ = false;
  }

  void on_value(std::string value) {
    if (depth_ != 1 || key_.empty() || has_value_) return;
    has_value_ = true;
    ++keys_;
    dictionary_.add(key_, std::move(value));
  }

  std::string_view text_;
  size_t at_ = 0, keys_ = 0;
  int depth_ = 0;
  bool done_ = false, has_value_ = false;
  std::string key_;
  PdfDictionary dictionary_;
};

}  // namespace

bool is_pdf_space(char c) { return c == '\0' || c == '\f' || is_space(c); }

std::string take_pdf_name(std::string_view text, size_t& at) {
  std::string name;
  while (at < text.size() && !ends_name(text[at]) && name.size() < kNameBytesMax) {
    const auto escaped = text[at] == '#' ? parse_hex(text.substr(at + 1, 2)) : std::nullopt;
    name += escaped.value_or(text[at]);
    at += escaped ? 3 : 1;
  }
  return name;
}

std::string take_pdf_string(std::string_view text, size_t& at) {
  if (at < text.size() && text[at] == '(') return take_literal_string(text, at);
  if (at < text.size() && text[at] == '<') return take_hex_string(text, at);
  return {};
}

void PdfDictionary::add(std::string key, std::string value) {
  values_.emplace(std::move(key), std::move(value));
}

std::string PdfDictionary::text(const std::string& key) const {
  const auto found = values_.find(key);
  return found == values_.end() ? std::string() : found->second;
}

std::optional<int64_t> PdfDictionary::number(const std::string& key) const {
  const std::string value = text(key);
  int64_t number = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  if (error != std::errc{} || end != value.data() + value.size()) return std::nullopt;
  return number;
}

PdfDictionary parse_pdf_dictionary(std::string_view text) { return Walk(text).run(); }

}  // namespace sekisho::attachment
