#include "mail/address.h"

#include <arpa/inet.h>

#include <algorithm>

#include "base/bytes.h"

namespace sekisho::mail {
namespace {

constexpr size_t kAddressesMax = 1000;

bool is_eight_bit(char c) { return static_cast<unsigned char>(c) >= 128; }
bool is_control(char c) { return static_cast<unsigned char>(c) < 32 || c == 127; }

// RFC 3629 §4: no overlong forms, no surrogates, nothing over U+10FFFF.
bool is_utf8(std::string_view text) {
  for (size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i++]);
    if (lead < 0x80) continue;
    const unsigned more = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : 1;
    if (lead < 0xC2 || lead > 0xF4 || text.size() - i < more) return false;
    unsigned low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
    unsigned high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
    for (unsigned k = 0; k < more; ++k, low = 0x80, high = 0xBF) {
      const auto next = static_cast<unsigned char>(text[i++]);
      if (next < low || next > high) return false;
    }
  }
  return true;
}

bool is_atom_char(char c) {
  if (is_eight_bit(c)) return true;  // UTF-8 (RFC 6531 §3.3)
  return is_alpha(c) || is_digit(c) ||
         std::string_view("!#$%&'*+-/=?^_`{|}~").find(c) != std::string_view::npos;
}

bool is_dot_string(std::string_view text) {
  bool was_dot = true;
  for (const char c : text) {
    if (c == '.') {
      if (was_dot) return false;
      was_dot = true;
    } else if (is_atom_char(c)) {
      was_dot = false;
    } else {
      return false;
    }
  }
  return !was_dot;
}

// The quoted string that begins `text`; its unquoted content and the bytes it takes.
std::optional<std::string> unquote(std::string_view text, size_t& length) {
  std::string out;
  for (size_t i = 1; i < text.size(); ++i) {
    char c = text[i];
    if (c == '"') {
      length = i + 1;
      return out;
    }
    if (c == '\\') {
      if (++i == text.size()) return std::nullopt;
      c = text[i];
    }
    if (is_control(c)) return std::nullopt;  // RFC 5321 §4.1.2: qtextSMTP
    out += c;
  }
  return std::nullopt;
}

bool is_domain_name(std::string_view text) {
  if (text.empty() || text.size() > 255) return false;
  size_t label = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '.') {
      if (label == 0 || text[i - 1] == '-') return false;
      label = 0;
      continue;
    }
    if (!is_alpha(c) && !is_digit(c) && c != '-' && c != '_' && !is_eight_bit(c)) return false;
    if (c == '-' && label == 0) return false;
    if (++label > 63 && !is_eight_bit(c)) return false;
  }
  return label > 0 && text.back() != '-';
}

bool is_address_literal(std::string_view text) {
  if (text.size() < 3 || text.front() != '[' || text.back() != ']') return false;
  const std::string inner(text.substr(1, text.size() - 2));
  if (inner.find('\0') != std::string::npos) return false;
  unsigned char bytes[16];
  if (starts_with_ignore_case(inner, "IPv6:"))
    return ::inet_pton(AF_INET6, inner.c_str() + 5, bytes) == 1;
  return ::inet_pton(AF_INET, inner.c_str(), bytes) == 1;
}

bool must_quote(const std::string& local) { return !is_dot_string(local); }

// A mailbox in whatever charset: headers hold raw bytes.
std::optional<Address> parse_bytes(std::string_view text) {
  Address address;
  size_t local_end = text.rfind('@');
  if (text.starts_with('"')) {
    size_t length = 0;
    auto local = unquote(text, length);
    if (!local || length >= text.size() || text[length] != '@') return std::nullopt;
    address.local = std::move(*local);
    local_end = length;
  } else {
    if (local_end == std::string_view::npos || !is_dot_string(text.substr(0, local_end)))
      return std::nullopt;
    address.local = text.substr(0, local_end);
  }
  const std::string_view domain = text.substr(local_end + 1);
  if (!is_domain_name(domain) && !is_address_literal(domain)) return std::nullopt;
  address.domain = to_lower(domain);
  return address;
}

}  // namespace

