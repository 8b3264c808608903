#include "codec/html_links.h"

#include <utility>

namespace sekisho::codec {

void HtmlLinks::reset() {
  form_ = Form::kUri;
  value_uris_.reset(ValueUris::Form::kWhole);
  css_uris_.reset();
  link_.begin();
}

void HtmlLinks::begin(Form form, HtmlLink::Kind kind, Output out) {
  using Whole = ValueUris::Form;
  form_ = form;
  kind_ = kind;
  css_uris_.reset();
  value_uris_.reset(form == Form::kSrcset    ? Whole::kSrcset
                    : form == Form::kRefresh ? Whole::kRefresh
                                             : Whole::kWhole);
  if (form == Form::kPage) link_.begin_page(out.data);
}

void HtmlLinks::feed(std::string_view value, Output out) {
  if (form_ == Form::kPage) return link_.feed(value, out.data);
  if (form_ == Form::kStyle) {
    css_uris_.feed(value);
    take(css_uris_, out);
  } else {
    value_uris_.feed(value);
    take(value_uris_, out);
  }
}

// A link that the value leaves open ends with it.
void HtmlLinks::end(Output out) {
  const bool in_uri = form_ == Form::kStyle ? css_uris_.in_uri() : value_uris_.in_uri();
  if (in_uri)
    end_link(out);
  else
    link_.end(out.data);
  reset();
}

template <typename Uris>
void HtmlLinks::take(Uris& uris, Output out) {
  while (const auto event = uris.next()) {
    using Event = UriEvent::Kind;
    if (event->kind == Event::kBegin) link_.begin();
    if (event->kind == Event::kBytes) link_.feed(event->bytes, out.data);
    if (event->kind == Event::kEnd) end_link(out);
    if (event->kind == Event::kEndText) link_.end(out.data);
  }
}

void HtmlLinks::end_link(Output out) {
  if (link_.end(out.data)) return;
  std::string uri = link_.uri();
  if (!uri.empty()) out.links.push_back({kind_, std::move(uri), {}, link_.cut()});
}

}  // namespace sekisho::codec
