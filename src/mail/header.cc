#include "mail/header.h"

#include <algorithm>
#include <charconv>
#include <map>

#include "base/bytes.h"
#include "codec/charset_decoder.h"
#include "codec/encoded_word.h"

namespace sekisho::mail {

std::string percent_decoded(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    unsigned value = 0;
    if (text[i] == '%' && i + 2 < text.size() &&
        std::from_chars(text.data() + i + 1, text.data() + i + 3, value, 16).ptr ==
            text.data() + i + 3) {
      out += static_cast<char>(value);
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

std::string to_utf8(std::string_view charset, std::string_view bytes) {
  codec::CharsetDecoder decoder;
  decoder.reset(charset);
  std::string out;
  decoder.feed(bytes, out);
  decoder.finish(out);
  return out;
}

namespace {

// Reads tokens, quoted strings and comments of a structured value.
class ValueReader {
 public:
  explicit ValueReader(std::string_view text) : text_(text) {}

  bool at_end() const { return at_ >= text_.size(); }
  char peek() const { return at_end() ? '\0' : text_[at_]; }
  void skip() { at_ = std::min(at_ + 1, text_.size()); }

  void skip_blanks() {
    while (!at_end()) {
      if (is_space(peek()))
        ++at_;
      else if (peek() == '(')
        skip_comment();
      else
        return;
    }
  }

  // Up to one of `stops`, blanks or a comment.
  std::string token(std::string_view stops) {
    const size_t start = at_;
    while (!at_end() && !is_space(peek()) && peek() != '(' &&
           stops.find(peek()) == std::string_view::npos)
      ++at_;
    return std::string(text_.substr(start, at_ - start));
  }

  std::string quoted_string() {
    std::string out;
    for (++at_; !at_end(); ++at_) {
      char c = peek();
      if (c == '"') {
        ++at_;
        return out;
      }
      if (c == '\\' && at_ + 1 < text_.size()) c = text_[++at_];
      if (c != '\r' && c != '\n') out += c;
    }
    return out;
  }

  void skip_to(char stop) {
    while (!at_end() && peek() != stop) {
      if (peek() == '"')
        quoted_string();
      else
        ++at_;
    }
  }

 private:
  void skip_comment() {
    int depth = 0;
    for (; !at_end(); ++at_) {
      if (peek() == '\\')
        ++at_;
      else if (peek() == '(')
        ++depth;
      else if (peek() == ')' && --depth == 0)
        break;
    }
    skip();
  }

  std::string_view text_;
  size_t at_ = 0;
};

// One parameter as it is spelled, before RFC 2231: name, section and whether its value is extended.
struct Piece {
  std::string name;
  unsigned section = 0;
  bool has_section = false;
  bool extended = false;
  std::string value;
};

Piece piece_of(std::string name, std::string value) {
  Piece piece;
  piece.value = std::move(value);
  if (name.ends_with('*')) {
    piece.extended = true;
    name.pop_back();
  }
  const size_t star = name.find('*');
  if (star != std::string::npos) {
    const char* end = name.data() + name.size();
    const auto parsed = std::from_chars(name.data() + star + 1, end, piece.section);
    if (parsed.ec == std::errc() && parsed.ptr == end) {
      piece.has_section = true;
      name.resize(star);
    }
  }
  piece.name = to_lower(name);
  return piece;
}

std::vector<Piece> read_pieces(ValueReader& reader) {
  std::vector<Piece> pieces;
  while (!reader.at_end() && pieces.size() < kParametersMax) {
    reader.skip_to(';');
    reader.skip();
    reader.skip_blanks();
    std::string name = reader.token("=;");
    reader.skip_blanks();
    if (name.empty() || reader.peek() != '=') continue;
    reader.skip();
    reader.skip_blanks();
    std::string value =
        reader.peek() == '"' ? reader.quoted_string() : std::string(reader.token(";"));
    pieces.push_back(piece_of(std::move(name), std::move(value)));
  }
  return pieces;
}

// RFC 2231 §3, §4: the sections of one name in their order; the first one names the charset.
std::string joined(std::vector<const Piece*> sections) {
  std::stable_sort(sections.begin(), sections.end(),
                   [](const Piece* a, const Piece* b) { return a->section < b->section; });
  std::string charset;
  std::string bytes;
  bool is_extended = false;
  for (size_t i = 0; i < sections.size(); ++i) {
    std::string_view value = sections[i]->value;
    if (!sections[i]->extended) {
      bytes += value;
      continue;
    }
    if (i == 0) {
      const size_t first = value.find('\'');
      const size_t second = first == std::string_view::npos ? first : value.find('\'', first + 1);
      if (second != std::string_view::npos) {
        charset = value.substr(0, first);
        value.remove_prefix(second + 1);
      }
    }
    is_extended = true;
    bytes += percent_decoded(value);
  }
  return is_extended ? to_utf8(charset, bytes) : codec::decode_encoded_words(bytes);
}

Parameters read_parameters(ValueReader& reader) {
  const std::vector<Piece> pieces = read_pieces(reader);
  Parameters out;
  std::map<std::string_view, std::vector<const Piece*>> sections;
  // An extended or continued form wins over a plain one of the same name (RFC 2231 readers do so).
  for (const Piece& piece : pieces)
    if (piece.has_section || piece.extended) sections[piece.name].push_back(&piece);
  std::map<std::string_view, bool> done;
  for (const Piece& piece : pieces) {
    if (!done.emplace(piece.name, true).second) continue;
    const auto found = sections.find(piece.name);
    if (found != sections.end()) {
      out.list.emplace_back(piece.name, joined(found->second));
    } else if (piece.name == "boundary") {
      out.list.emplace_back(piece.name, piece.value);  // compared with bytes of the body
    } else {
      out.list.emplace_back(piece.name, codec::decode_encoded_words(piece.value));
    }
  }
  return out;
}

}  // namespace

std::string_view Parameters::get(std::string_view name) const {
  for (const auto& [key, value] : list)
    if (key == name) return value;
  return {};
}

ContentType parse_content_type(std::string_view value) {
  ValueReader reader(value);
  ContentType out;
  reader.skip_blanks();
  const bool quoted = reader.peek() == '"';
  std::string type = quoted ? reader.quoted_string() : reader.token("/;");
  reader.skip_blanks();
  if (!quoted && reader.peek() == '/') {
    reader.skip();
    reader.skip_blanks();
    const std::string subtype = reader.token(";/");
    if (!type.empty() && !subtype.empty())
      type += "/" + subtype;
    else
      type.clear();
  } else if (type.find('/') == std::string::npos) {
    type = equals_ignore_case(type, "multipart") ? "multipart/mixed"
           : equals_ignore_case(type, "text")    ? "text/plain"
                                                 : "";
  }
  out.type = to_lower(type);
  out.parameters = read_parameters(reader);
  return out;
}

ContentDisposition parse_content_disposition(std::string_view value) {
  ValueReader reader(value);
  ContentDisposition out;
  reader.skip_blanks();
  out.disposition = to_lower(reader.peek() == '"' ? reader.quoted_string() : reader.token(";"));
  out.parameters = read_parameters(reader);
  return out;
}

std::string unfold(std::string_view raw_value) {
  std::string out;
  out.reserve(raw_value.size());
  for (const char c : raw_value)
    if (c != '\r' && c != '\n') out += c;
  return out;
}

}  // namespace sekisho::mail
