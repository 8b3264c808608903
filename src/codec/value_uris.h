// codec/value_uris.h: the URIs in an attribute's value that is more than one URI, while it streams.
//
//   ValueUris v;  v.reset(form);  v.feed(value);  while (auto e = v.next()) use(*e);  …
//
// A value that ends inside a URI gives no kEnd: in_uri() tells. Broken input: never fails; what
// isn't understood before the URI of a refresh is read over.
//
// Memory: fixed.  Standards: WHATWG HTML §4.8.4.2.1 (srcset), §4.2.5.3 (refresh).

#pragma once

#include <optional>
#include <string_view>

#include "codec/uri_event.h"

namespace sekisho::codec {

class ValueUris {
 public:
  enum class Form {
    kWhole,    // it is one URI
    kSrcset,   // "a.png 1x, b.png 2x"
    kRefresh,  // "0; url='http://…'"
  };

  void reset(Form form);
  void feed(std::string_view value) { in_ = value; }
  std::optional<UriEvent> next();
  bool in_uri() const { return state_ == State::kUri; }

 private:
  enum class State {
    kBefore,  // a candidate of srcset; the time of a refresh
    kWord,    // of a refresh: "url=", which may be the begin of the URI as well
    kQuote,   // of a refresh
    kUri,
    kDescriptor,  // of srcset, behind a URI
    kDone,
  };

  std::optional<UriEvent> step();
  void before();
  std::optional<UriEvent> word();
  std::optional<UriEvent> quote();
  std::optional<UriEvent> uri();
  std::optional<UriEvent> srcset_uri();
  void descriptor();
  std::optional<UriEvent> begin();
  std::optional<UriEvent> end(State next);

  Form form_ = Form::kWhole;
  State state_ = State::kBefore;
  std::string_view in_;
  size_t word_ = 0;        // letters of "url=" so far
  std::string_view held_;  // of it, that turned out to be the begin of the URI
  char quote_ = 0;
  unsigned depth_ = 0;  // of brackets in a descriptor
  size_t commas_ = 0;   // that end the candidate's URI, or go on in it
};

}  // namespace sekisho::codec
