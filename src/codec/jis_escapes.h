// codec/jis_escapes.h: escape sequences of Japanese mail that ICU doesn't know → those it does.
//
// JIS X 0213 (ESC $ ( O, ESC $ ( Q) is read as JIS X 0208, whose characters it has in the same
// places; ESC $ ( B and ESC $ ( @, ESC ( H and ESC & @ are old software's forms. All else passes.
//
// Memory: four bytes.  Output: never longer than the input so far.  Standards: RFC 1468, ISO-IR.

#pragma once

#include <string>
#include <string_view>

namespace sekisho::codec {

class JisEscapes {
 public:
  void reset() { held_.clear(); }
  void feed(std::string_view in, std::string& out);
  void finish(std::string& out);

 private:
  std::string held_;  // an escape sequence whose end has not come yet
};

}  // namespace sekisho::codec
