// A file of fixtures/ (made by make_fixtures.py) as the readers get it.

#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>

#include <string>

#include "base/file.h"

namespace sekisho::attachment {

struct Fixture {
  explicit Fixture(const std::string& name)
      : fd(::open((std::string(SOURCE_DIR "/tests/unit/attachment/fixtures/") + name).c_str(),
                  O_RDONLY | O_CLOEXEC)) {
    EXPECT_TRUE(fd) << name;
    size = file_size(fd.get()).value();
  }

  UniqueFd fd;
  uint64_t size = 0;
};

}  // namespace sekisho::attachment
