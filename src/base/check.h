// base/check.h: an assertion that stays in Release builds.
//
// For our own bugs only: the process aborts, nothing was acknowledged, so the sender retries and
// the pool replaces the worker. Never for input.

#pragma once

namespace sekisho {
[[noreturn]] void check_failed(const char* condition, const char* file, int line);
}

#define SEKISHO_CHECK(condition) \
  ((condition) ? void() : ::sekisho::check_failed(#condition, __FILE__, __LINE__))
