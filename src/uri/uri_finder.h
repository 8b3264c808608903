// uri/uri_finder.h: the URIs that a reader sees in text, while it streams.
//
//   UriFinder f(suffixes);  f.feed(utf8);  while (auto u = f.next()) use(*u);  f.finish();  …
//
// With a scheme anywhere, also hxxp; without one where the host ends in a known public suffix
// ("www.example.jp/x"); in full-width letters; with dots as "[.]", "(dot)", "。"; hosts in Unicode.
// Text that touches a URI ends it where it can't belong: Japanese behind a path, punctuation and
// brackets that close the sentence.
//
// Memory: one word of at most kWordBytesMax, what next() has not given yet of it, and the last
// answers of the suffix list (64 KB at most). A longer word
// (Japanese has no blanks) is read in overlapping pieces; a URI longer than a piece is cut.
// Time: linear.  Process: inspector worker.  Lifetime: the SuffixList outlives the finder.
// Standards: RFC 3986 §2, Appendix C (URIs in text).

#pragma once

#include <array>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

#include "codec/normalized_text.h"
#include "uri/suffix_list.h"
#include "uri/uri.h"

namespace sekisho::uri {

struct FoundUri {
  enum class Form { kWhole, kSchemeless, kMailAddress };
  Form form = Form::kWhole;
  bool obfuscated = false;  // written so that programs don't see it
  std::string written;      // after folding; of a mail address the whole
};

// Of a mail address, its domain's; none where a host can't be.
std::optional<Uri> parse(const FoundUri& found);

class UriFinder {
 public:
  static constexpr size_t kWordBytesMax = 4096;

  explicit UriFinder(const SuffixList& suffixes) : suffixes_(&suffixes) {}

  void reset();
  void feed(std::string_view utf8);
  void finish();
  std::optional<FoundUri> next();

 private:
  struct Span {
    size_t begin = 0;
    size_t end = 0;
    FoundUri::Form form = FoundUri::Form::kWhole;
  };

  void end_word(bool whole);
  size_t read_word(std::string_view word, bool whole, bool obfuscated);
  std::optional<Span> find_span(std::string_view word, size_t from) const;
  std::optional<Span> span_with_scheme(std::string_view word, size_t mark) const;
  std::optional<Span> span_of_domain(std::string_view word, size_t begin, size_t end) const;
  std::optional<Span> span_of_foreign_domain(std::string_view word, size_t from, size_t dot) const;
  Span span_from_host(std::string_view word, size_t begin, size_t end) const;
  void add(std::string_view word, const Span& span, bool obfuscated);
  bool knows_suffix(std::string_view host) const;
  const std::string& registered_domain(std::string_view host) const;

  // What the list said before: most addresses of a message have few hosts, and text few suffixes.
  struct Answer {
    std::string asked, domain;
    bool known = false;
  };
  static constexpr size_t kAnswers = 64;  // a power of two

  const SuffixList* suffixes_;
  mutable std::array<Answer, kAnswers> suffix_answers_, domain_answers_;
  std::string word_, folded_, revealed_;
  codec::NormalizedText folding_{codec::Kana::kKept};
  std::deque<FoundUri> found_;
};

}  // namespace sekisho::uri
