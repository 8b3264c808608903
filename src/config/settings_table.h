// config/settings_table.h: the rows themselves, before their defaults are filled in; read them by
// settings().

#pragma once

#include <vector>

#include "config/settings.h"

namespace sekisho::config {

std::vector<Setting> settings_table();

}  // namespace sekisho::config
