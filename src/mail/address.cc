#include "mail/address.h"

#include <arpa/inet.h>

#include <algorithm>

#include "base/bytes.h"

namespace sekisho::mail {
namespace {

constexpr size_t kAddressesMax = 1000;

bool is_atom_char(char c) {
  if (c < 0) return true;  // UTF-8 (RFC 6531 §3.3)
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
    if ((c >= 0 && c < 32) || c == 127) return std::nullopt;  // RFC 5321 §4.1.2: qtextSMTP
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
    if (!is_alpha(c) && !is_digit(c) && c != '-' && c != '_' && c >= 0) return false;
    if (c == '-' && label == 0) return false;
    if (++label > 63 && c >= 0) return false;
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
    ++at_;
    if (c == '<') {
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

  void take_quoted() {
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
    bool quoted = false;
    for (const char c : text) {  // blanks around "." and "@" are allowed (RFC 5322 §4.4)
      if (c == '"') quoted = !quoted;
      if (c != ' ' || quoted) compact += c;
    }
    if (auto address = parse_mailbox(compact)) found_.push_back(std::move(*address));
    words_.clear();
    bracketed_.clear();
    in_brackets_ = false;
  }

  std::string_view text_;
  size_t at_ = 0;
  std::string words_;
  std::string bracketed_;
  bool in_brackets_ = false;
  std::vector<Address> found_;
};

}  // namespace

std::vector<Address> parse_address_list(std::string_view field_value) {
  return ListReader(field_value).read();
}

}  // namespace sekisho::mail