std::string Address::text() const {
  std::string out;
  if (must_quote(local)) {
    out += '"';
    for (const char c : local) {
      if (c == '"' || c == '\\') out += '\\';
      out += c;
    }
    out += '"';
  } else {
    out = local;
  }
  if (!domain.empty()) out += "@" + domain;
  return out;
}

std::optional<Address> parse_mailbox(std::string_view text) {
  if (!is_utf8(text)) return std::nullopt;
  return parse_bytes(text);
}

namespace {

// Walks an address list once; what stands in angle brackets, or the bare words of an entry, is the
// address.
class ListReader {
 public:
  explicit ListReader(std::string_view text) : text_(text) {}

  std::vector<Address> read() {
    while (at_ < text_.size() && found_.size() < kAddressesMax) step();
    end_entry();
    return std::move(found_);
  }

 private:
  void step() {
    const char c = text_[at_];
    if (c == '(') return skip_comment();
    if (c == '"') return take_quoted();
    if (c == '[') return take_literal();
    ++at_;
    if (c == '<') {
      if (!bracketed_.empty()) end_entry();  // the comma between two is missing
      in_brackets_ = true;
      words_.clear();
    } else if (c == '>') {
      bracketed_ = words_;
      in_brackets_ = false;
      words_.clear();
    } else if ((c == ',' || c == ';') && !in_brackets_) {
      end_entry();
    } else if (c == ':' && !in_brackets_) {
      words_.clear();  // the name of a group
    } else if (c == ':' || c == ',') {
      words_.clear();  // a source route
    } else if (!is_space(c)) {
      words_ += c;
    } else if (!words_.empty() && words_.back() != ' ') {
      words_ += ' ';
    }
  }

  void skip_comment() {
    int depth = 0;
    for (; at_ < text_.size(); ++at_) {
      if (text_[at_] == '\\')
        ++at_;
      else if (text_[at_] == '(')
        ++depth;
      else if (text_[at_] == ')' && --depth == 0)
        break;
    }
    ++at_;
  }

  // The colons of an address literal separate nothing.
  void take_literal() {
    const size_t end = std::min(text_.find_first_of("],>", at_), text_.size());
    words_ += text_.substr(at_, end - at_);
    at_ = end;
    if (at_ < text_.size() && text_[at_] == ']') words_ += text_[at_++];
  }

  // A quote that nothing closes is none, and none behind it is.
  bool is_closed() {
    if (unclosed_) return false;
    size_t at = at_ + 1;
    while (at < text_.size() && text_[at] != '"') at += text_[at] == '\\' ? 2 : 1;
    unclosed_ = at >= text_.size();
    return !unclosed_;
  }

  void take_quoted() {
    if (!is_closed()) {
      ++at_;
      return;
    }
    words_ += text_[at_++];
    while (at_ < text_.size()) {
      const char c = text_[at_++];
      words_ += c;
      if (c == '\\' && at_ < text_.size())
        words_ += text_[at_++];
      else if (c == '"')
        return;
    }
  }

  void end_entry() {
    std::string_view text = trim(bracketed_.empty() ? words_ : bracketed_);
    std::string compact;
    bool quoted = false, escaped = false;
    for (const char c : text) {  // blanks around "." and "@" are allowed (RFC 5322 §4.4)
      if (c == '"' && !escaped) quoted = !quoted;
      if (c != ' ' || quoted) compact += c;
      escaped = quoted && c == '\\' && !escaped;
    }
    if (auto address = parse_bytes(compact)) found_.push_back(std::move(*address));
    words_.clear();
    bracketed_.clear();
    in_brackets_ = false;
  }

  std::string_view text_;
  size_t at_ = 0;
  std::string words_;
  std::string bracketed_;
  bool in_brackets_ = false;
  bool unclosed_ = false;
  std::vector<Address> found_;
};

}  // namespace

std::vector<Address> parse_address_list(std::string_view field_value) {
  return ListReader(field_value).read();
}

}  // namespace sekisho::mail
