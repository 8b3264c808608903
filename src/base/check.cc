#include "base/check.h"

#include <cstdio>
#include <cstdlib>

namespace sekisho {

void check_failed(const char* condition, const char* file, int line) {
  std::fprintf(stderr, "panic: %s:%d: %s\n", file, line, condition);
  std::abort();
}

}  // namespace sekisho
