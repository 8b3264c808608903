// What the whole inspection of a message costs beside libclamav's own scan of the same file, with
// its mail parser: the least that a gateway pays that scans mail whole with libclamav.
//
//   floor_bench [RULES|- SIGNATURES FILE…]
// Without arguments: the shipped rules and signatures on messages of its own (text, then base64).
// One row per file: CPU milliseconds (medians of rounds taken in turn) of libclamav alone, of the
// inspection with antivirus and rules, of both its parts, and the ratio. No cache of clean files
// on either side.

#include <clamav.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <random>
#include <string>
#include <vector>

#include "base/file.h"
#include "inspect/pipeline.h"
#include "inspect/policy.h"

namespace sekisho::inspect {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void give_up(const std::string& why) {
  std::fprintf(stderr, "%s\n", why.c_str());
  std::exit(2);
}

double cpu_ms() { return 1000.0 * static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

cl_engine* load_alone(const std::string& folder) {
  cl_engine* engine = cl_engine_new();
  unsigned signatures = 0;
  if (!engine || cl_load(folder.c_str(), engine, &signatures, CL_DB_STDOPT) != CL_SUCCESS)
    give_up("libclamav can't load " + folder);
  cl_engine_set_num(engine, CL_ENGINE_MAX_FILESIZE, 300ll << 20);
  cl_engine_set_num(engine, CL_ENGINE_MAX_SCANSIZE, 1000ll << 20);
  cl_engine_set_num(engine, CL_ENGINE_DISABLE_CACHE, 1);
  if (cl_engine_compile(engine) != CL_SUCCESS) give_up("libclamav can't compile " + folder);
  return engine;
}

void scan_alone(cl_engine* engine, int fd) {
  cl_scan_options options{};
  options.parse = ~0u;
  options.general = CL_SCAN_GENERAL_HEURISTICS;
  const char* name = nullptr;
  unsigned long scanned = 0;
  ::lseek(fd, 0, SEEK_SET);
  cl_scandesc(fd, nullptr, &name, &scanned, engine, &options);
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

// `bytes` of mail: a quarter is words, the rest base64 of bytes without pattern.
std::string make_message(size_t bytes) {
  std::mt19937 random(7);
  std::string text =
      "From: a@example.test\r\nTo: b@example.test\r\nSubject: a message\r\nMIME-Version: 1.0\r\n"
      "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\n";
  while (text.size() < bytes / 4) {
    for (size_t letters = 2 + random() % 8; letters > 0; --letters)
      text.push_back(static_cast<char>('a' + random() % 26));
    text += random() % 10 == 0 ? ".\r\n" : " ";
  }
  text +=
      "\r\n--b\r\nContent-Type: application/octet-stream; name=data.bin\r\n"
      "Content-Transfer-Encoding: base64\r\n\r\n";
  while (text.size() < bytes) {
    for (int i = 0; i < 76; ++i)
      text.push_back(
          "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"[random() % 64]);
    text += "\r\n";
  }
  return text + "--b--\r\n";
}

void measure(const std::string& name, int fd, cl_engine* alone, Pipeline& pipeline) {
  struct stat status {};
  if (::fstat(fd, &status) != 0) give_up("can't read " + name);
  const auto bytes = static_cast<size_t>(status.st_size);
  const size_t rounds = bytes > (50u << 20) ? 3 : bytes > (100u << 10) ? 7 : 101;
  std::vector<double> floor, whole, walk, antivirus;
  for (size_t round = 0; round < rounds; ++round) {
    const double begun = cpu_ms();
    scan_alone(alone, fd);
    const double between = cpu_ms();
    Job job;
    job.size = bytes;
    const Timings timings = pipeline.run(fd, job).timings;
    floor.push_back(between - begun);
    whole.push_back(cpu_ms() - between);
    walk.push_back(timings.walk_ms);
    antivirus.push_back(timings.antivirus_ms);
  }
  std::printf(
      "%-16s %10zu bytes  libclamav %8.2f  inspection %8.2f (walk %7.2f, antivirus %8.2f)  ratio "
      "%.2f\n",
      name.c_str(), bytes, median(floor), median(whole), median(walk), median(antivirus),
      median(whole) / median(floor));
  std::fflush(stdout);
}

void measure_own(cl_engine* alone, Pipeline& pipeline) {
  for (const size_t bytes : {5u << 10, 1u << 20, 20u << 20, 100u << 20}) {
    auto file = make_unlinked_file(fs::temp_directory_path());
    if (!file || !write_at(file->get(), make_message(bytes), 0)) give_up("can't write");
    measure("own", file->get(), alone, pipeline);
  }
}

int run(const std::vector<std::string>& arguments) {
  antivirus::tune_malloc();
  std::shared_ptr<const rules::RuleSet> rules;
  std::vector<rules::RuleError> errors;
  if (arguments[0] != "-") rules = rules::RuleSet::load({arguments[0]}, errors);
  antivirus::EngineOptions options;
  options.scratch = "/dev/shm";
  auto engine = antivirus::Engine::load({arguments[1]}, options);
  if (!engine) give_up(engine.error().message);
  antivirus::warm_up();
  cl_engine* alone = load_alone(arguments[1]);
  auto pipeline = Pipeline::make(rules, engine->get(), fs::temp_directory_path());
  if (!pipeline) give_up(pipeline.error().message);
  if (arguments.size() == 2) measure_own(alone, **pipeline);
  for (size_t i = 2; i < arguments.size(); ++i) {
    const UniqueFd file(::open(arguments[i].c_str(), O_RDONLY | O_CLOEXEC));
    measure(fs::path(arguments[i]).filename(), file.get(), alone, **pipeline);
  }
  cl_engine_free(alone);
  return 0;
}

}  // namespace
}  // namespace sekisho::inspect

int main(int count, char** arguments) {
  std::vector<std::string> texts(arguments + 1, arguments + count);
  if (texts.size() < 3) texts = {SOURCE_DIR "/rules", SOURCE_DIR "/signatures"};
  return sekisho::inspect::run(texts);
}
