#include "smtp/input_buffer.h"

namespace sekisho::smtp {

void InputBuffer::feed(std::string_view bytes) {
  if (bytes.empty()) return;
  if (view_.empty()) {
    view_ = bytes;
    is_kept_ = false;
    return;
  }
  keep();
  const size_t read = kept_.size() - view_.size();
  const size_t left = view_.size();
  if (read >= left) kept_.erase(0, read);  // moves at most as much as was read since the last time
  kept_ += bytes;
  view_ = std::string_view(kept_).substr(kept_.size() - left - bytes.size());
}

void InputBuffer::keep() {
  if (view_.empty()) {
    clear();
  } else if (!is_kept_) {
    kept_.assign(view_);
    view_ = kept_;
    is_kept_ = true;
  }
}

void InputBuffer::clear() {
  std::string().swap(kept_);
  view_ = {};
  is_kept_ = false;
}

}  // namespace sekisho::smtp
