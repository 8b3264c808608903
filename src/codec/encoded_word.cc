#include "codec/encoded_word.h"

#include <optional>

#include "base/bytes.h"
#include "codec/charset_decoder.h"
#include "codec/transfer_decoder.h"

namespace sekisho::codec {
namespace {

constexpr size_t kCharsetBytesMax = 64;
constexpr size_t kTextBytesMax = 8192;  // RFC 2047 §2 says 75; a bound keeps the search linear

struct EncodedWord {
  std::string_view charset;
  char encoding = 'b';  // or 'q'
  std::string_view text;
  size_t length = 0;  // of the whole word
};

// The encoded word that begins `text`, which begins with "=?".
std::optional<EncodedWord> parse_word(std::string_view text) {
  const size_t charset_end = text.substr(0, kCharsetBytesMax).find('?', 2);
  if (charset_end == std::string_view::npos || charset_end == 2 || text.size() < charset_end + 3)
    return std::nullopt;
  EncodedWord word;
  word.charset = text.substr(2, charset_end - 2);
  word.charset = word.charset.substr(0, word.charset.find('*'));  // RFC 2231 §5: language
  word.encoding = ascii_lower(text[charset_end + 1]);
  if ((word.encoding != 'b' && word.encoding != 'q') || text[charset_end + 2] != '?')
    return std::nullopt;
  const size_t start = charset_end + 3;
  // Only "?=" ends the text: spaces inside are against RFC 2047 §2 and real. A Q word may begin
  // with "=".
  const size_t end = text.substr(0, start + kTextBytesMax).find("?=", start);
  if (end == std::string_view::npos) return std::nullopt;
  word.text = text.substr(start, end - start);
  if (word.text.find('?') != std::string_view::npos) return std::nullopt;
  word.length = end + 2;
  return word;
}

std::string decode_text(const EncodedWord& word) {
  std::string out;
  TransferDecoder decoder(word.encoding == 'b' ? TransferEncoding::kBase64
                                               : TransferEncoding::kQuotedPrintable);
  if (word.encoding == 'b') {
    decoder.feed(word.text, out);
    decoder.finish(out);
    return out;
  }
  std::string text(word.text);  // RFC 2047 §4.2: "_" is a space
  for (char& c : text)
    if (c == '_') c = '\x01';
  decoder.feed(text, out);
  decoder.finish(out);
  for (char& c : out)
    if (c == '\x01') c = ' ';
  return out;
}

// Gathers the bytes of adjacent words of one charset, and gives them out together.
class Joiner {
 public:
  explicit Joiner(std::string& out) : out_(out) {}

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
  void convert(std::string_view charset, std::string_view bytes) {
    if (bytes.empty()) return;
    decoder_.reset(charset);
    decoder_.feed(bytes, out_);
    decoder_.finish(out_);
  }

  std::string& out_;
  std::string bytes_;
  std::string_view charset_;
  bool in_run_ = false;
  CharsetDecoder decoder_;
};

bool is_plain(std::string_view text) {
  if (text.find("=?") != std::string_view::npos) return false;
  for (const char c : text)
    if (c < 0 || c == '\r' || c == '\n') return false;
  return true;
}

std::string unfolded(std::string_view value) {
  std::string out;
  out.reserve(value.size());
  for (const char c : value)
    if (c != '\r' && c != '\n') out += c;
  return out;
}

}  // namespace

std::string decode_encoded_words(std::string_view field_value) {
  if (is_plain(field_value)) return std::string(field_value);
  const std::string value = unfolded(field_value);
  std::string_view rest = value;
  std::string out;
  Joiner joiner(out);
  while (!rest.empty()) {
    const size_t at = rest.find("=?");
    std::string_view before = rest.substr(0, at);
    const auto word = at == std::string_view::npos ? std::nullopt : parse_word(rest.substr(at));
    if (at != std::string_view::npos && !word) before = rest.substr(0, at + 2);
    const bool only_blanks = trim(before).empty();  // between two words: no text (RFC 2047 §6.2)
    if (!before.empty() && !(only_blanks && word && joiner.in_run())) joiner.raw(before);
    rest.remove_prefix(before.size());
    if (!word) continue;
    joiner.word(*word);
    rest.remove_prefix(word->length);
  }
  joiner.end_run();
  return out;
}

}  // namespace sekisho::codec
