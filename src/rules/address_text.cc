#include "rules/address_text.h"

#include "base/bytes.h"

namespace sekisho::rules {
namespace {

// Follows quoted strings and comments, whose contents mean nothing to the list.
class Nesting {
 public:
  // True when `c` stands outside both, and isn't a mark of either.
  bool plain(char c) {
    if (escaped_) {
      escaped_ = false;
      return false;
    }
    if (c == '\\' && (quoted_ || depth_ > 0)) {
      escaped_ = true;
      return false;
    }
    if (quoted_) {
      quoted_ = c != '"';
      return false;
    }
    if (depth_ > 0) {
      depth_ += c == '(' ? 1u : c == ')' ? -1u : 0u;
      return false;
    }
    quoted_ = c == '"';
    depth_ = c == '(' ? 1 : 0;
    return !quoted_ && depth_ == 0;
  }
  bool in_comment() const { return depth_ > 0; }
  bool escaping() const { return escaped_; }

 private:
  bool quoted_ = false;
  bool escaped_ = false;
  unsigned depth_ = 0;
};

enum class Take { kWords, kComments, kSolid };  // kSolid: words without the blanks

// Unquoted, with one space for each run of white space inside.
void append_text(std::string_view text, Take take, std::string& out) {
  Nesting nesting;
  bool space = false;
  const size_t start = out.size();
  for (const char c : text) {
    const bool was_comment = nesting.in_comment(), was_escaped = nesting.escaping();
    const bool plain = nesting.plain(c);
    if (nesting.escaping()) continue;
    const bool is_mark =
        !plain && !was_escaped && (was_comment != nesting.in_comment() || c == '"');
    if (is_mark || is_space(c)) {
      space = true;
      continue;
    }
    if (was_comment != (take == Take::kComments)) continue;
    if (space && take != Take::kSolid && out.size() > start) out.push_back(' ');
    space = false;
    out.push_back(c);
  }
}

struct Mailbox {
  std::string_view before;  // all of it, where there is no <…>
  std::string_view angle;
  bool has_angle = false;
};

void append_mailbox(const Mailbox& mailbox, AddressPart part, std::string& out) {
  const size_t start = out.size();
  if (part == AddressPart::kAddress) {
    std::string_view address = mailbox.has_angle ? mailbox.angle : mailbox.before;
    // RFC 5321 §4.1.2: a source route is ignored.
    if (const size_t colon = address.find(':'); address.starts_with('@') && colon != address.npos)
      address.remove_prefix(colon + 1);
    append_text(address, Take::kSolid, out);
  } else {
    if (mailbox.has_angle) append_text(mailbox.before, Take::kWords, out);
    if (out.size() == start) append_text(mailbox.before, Take::kComments, out);
  }
  if (out.size() > start) out.push_back('\n');
}

}  // namespace

void append_address_parts(std::string_view value, AddressPart part, std::string& out) {
  Nesting nesting;
  size_t begin = 0, angle = 0;
  Mailbox mailbox;
  bool in_angle = false;
  const auto end = [&](size_t at) {
    if (in_angle) mailbox.angle = value.substr(angle, at - angle);
    if (!mailbox.has_angle) mailbox.before = value.substr(begin, at - begin);
    append_mailbox(mailbox, part, out);
    mailbox = {};
    in_angle = false;
    begin = at + 1;
  };
  for (size_t i = 0; i < value.size(); ++i) {
    const char c = value[i];
    if (!nesting.plain(c)) continue;
    if (in_angle) {
      if (c != '>') continue;
      mailbox.angle = value.substr(angle, i - angle);
      in_angle = false;
    } else if (c == '<' && !mailbox.has_angle) {
      mailbox.before = value.substr(begin, i - begin);
      mailbox.has_angle = in_angle = true;
      angle = i + 1;
    } else if (c == ',' || c == ';') {
      end(i);
    } else if (c == ':' && !mailbox.has_angle) {
      begin = i + 1;  // the name of a group
    }
  }
  end(value.size());
}

}  // namespace sekisho::rules
