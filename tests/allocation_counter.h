// Counts calls of operator new in this program.

#pragma once

#include <cstddef>

namespace sekisho {
size_t allocations();
}
