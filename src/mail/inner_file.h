// mail/inner_file.h: what the readers of files inside a part say of each.

#pragma once

#include <functional>
#include <string_view>

namespace sekisho::mail {

// Begin, then names and bytes as they come, then end; none is open when another begins.
struct InnerFileEvent {
  enum class Kind { kBegin, kName, kBytes, kEnd };

  Kind kind;
  std::string_view name;   // kBegin, kName: UTF-8, or as it stands where no charset is known
  std::string_view bytes;  // kBytes
  std::string_view type, charset;  // kBegin: where the container says it
};
using OnInnerFile = std::function<void(const InnerFileEvent&)>;

}  // namespace sekisho::mail
