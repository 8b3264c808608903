// codec/uri_event.h: a URI inside a longer value, in pieces as the value streams.

#pragma once

#include <string_view>

namespace sekisho::codec {

struct UriEvent {
  enum class Kind {
    kBegin,
    kBytes,  // valid until the next feed() or next()
    kEnd,
    kEndText,  // ends too, but a client only follows it where it is a data: URI
  };
  Kind kind;
  std::string_view bytes;
};

}  // namespace sekisho::codec
