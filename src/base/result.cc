#include "base/result.h"

#include <cerrno>
#include <system_error>

namespace sekisho {

Error errno_error(std::string_view what, int code) {
  return {std::string(what) + ": " + std::generic_category().message(code), code};
}

Error errno_error(std::string_view what) { return errno_error(what, errno); }

}  // namespace sekisho
