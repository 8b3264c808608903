// codec/link_value.h: the value of one link as it streams: a URI to keep, or data to give out.
//
//   LinkValue v;  v.begin();  v.feed(bytes, data); …  if (!v.end(data)) use(v.uri());
//
// Memory: kBytesMax of the URI, the head of a data: URI.  Output: data is never longer than the
// input.  Broken input: never fails.  Standards: RFC 2397, WHATWG URL §4.4.

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "codec/uri_payload.h"

namespace sekisho::codec {

// A data: URI, or a piece of one.
struct HtmlData {
  std::string type;  // where it begins; empty for what goes on
  std::string charset;
  std::string bytes;
  bool ends = false;
};

class LinkValue {
 public:
  static constexpr size_t kBytesMax = 8192;

  void begin();
  // What comes is a page in itself (srcdoc), no URI of one.
  void begin_page(std::vector<HtmlData>& data);
  void feed(std::string_view bytes, std::vector<HtmlData>& data);
  // True when it was a data: URI, whose last piece is now in `data`.
  bool end(std::vector<HtmlData>& data);
  bool is_data() const { return payload_open_ || page_; }

  // Without white space around and line ends inside.
  std::string uri() const;
  bool cut() const { return cut_; }

 private:
  UriPayload payload_;
  bool payload_open_ = false;
  bool page_ = false;  // and its bytes stand as they are
  std::string value_;
  bool cut_ = false;
};

// White space at the ends goes, tabs and line ends go everywhere (WHATWG URL §4.4).
std::string cleaned_uri(std::string_view uri);

}  // namespace sekisho::codec
