// smtp/received_counter.h: counts the Received fields of a message, to find mail that loops.
//
// Memory: fixed, a few bytes; nothing is scanned after the header.  Standards: RFC 5321 §6.3.

#pragma once

#include <cstddef>
#include <string_view>

namespace sekisho::smtp {

class ReceivedCounter {
 public:
  void reset();
  void feed(std::string_view bytes);
  size_t count() const { return count_; }

 private:
  size_t count_ = 0;
  size_t column_ = 0;       // bytes of the field name that matched so far
  bool matching_ = true;    // the line may still be a Received field
  bool line_empty_ = true;  // nothing but CR on this line so far
  bool in_header_ = true;
};

}  // namespace sekisho::smtp
