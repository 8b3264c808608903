#include "codec/encoded_word.h"

#include <algorithm>
#include <optional>

#include "base/bytes.h"
#include "codec/byte_scan.h"
#include "codec/charset_decoder.h"
#include "codec/charset_witness.h"
#include "codec/transfer_decoder.h"

namespace sekisho::codec {
namespace {

constexpr size_t kCharsetBytesMax = 64;

struct EncodedWord {
  std::string_view charset;
  TransferEncoding encoding = TransferEncoding::kBase64;
  std::string_view text;
  size_t begin = 0;  // in the value
  size_t end = 0;
};

// Positions of a mark, asked for in rising order: the value is searched once.
class Mark {
 public:
  Mark(std::string_view value, std::string_view mark) : value_(value), mark_(mark) {}

  // The first at or behind `from`; npos when there is none.
  size_t find(size_t from) {
    if (found_ == kUnknown || (found_ != std::string_view::npos && found_ < from))
      found_ = value_.find(mark_, from);
    return found_;
  }

 private:
  static constexpr size_t kUnknown = std::string_view::npos - 1;
  std::string_view value_, mark_;
  size_t found_ = kUnknown;
};

class WordFinder {
 public:
  explicit WordFinder(std::string_view value)
      : value_(value), begins_(value, "=?"), inner_(value, "=?"), ends_(value, "?=") {}

  // The next word at or behind `from`.
  std::optional<EncodedWord> find(size_t from) {
    for (size_t at = begins_.find(from); at != std::string_view::npos; at = begins_.find(at + 1))
      if (const auto word = parse(at)) return word;
    return std::nullopt;
  }

 private:
  std::optional<EncodedWord> parse(size_t at) {
    const std::string_view text = value_.substr(at);
    const size_t charset_end = text.substr(0, kCharsetBytesMax).find('?', 2);
    if (charset_end == std::string_view::npos || charset_end == 2 || text.size() < charset_end + 3)
      return std::nullopt;
    const char encoding = ascii_lower(text[charset_end + 1]);
    if ((encoding != 'b' && encoding != 'q') || text[charset_end + 2] != '?') return std::nullopt;
    EncodedWord word;
    word.charset = text.substr(2, charset_end - 2);
    word.charset = word.charset.substr(0, word.charset.find('*'));  // RFC 2231 §5: language
    if (encoding == 'q') word.encoding = TransferEncoding::kQuotedPrintable;
    const size_t start = at + charset_end + 3;
    // Only "?=" ends the text: blanks and "?" inside are against RFC 2047 §2 and real. But a word
    // that never ends doesn't swallow the next.
    const size_t end = ends_.find(start), inner = inner_.find(start);
    if (end == std::string_view::npos || (inner != std::string_view::npos && inner + 2 <= end))
      return std::nullopt;
    word.text = value_.substr(start, end - start);
    word.begin = at;
    word.end = end + 2;
    return word;
  }

  std::string_view value_;
  Mark begins_, inner_, ends_;
};

// RFC 2047 §4.2: "_" is a blank; blanks are data wherever they stand.
std::string as_quoted_printable(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '_' || is_blank(c))
      out += c == '\t' ? "=09" : "=20";
    else
      out += c;
  }
  return out;
}

std::string decode_text(const EncodedWord& word) {
  std::string out;
  TransferDecoder decoder(word.encoding);
  if (word.encoding == TransferEncoding::kBase64)
    decoder.feed(word.text, out);
  else
    decoder.feed(as_quoted_printable(word.text), out);
  decoder.finish(out);
  return out;
}

void blank_line_ends(std::string& text) {
  for (char& c : text)
    if (c == '\r' || c == '\n' || c == '\0') c = ' ';
}

// Gathers the bytes of adjacent words of one charset, and gives them out together.
class Joiner {
 public:
  explicit Joiner(HeaderText& out) : out_(out) {}

  void word(const EncodedWord& word) {
    if (!equals_ignore_case(charset_, word.charset)) {
      end_run();
      charset_ = word.charset;
    }
    bytes_ += decode_text(word);
    in_run_ = true;
  }

  void end_run() {
    if (!in_run_) return;
    convert(charset_, bytes_);
    bytes_.clear();
    charset_ = {};
    in_run_ = false;
  }

  void raw(std::string_view text) {
    end_run();
    convert({}, text);
  }

  bool in_run() const { return in_run_; }

 private:
  struct Reading {
    std::string text;
    bool broken = false;
  };

  void convert(std::string_view charset, std::string_view bytes) {
    if (bytes.empty()) return;
    Reading labelled = read(charset, bytes);
    CharsetWitness witness;
    witness.feed(bytes);
    const std::string_view second = witness.second_reading(charset);
    if (second.empty()) return add(labelled.text, labelled.text);
    Reading seen = read(second, bytes);
    if (labelled.broken || charset.empty()) std::swap(labelled, seen);
    if (out_.other.empty()) out_.other = out_.text;
    has_other_ = true;
    add(labelled.text, seen.text);
  }

  void add(std::string_view text, std::string_view other) {
    out_.text += text;
    if (has_other_) out_.other += other;
  }

  Reading read(std::string_view charset, std::string_view bytes) {
    Reading reading;
    decoder_.reset(charset);
    decoder_.feed(bytes, reading.text);
    decoder_.finish(reading.text);
    reading.broken = decoder_.replaced() > 0;
    blank_line_ends(reading.text);
    return reading;
  }

  HeaderText& out_;
  bool has_other_ = false;
  std::string bytes_;
  std::string_view charset_;
  bool in_run_ = false;
  CharsetDecoder decoder_;
};

// ASCII that is what it is, but for its folds: nearly all fields of nearly all mail.
bool is_plain(std::string_view text) {
  const size_t odd = find_block_byte(text, [](const Block& block) {
    return block.not_ascii() | block.is('\x1B') | block.is('\0');
  });
  return odd == text.size() && text.find("=?") == std::string_view::npos;
}

std::string unfolded(std::string_view value) {
  std::string out;
  out.reserve(value.size());
  while (!value.empty()) {
    const size_t line = std::min(value.find_first_of("\r\n"), value.size());
    out += value.substr(0, line);
    value.remove_prefix(std::min(line + 1, value.size()));
  }
  return out;
}

}  // namespace

HeaderText read_header_text(std::string_view field_value) {
  HeaderText out;
  if (is_plain(field_value)) {
    out.text = unfolded(field_value);
    return out;
  }
  const std::string value = unfolded(field_value);
  WordFinder finder(value);
  Joiner joiner(out);
  size_t at = 0;
  while (const auto word = finder.find(at)) {
    const std::string_view before = std::string_view(value).substr(at, word->begin - at);
    // Blanks between two words are no text (RFC 2047 §6.2).
    if (!trim(before).empty() || !joiner.in_run()) joiner.raw(before);
    joiner.word(*word);
    at = word->end;
  }
  joiner.raw(std::string_view(value).substr(at));
  return out;
}

bool has_raw_bytes(std::string_view field_value) {
  return std::any_of(field_value.begin(), field_value.end(),
                     [](char c) { return c < 0 || c == '\x1B'; });
}

std::string decode_raw_bytes(std::string_view field_value) {
  if (!has_raw_bytes(field_value)) return std::string(field_value);
  CharsetWitness witness;
  witness.feed(field_value);
  CharsetDecoder decoder;
  decoder.reset(witness.second_reading({}));
  std::string out;
  decoder.feed(field_value, out);
  decoder.finish(out);
  return out;
}

std::string decode_encoded_words(std::string_view field_value) {
  return read_header_text(field_value).text;
}

}  // namespace sekisho::codec
