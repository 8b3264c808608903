// uri/wrapped_uri.h: the URIs that a hard wrap of plain text parts, put together again.
//
//   WrappedUris w(suffixes);  w.feed(utf8);  while (auto u = w.next()) use(*u);  w.finish();  …
//
// Given are only those; a UriFinder gives what each line has for itself. A URI goes on over line
// ends as far as its angle bracket is open (RFC 3986 Appendix C), and without brackets where it has
// come to a path at the end of a full line and the next line is one word that begins none.
// Quote marks before a line are passed over.
//
// Memory: a UriFinder, one line and one URI of kBytesMax each; what is longer is not joined.
// Time: linear.  Process: inspector worker.  Lifetime: the SuffixList outlives it.

#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "uri/uri_finder.h"

namespace sekisho::uri {

class WrappedUris {
 public:
  static constexpr size_t kBytesMax = 4096;
  static constexpr size_t kFullLineBytes = 60;  // mailers wrap at 60 to 80

  explicit WrappedUris(const SuffixList& suffixes) : finder_(suffixes) {}

  void reset();
  void feed(std::string_view utf8);
  void finish();
  std::optional<FoundUri> next() { return finder_.next(); }

 private:
  enum class State { kNone, kInBrackets, kBare };

  void take_line(std::string_view line);
  bool take_continuation(std::string_view line, bool full);
  void begin_uri(std::string_view line, bool full);
  void give();

  UriFinder finder_;
  std::string line_;       // the begin of one that is not over
  bool line_cut_ = false;  // it was longer than its room
  State state_ = State::kNone;
  std::string uri_;      // so far
  bool joined_ = false;  // of more than one line
};

}  // namespace sekisho::uri
