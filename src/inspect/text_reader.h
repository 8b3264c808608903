// inspect/text_reader.h: the text of one part on its way to the rules: charset, lines, HTML, RTF,
// URIs.
//
//   TextReader r(matcher, uris);
//   r.begin(markup, charset, matching);  r.feed(decoded); use(r.data()); …  r.finish();
//   use(r.data()) if (auto other = r.second_reading(); !other.empty()) { r.begin_again(other); … }
//   the same with r.stated_reading(), and with begin_again_in_lines() if r.deletes_spaces()
// What a reader sees is the body, what HTML hides is its hidden text, and so are its comments, up
// to kCommentBytesMax. Addresses in both, and those that HTML links to, go to the UriList; what
// stands in data: URIs is data() until the next call. Flowed lines are joined, and so is an address
// that a hard wrap parts.
//
// Memory: four URI finders, an HtmlText, an RtfText, and a few times what one feed() gets.
// Process: inspector worker.  Broken input: never fails.

#pragma once

#include <string>
#include <string_view>

#include "codec/charset_decoder.h"
#include "codec/charset_witness.h"
#include "codec/flowed_text.h"
#include "codec/html_text.h"
#include "codec/rtf_text.h"
#include "inspect/uri_list.h"
#include "rules/matcher.h"
#include "uri/wrapped_uri.h"

namespace sekisho::inspect {

class TextReader {
 public:
  static constexpr size_t kCommentBytesMax = 64 << 10;

  // `matcher` may be null.
  TextReader(rules::Matcher* matcher, UriList& uris);

  enum class Markup { kPlain, kFlowed, kFlowedDelSp, kHtml, kRtf };
  enum class Matching {
    kAll,
    kUris,  // the text itself is no mail text, or the rules had it before
  };
  void begin(Markup markup, std::string_view charset, Matching matching);
  // The same bytes come again, in another charset.
  void begin_again(std::string_view charset);
  // Or as a client reads them that knows of no flowed text.
  void begin_again_in_lines();
  void feed(std::string_view decoded);
  void finish();

  // In which charset a client would read the bytes that came, where the label says another.
  std::string_view second_reading() const {
    return markup_ == Markup::kRtf ? std::string_view() : witness_.second_reading(label_);
  }
  // And in which one another would, since the page states it: beside the label and the second.
  std::string_view stated_reading();
  // Where lines are joined within words: another client shows other words.
  bool deletes_spaces() const { return markup_ == Markup::kFlowedDelSp; }
  const std::vector<codec::HtmlData>& data() const { return html_out_.data; }
  bool hides_text() const { return hides_text_; }

 private:
  void restart(std::string_view charset);
  void take_plain();
  void take_lines(std::string_view text);
  void take_text(std::string_view visible, std::string_view hidden);
  void take_html();
  void take_rtf();
  void take_comments();
  template <typename Finder>
  void take_uris(Finder& finder);
  void take_link(const codec::HtmlLink& link);
  bool matches() const { return matcher_ != nullptr && matching_ == Matching::kAll; }

  rules::Matcher* matcher_;
  UriList& uris_;
  Markup markup_ = Markup::kPlain;
  Matching matching_ = Matching::kAll;
  std::string label_;
  std::string first_bytes_;  // of a page: where its charset stands
  std::string stated_;
  bool first_reading_ = true;
  bool hides_text_ = false;
  codec::CharsetDecoder charset_;
  codec::CharsetWitness witness_;
  codec::HtmlText html_;
  codec::HtmlOutput html_out_;
  codec::RtfText rtf_;
  codec::RtfOutput rtf_out_;
  std::string base_;          // of the page
  size_t comment_bytes_ = 0;  // of this reading
  uri::UriFinder in_visible_, in_hidden_, in_comments_;
  uri::WrappedUris wrapped_;
  codec::FlowedText flowed_;
  std::string utf8_, joined_;
};

}  // namespace sekisho::inspect
