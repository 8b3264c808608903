// gateway/self_test.h: messages of ours whose verdicts are known, as trials of the workers.
//
// A letter in Japanese with an HTML part, which must be read whole and clean; EICAR as an
// attachment and in a zip, which must be found where an antivirus is loaded. Built at run time: no
// file of ours holds EICAR.
//
// Process: front.  Memory: three files in memory, 2 KB.  Lifetime: outlives the pool.

#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"
#include "worker/pool.h"

namespace sekisho::gateway {

class SelfTest {
 public:
  static Result<SelfTest> make();
  std::vector<worker::Trial> trials() const;

 private:
  enum class Kind { kLetter, kVirus };
  struct Sample {
    std::string name;
    Kind kind;
    UniqueFd file;
    size_t bytes;
  };

  Result<void> add(std::string name, Kind kind, const std::string& message);
  static Result<void> check(const std::string& name, Kind kind, std::string_view ready,
                            std::string_view answer);

  std::vector<Sample> samples_;
};

}  // namespace sekisho::gateway
