#include "inspect/text_reader.h"

#include <utility>

#include "codec/meta_charset.h"

namespace sekisho::inspect {

TextReader::TextReader(rules::Matcher* matcher, UriList& uris)
    : matcher_(matcher),
      uris_(uris),
      in_visible_(uris.suffixes()),
      in_hidden_(uris.suffixes()),
      in_comments_(uris.suffixes()),
      wrapped_(uris.suffixes()) {}

void TextReader::begin(Markup markup, std::string_view charset, Matching matching) {
  markup_ = markup;
  matching_ = matching;
  label_ = charset;
  first_bytes_.clear();
  stated_.clear();
  first_reading_ = true;
  hides_text_ = false;
  witness_.reset();
  restart(charset);
}

void TextReader::begin_again(std::string_view charset) {
  first_reading_ = false;
  if (matches()) matcher_->part_again();
  restart(charset);
}

void TextReader::begin_again_in_lines() {
  markup_ = Markup::kPlain;
  begin_again(label_);
}

void TextReader::restart(std::string_view charset) {
  charset_.reset(charset);
  if (markup_ == Markup::kHtml) html_.reset();
  if (markup_ == Markup::kRtf) rtf_.reset();
  html_out_.clear();
  base_.clear();
  in_visible_.reset();
  in_hidden_.reset();
  in_comments_.reset();
  wrapped_.reset();
  flowed_.reset(deletes_spaces() ? codec::FlowedText::Space::kDeleted
                                 : codec::FlowedText::Space::kKept);
  comment_bytes_ = 0;
}

void TextReader::feed(std::string_view decoded) {
  if (first_reading_) {
    if (matches()) matcher_->rawbody(decoded);
    witness_.feed(decoded);
    if (markup_ == Markup::kHtml)
      first_bytes_ += decoded.substr(0, codec::kMetaCharsetBytes - first_bytes_.size());
  }
  if (markup_ == Markup::kRtf) {
    rtf_out_.clear();
    rtf_.feed(decoded, rtf_out_);
    return take_rtf();
  }
  utf8_.clear();
  charset_.feed(decoded, utf8_);
  if (markup_ != Markup::kHtml) return take_plain();
  html_out_.clear();
  html_.feed(utf8_, html_out_);
  take_html();
}

void TextReader::finish() {
  utf8_.clear();
  charset_.finish(utf8_);
  if (markup_ == Markup::kRtf) {
    rtf_out_.clear();
    rtf_.finish(rtf_out_);
    take_rtf();
  } else if (markup_ != Markup::kHtml) {
    take_plain();
    joined_.clear();
    if (markup_ != Markup::kPlain) flowed_.finish(joined_);
    take_lines(joined_);
    wrapped_.finish();
    take_uris(wrapped_);
  } else {
    html_out_.clear();
    html_.feed(utf8_, html_out_);
    html_.finish(html_out_);
    take_html();
  }
  for (uri::UriFinder* finder : {&in_visible_, &in_hidden_, &in_comments_}) {
    finder->finish();
    take_uris(*finder);
  }
}

std::string_view TextReader::stated_reading() {
  if (std::string first = codec::meta_charset(first_bytes_); !first.empty())
    stated_ = std::move(first);  // browsers look there before they read
  const codec::Charset stated = codec::find_charset(stated_);
  const auto is_read_as = [&](std::string_view label) {
    const codec::Charset other = codec::find_charset(label);
    return other.kind == stated.kind && std::string_view(other.icu_name) == stated.icu_name;
  };
  if (stated_.empty() || !witness_.may_differ(stated)) return {};
  return is_read_as(label_) || is_read_as(second_reading()) ? std::string_view() : stated_;
}

void TextReader::take_html() {
  if (first_reading_ && stated_.empty()) stated_ = html_out_.charset;
  take_text(html_out_.text, html_out_.hidden);
  if (matches())
    for (const codec::HtmlRun& run : html_out_.runs) matcher_->joined(run.text, run.hides);
  hides_text_ |= html_out_.hidden.find_first_not_of(" \t\r\n") != std::string::npos;
  take_comments();
  for (const codec::HtmlLink& link : html_out_.links) take_link(link);
}

void TextReader::take_rtf() {
  take_text(rtf_out_.text, rtf_out_.hidden);
  hides_text_ |= rtf_out_.hidden.find_first_not_of(" \t\r\n") != std::string::npos;
  for (const std::string& link : rtf_out_.links) uris_.add_link(link, {});
  if (uris_.exceeded()) return;
  in_comments_.feed(rtf_out_.tags);
  take_uris(in_comments_);
}

void TextReader::take_comments() {
  const std::string_view comments =
      std::string_view(html_out_.comments).substr(0, kCommentBytesMax - comment_bytes_);
  if (comments.empty()) return;
  comment_bytes_ += comments.size();
  if (matches()) matcher_->comments(comments);
  if (uris_.exceeded()) return;
  in_comments_.feed(comments);
  take_uris(in_comments_);
}

void TextReader::take_plain() {
  if (markup_ == Markup::kPlain) return take_lines(utf8_);
  joined_.clear();
  flowed_.feed(utf8_, joined_);
  take_lines(joined_);
}

void TextReader::take_lines(std::string_view text) {
  take_text(text, {});
  if (uris_.exceeded()) return;
  wrapped_.feed(text);
  take_uris(wrapped_);
}

void TextReader::take_text(std::string_view visible, std::string_view hidden) {
  if (matches()) {
    matcher_->body(visible);
    matcher_->hidden(hidden);
  }
  if (uris_.exceeded()) return;
  in_visible_.feed(visible);
  take_uris(in_visible_);
  if (hidden.empty()) return;
  in_hidden_.feed(hidden);
  take_uris(in_hidden_);
}

template <typename Finder>
void TextReader::take_uris(Finder& finder) {
  while (const auto found = finder.next()) uris_.add(*found);
}

void TextReader::take_link(const codec::HtmlLink& link) {
  if (link.kind == codec::HtmlLink::Kind::kBase && base_.empty()) base_ = link.uri;
  uris_.add_link(link.uri, base_);
}

}  // namespace sekisho::inspect
