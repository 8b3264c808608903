#include "uri/uri_finder.h"

#include <algorithm>
#include <array>
#include <functional>
#include <utility>

#include "base/bytes.h"
#include "codec/byte_scan.h"

namespace sekisho::uri {
namespace {

constexpr size_t kOverlapBytes = 512;  // of a word that is read in pieces
constexpr std::array<std::string_view, 5> kSchemes{"hxxps", "https", "hxxp", "http", "ftp"};
constexpr std::string_view kSchemeMark = "://";
constexpr std::string_view kIdeographicStop = "。";

constexpr size_t kLabelBytesMax = 63;     // RFC 1035 §2.3.4
constexpr size_t kForeignLabelMax = 200;  // of a label in Unicode

// Letters, digits and these.
class CharacterSet {
 public:
  constexpr explicit CharacterSet(std::string_view others) {
    for (const std::string_view characters :
         {std::string_view("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"),
          others})
      for (const char c : characters) has_[static_cast<unsigned char>(c)] = true;
  }
  constexpr bool has(char c) const { return has_[static_cast<unsigned char>(c)]; }

 private:
  std::array<bool, 256> has_{};
};

constexpr CharacterSet kNameCharacters("-_"), kHostCharacters("-_.");
constexpr CharacterSet kUriCharacters("-._~:/?#[]@!$&'()*+,;=%\\|^{}");
constexpr CharacterSet kMailboxCharacters(".!#$%&'*+/=?^_`{|}~-");  // RFC 5322 §3.2.3, and dots

bool is_name_character(char c) { return kNameCharacters.has(c); }

// Length of the character of UTF-8 at `at` where it is a letter outside ASCII, as far as hosts are
// concerned: no punctuation, symbol or picture. 0 for all else.
size_t foreign_letter(std::string_view word, size_t at) {
  const auto byte = [&](size_t i) {
    return at + i < word.size() ? static_cast<unsigned char>(word[at + i]) : 0u;
  };
  const unsigned lead = byte(0), second = byte(1), third = byte(2);
  if (lead < 0xC3 || lead == 0xE2) return 0;  // U+0080–00BF, U+2000–2FFF
  if (lead == 0xE3 && second == 0x80) return third >= 0x85 && third <= 0x87 ? 3 : 0;  // 々〆〇
  if (lead == 0xEF && second >= 0xBC) return 0;                                       // U+FF00–
  if (lead >= 0xF0) return lead == 0xF0 && second == 0xA0 ? 4 : 0;  // rare Chinese characters
  return lead < 0xE0 ? 2 : 3;
}

// Where the label that ends at `end` begins, a mixture of foreign letters and ASCII; `end` where
// none of them is foreign.
size_t foreign_label_begin(std::string_view word, size_t from, size_t end) {
  const size_t first = std::max(from, end - std::min(end, kForeignLabelMax));
  bool foreign = false;
  size_t begin = end;
  for (size_t at = end; at > first;) {
    --at;
    if (is_name_character(word[at])) {
      begin = at;
    } else if ((static_cast<unsigned char>(word[at]) & 0xC0) == 0x80) {
      continue;
    } else if (const size_t length = foreign_letter(word, at); length > 0 && at + length == begin) {
      begin = at;
      foreign = true;
    } else {
      break;
    }
  }
  return foreign ? begin : end;
}

size_t foreign_label_end(std::string_view word, size_t at) {
  while (const size_t length = foreign_letter(word, at)) at = std::min(at + length, word.size());
  return at;
}

// A dot beside a byte that isn't ASCII: of a row of dots two at most, so that all stays linear.
bool is_foreign_dot(std::string_view word, size_t from, size_t at) {
  return word[at] == '.' &&
         ((at > from && word[at - 1] < 0) || (at + 1 < word.size() && word[at + 1] < 0));
}

// Whether a letter of an alphabet (two bytes in UTF-8) stands before: those have blanks between
// words.
bool is_inside_word(std::string_view word, size_t at) {
  return at >= 2 && foreign_letter(word, at - 2) == 2;
}

// Hiragana joins words; before it a foreign host may end.
bool is_hiragana(std::string_view word) {
  return word.starts_with("\xE3\x81") || (word.starts_with("\xE3\x82") && word.size() > 2 &&
                                          static_cast<unsigned char>(word[2]) < 0xA0);
}

bool has_long_label(std::string_view host) {
  for (size_t at = 0; at < host.size();) {
    const size_t dot = std::min(host.find('.', at), host.size());
    if (dot - at > kLabelBytesMax) return true;
    at = dot + 1;
  }
  return false;
}

using Replacement = std::pair<std::string_view, std::string_view>;
constexpr std::array kObfuscations{
    Replacement{"[.]", "."},   Replacement{"(.)", "."},     Replacement{"{.}", "."},
    Replacement{"[dot]", "."}, Replacement{"(dot)", "."},   Replacement{"{dot}", "."},
    Replacement{"[:]", ":"},   Replacement{"[://]", "://"}, Replacement{"[/]", "/"}};

// Undoes what hides a URI; an ideographic stop is a dot between letters and a blank elsewhere.
void reveal(std::string_view word, std::string& out, bool& obfuscated) {
  while (!word.empty()) {
    const size_t plain = codec::find_block_byte(word, [](const codec::Block& block) {
      return block.is('[') | block.is('(') | block.is('{') | block.is(kIdeographicStop[0]);
    });
    out.append(word.substr(0, plain));
    word.remove_prefix(plain);
    if (word.empty()) return;
    const auto found = std::find_if(
        kObfuscations.begin(), kObfuscations.end(),
        [&](const Replacement& replace) { return starts_with_ignore_case(word, replace.first); });
    if (found != kObfuscations.end()) {
      out += found->second;
      word.remove_prefix(found->first.size());
      obfuscated = true;
    } else if (word.starts_with(kIdeographicStop)) {
      word.remove_prefix(kIdeographicStop.size());
      const bool dot = !out.empty() && is_name_character(out.back()) && !word.empty() &&
                       is_name_character(word.front());
      out += dot ? '.' : ' ';
    } else {
      out += word.front();
      word.remove_prefix(1);
    }
  }
}

// Brackets that are open, by kind; below none where more close.
struct Brackets {
  explicit Brackets(std::string_view text) {
    for (const char c : text) count(c, 1);
  }
  void count(char c, long by) {
    if (c == '(' || c == '[' || c == '{') balance_of(c) += by;
    if (closes(c)) balance_of(c) -= by;
  }
  bool too_many(char c) { return closes(c) && balance_of(c) < 0; }
  static bool closes(char c) { return c == ')' || c == ']' || c == '}'; }
  long& balance_of(char c) { return c < '[' ? round : c < '{' ? square : curly; }
  long round = 0, square = 0, curly = 0;
};

// Punctuation that ends the sentence and not the URI; a bracket stays where it closes one inside.
size_t without_punctuation(std::string_view uri) {
  constexpr std::string_view kPunctuation = ".,;:!?'*_|^\\";
  Brackets brackets(uri);
  size_t size = uri.size();
  while (size > 0) {
    const char c = uri[size - 1];
    if (!brackets.too_many(c) && kPunctuation.find(c) == std::string_view::npos) break;
    brackets.count(c, -1);
    --size;
  }
  return size;
}

// The scheme that ends at `end`; empty when there is none.
std::string_view scheme_before(std::string_view word, size_t end) {
  for (const std::string_view scheme : kSchemes)
    if (end >= scheme.size() &&
        equals_ignore_case(word.substr(end - scheme.size(), scheme.size()), scheme))
      return scheme;
  return {};
}

// Of the local part before "@".
size_t mailbox_begin(std::string_view word, size_t at) {
  while (at > 0 && kMailboxCharacters.has(word[at - 1])) --at;
  return at;
}

size_t uri_end(std::string_view word, size_t from) {
  size_t at = from;
  while (at < word.size() && kUriCharacters.has(word[at])) ++at;
  return at;
}

bool ends_word(char c) {
  return (static_cast<unsigned char>(c) <= ' ') || c == '<' || c == '>' || c == '"' || c == '\x7F';
}

// The begin of the first word that may hold a URI: one with a dot or a colon inside, a bracket that
// may be written for a dot, or a byte that isn't ASCII. Where there is none, of the last word.
size_t first_candidate(std::string_view text) {
  size_t at = 0;
  while (at < text.size()) {
    at += codec::find_block_byte(text.substr(at), [](const codec::Block& block) {
      return block.is('.') | block.is(':') | block.is('(') | block.is('[') | block.is('{') |
             block.not_ascii();
    });
    const bool mark = at < text.size() && (text[at] == '.' || text[at] == ':');
    if (!mark || at + 1 == text.size() || !ends_word(text[at + 1])) break;
    ++at;
  }
  at = std::min(at, text.size());
  while (at > 0 && !ends_word(text[at - 1])) --at;
  return at;
}

// Japanese in its ordinary characters, in which nothing stands for a dot or a colon.
bool is_plain_japanese(std::string_view word) {
  if (!codec::is_surely_normal(word)) return false;
  if (word.find_first_of(".:([{") != std::string_view::npos) return false;
  for (size_t at = word.find(kIdeographicStop); at != std::string_view::npos;
       at = word.find(kIdeographicStop, at + 1)) {
    const size_t behind = at + kIdeographicStop.size();
    if (at > 0 && is_name_character(word[at - 1]) && behind < word.size() &&
        is_name_character(word[behind]))
      return false;
  }
  return true;
}

}  // namespace

void UriFinder::reset() {
  word_.clear();
  found_.clear();
}

void UriFinder::feed(std::string_view text) {
  while (!text.empty()) {
    if (word_.empty()) text.remove_prefix(first_candidate(text));
    const size_t length = codec::find_block_byte(text, [](const codec::Block& block) {
      return block.below(' ' + 1) | block.is('<') | block.is('>') | block.is('"') |
             block.is('\x7F');
    });
    const size_t taken = std::min(length, kWordBytesMax - word_.size());
    word_.append(text.substr(0, taken));
    text.remove_prefix(taken);
    if (word_.size() == kWordBytesMax) {
      end_word(false);
    } else if (taken == length && !text.empty()) {
      end_word(true);
      text.remove_prefix(1);
    }
  }
}

void UriFinder::finish() { end_word(true); }

std::optional<FoundUri> UriFinder::next() {
  if (found_.empty()) return std::nullopt;
  FoundUri first = std::move(found_.front());
  found_.pop_front();
  return first;
}

void UriFinder::end_word(bool whole) {
  // Whatever writes a dot or a colon: ASCII, full and half width, ideographic, "(dot)".
  const size_t ascii = codec::ascii_prefix(word_);
  if (whole && is_plain_japanese(word_)) {
    word_.clear();
    return;
  }
  std::string_view word = word_;
  if (ascii < word_.size()) {
    folded_.clear();
    folding_.reset();
    folding_.feed(word_, folded_);
    folding_.finish(folded_);
    word = folded_;
  }
  bool obfuscated = false;
  if (ascii < word_.size() || word.find_first_of("[({") != std::string_view::npos) {
    revealed_.clear();
    reveal(word, revealed_, obfuscated);
    word = revealed_;
  }
  const size_t read = read_word(word, whole, obfuscated);
  if (whole) return word_.clear();
  const size_t done = std::max(read, word.size() - std::min(word.size(), kOverlapBytes));
  if (word.data() == word_.data())
    word_.erase(0, done);
  else
    word_ = word.substr(done);
}

// Gives how far the word is done with.
size_t UriFinder::read_word(std::string_view word, bool whole, bool obfuscated) {
  size_t at = 0;
  while (const auto span = find_span(word, at)) {
    const bool may_go_on = !whole && span->end == word.size() && span->begin > 0;
    if (may_go_on && word.size() - span->begin < kOverlapBytes) return span->begin;
    add(word, *span, obfuscated);
    at = span->end;
  }
  return at;
}

// The first URI at or behind `from`.
std::optional<UriFinder::Span> UriFinder::find_span(std::string_view word, size_t from) const {
  size_t at = from;
  while (at < word.size()) {
    std::optional<Span> span;
    if (!is_name_character(word[at])) {
      if (is_foreign_dot(word, from, at)) span = span_of_foreign_domain(word, from, at);
      if (span) return span;
      ++at;
      continue;
    }
    size_t end = at;
    while (end < word.size() && kHostCharacters.has(word[end])) ++end;
    if (word.substr(end).starts_with(kSchemeMark))
      span = span_with_scheme(word, end);
    else if (const size_t dot = word.substr(at, end - at).find('.');
             dot != std::string_view::npos && is_inside_word(word, at))
      span = span_of_foreign_domain(word, from, end = at + dot);
    else
      span = span_of_domain(word, at, end);
    if (!span && word[end - 1] == '.') span = span_of_foreign_domain(word, from, end - 1);
    if (span) return span;
    at = end;
  }
  return std::nullopt;
}

std::optional<UriFinder::Span> UriFinder::span_with_scheme(std::string_view word,
                                                           size_t mark) const {
  const std::string_view scheme = scheme_before(word, mark);
  if (scheme.empty()) return std::nullopt;
  const size_t authority = mark + kSchemeMark.size();
  size_t end = authority;
  while (end < word.size() && (kUriCharacters.has(word[end]) || word[end] < 0) &&
         std::string_view("/?#\\").find(word[end]) == std::string_view::npos)
    ++end;
  const auto foreign =
      std::find_if(word.begin() + static_cast<ptrdiff_t>(authority),
                   word.begin() + static_cast<ptrdiff_t>(end), [](char c) { return c < 0; });
  const auto ascii_end = static_cast<size_t>(foreign - word.begin());
  if (ascii_end < end) {
    // A host in Unicode, or Japanese that touches an ASCII one: the suffix tells.
    const std::string host = ascii_host(word.substr(authority, end - authority));
    if (host.empty() || !knows_suffix(host)) end = ascii_end;
  }
  end = uri_end(word, end);
  const size_t begin = mark - scheme.size();
  const size_t size = without_punctuation(word.substr(begin, end - begin));
  if (begin + size <= authority) return std::nullopt;
  return Span{begin, begin + size, FoundUri::Form::kWhole};
}

std::optional<UriFinder::Span> UriFinder::span_of_domain(std::string_view word, size_t begin,
                                                         size_t end) const {
  std::string_view host = word.substr(begin, end - begin);
  while (host.ends_with('.')) host.remove_suffix(1);
  if (host.find('.') == std::string_view::npos || host.find("..") != std::string_view::npos)
    return std::nullopt;
  if (end < word.size() && word[end] == '@') return std::nullopt;  // a mailbox, not a host
  if (!is_alpha(host[host.rfind('.') + 1])) return std::nullopt;   // no suffix begins with a digit
  const std::string lower = to_lower(host);
  if (!knows_suffix(lower) || registered_domain(lower).empty()) return std::nullopt;
  return span_from_host(word, begin, begin + host.size());
}

// "日本語.jp", "例え.みんな": a dot beside letters outside ASCII. Where the host begins in a text
// without blanks, nobody can tell: all the letters before the dot are taken for it.
std::optional<UriFinder::Span> UriFinder::span_of_foreign_domain(std::string_view word, size_t from,
                                                                 size_t dot) const {
  size_t end = dot + 1;
  while (end < word.size() && kHostCharacters.has(word[end])) ++end;
  const bool ascii_end = end > dot + 1;
  if (ascii_end) {
    if (word.substr(end).starts_with(kSchemeMark) || span_of_domain(word, dot + 1, end))
      return std::nullopt;  // that is the URI
    while (end > dot + 1 && word[end - 1] == '.') --end;
    if (end == dot + 1) return std::nullopt;
    if (foreign_letter(word, end) > 0 && !is_hiragana(word.substr(end))) return std::nullopt;
  } else {
    end = foreign_label_end(word, end);
  }
  size_t begin = foreign_label_begin(word, from, dot);
  if (begin == dot && !ascii_end) {  // "example.みんな"
    while (begin > from && kHostCharacters.has(word[begin - 1])) --begin;
    while (begin < dot && word[begin] == '.') ++begin;
  }
  if (begin == dot || end <= dot + 1 || (end < word.size() && word[end] == '@'))
    return std::nullopt;
  const std::string host = ascii_host(word.substr(begin, end - begin));
  if (host.empty() || has_long_label(host) || !knows_suffix(host) ||
      registered_domain(host).empty())
    return std::nullopt;
  return span_from_host(word, begin, end);
}

// With what belongs to it before and behind.
UriFinder::Span UriFinder::span_from_host(std::string_view word, size_t begin, size_t end) const {
  if (begin > 0 && word[begin - 1] == '@')
    return Span{mailbox_begin(word, begin - 1), end, FoundUri::Form::kMailAddress};
  size_t last = end;
  if (last < word.size() && (word[last] == '/' || word[last] == ':' || word[last] == '?'))
    last = uri_end(word, last);
  const size_t size = without_punctuation(word.substr(begin, last - begin));
  return Span{begin, begin + size, FoundUri::Form::kSchemeless};
}

bool UriFinder::knows_suffix(std::string_view host) const {
  const std::string_view last = host.substr(host.rfind('.') + 1);  // npos + 1 is 0
  Answer& answer = suffix_answers_[std::hash<std::string_view>()(last) % kAnswers];
  if (answer.asked != last || last.empty()) {
    answer.asked = last;
    answer.known = suffixes_->knows(last);
  }
  return answer.known;
}

const std::string& UriFinder::registered_domain(std::string_view host) const {
  Answer& answer = domain_answers_[std::hash<std::string_view>()(host) % kAnswers];
  if (answer.asked != host || host.empty()) {
    answer.asked = host;
    answer.domain = suffixes_->registered_domain(host);
  }
  return answer.domain;
}

void UriFinder::add(std::string_view word, const Span& span, bool obfuscated) {
  FoundUri found;
  found.form = span.form;
  found.written = word.substr(span.begin, span.end - span.begin);
  found.obfuscated = obfuscated || starts_with_ignore_case(found.written, "hxxp");
  found_.push_back(std::move(found));
}

std::optional<Uri> parse(const FoundUri& found) {
  return parse_uri(found.form == FoundUri::Form::kWhole ? found.written
                                                        : "http://" + found.written);
}

}  // namespace sekisho::uri
