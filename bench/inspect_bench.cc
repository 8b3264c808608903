// What the inspection of real mail costs: the walk (parser, decoders, rules) and the antivirus.
//
//   inspect_bench RULES SIGNATURES|- FOLDER ROUNDS
// Each file below FOLDER is a message; with other arguments, the seeds of the walk's fuzzer are.
// Prints for each round the milliseconds of all walks and of the antivirus: what to look at is the
// ratio to another build's in the same minute.

#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <string>
#include <vector>

#include "base/file.h"
#include "inspect/pipeline.h"
#include "inspect/policy.h"

namespace sekisho::inspect {
namespace {

namespace fs = std::filesystem;

std::unique_ptr<antivirus::Engine> load_engine(const std::string& folder) {
  if (folder == "-") return nullptr;
  antivirus::EngineOptions options;
  options.scratch = fs::temp_directory_path();
  auto engine = antivirus::Engine::load({folder}, options);
  if (engine) return std::move(*engine);
  std::fprintf(stderr, "%s\n", engine.error().message.c_str());
  std::exit(2);
}

struct Spooled {
  UniqueFd fd;
  uint64_t size = 0;
};

std::vector<Spooled> spool(const fs::path& folder) {
  std::vector<Spooled> messages;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file() || messages.size() == 800) continue;
    const auto text = read_file(entry.path());
    auto file = make_unlinked_file(fs::temp_directory_path());
    if (text && file && write_at(file->get(), *text, 0))
      messages.push_back({std::move(*file), text->size()});
  }
  return messages;
}

int run(char** arguments) {
  std::vector<rules::RuleError> errors;
  const auto rules = rules::RuleSet::load({arguments[1]}, errors);
  const auto engine = load_engine(arguments[2]);
  const std::vector<Spooled> messages = spool(arguments[3]);
  auto pipeline = Pipeline::make(rules, engine.get(), fs::temp_directory_path());
  if (!pipeline) return 2;
  for (int round = 0; round < std::atoi(arguments[4]); ++round) {
    Timings sum;
    const std::clock_t begun = std::clock();
    for (const Spooled& message : messages) {
      Job job;
      job.size = message.size;
      const Timings one = (*pipeline)->run(message.fd.get(), job).timings;
      sum.walk_ms += one.walk_ms;
      sum.antivirus_ms += one.antivirus_ms;
    }
    const double cpu_ms = 1000.0 * static_cast<double>(std::clock() - begun) / CLOCKS_PER_SEC;
    std::printf("%zu messages  walk %.1f ms  antivirus %.1f ms  processor %.1f ms\n",
                messages.size(), sum.walk_ms, sum.antivirus_ms, cpu_ms);
  }
  return 0;
}

}  // namespace
}  // namespace sekisho::inspect

int main(int count, char** arguments) {
  std::string defaults[] = {arguments[0], SOURCE_DIR "/rules", "-",
                            SOURCE_DIR "/tests/fuzz/corpus/part_walk_fuzz", "3"};
  char* texts[] = {defaults[0].data(), defaults[1].data(), defaults[2].data(), defaults[3].data(),
                   defaults[4].data()};
  return sekisho::inspect::run(count == 5 ? arguments : texts);
}
