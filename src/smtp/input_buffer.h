// smtp/input_buffer.h: what a client has sent and the session has not read yet, as one view.
//
// Fed bytes are not copied while they are read at once; keep() copies what is left before the
// caller's buffer goes. Memory: what keep() found and what was fed behind it, given back when it
// was read. Each byte is copied a bounded number of times, however it comes.

#pragma once

#include <string>
#include <string_view>

namespace sekisho::smtp {

class InputBuffer {
 public:
  void feed(std::string_view bytes);
  std::string_view view() const { return view_; }
  void consume(size_t bytes) { view_.remove_prefix(bytes); }
  void keep();
  void clear();

 private:
  std::string kept_;
  std::string_view view_;  // the end of kept_, or of the caller's bytes
  bool is_kept_ = false;
};

}  // namespace sekisho::smtp
