// How fast the shipped rules are matched.
//
// scan/<target>/<chunk>: 1 MB of text made of the rules' own samples and plain prose (so that
// patterns start to match as often as in mail), in chunks of 1, 16 and 64 KiB. memcpy/<chunk>
// copies the same bytes: the ratio between the two is what to look at, since absolute figures
// depend on the machine.

#include <benchmark/benchmark.h>

#include <cstring>
#include <filesystem>
#include <random>
#include <string>
#include <vector>

#include "rules/matcher.h"

namespace sekisho::rules {
namespace {

constexpr size_t kTextBytes = 1 << 20;

const RuleSet& shipped() {
  static const auto rules = [] {
    std::vector<RuleError> errors;
    return RuleSet::load({std::filesystem::path(SOURCE_DIR) / "rules"}, errors);
  }();
  return *rules;
}

const std::string& text() {
  static const std::string made = [] {
    const std::string prose =
        "The meeting was moved to Thursday, and the minutes of the last one are attached.\r\n"
        "Please send your comments to the list before the end of the week. Thank you all.\r\n";
    std::minstd_rand random(1);
    std::string out;
    while (out.size() < kTextBytes) {
      const auto& samples = shipped().samples();
      if (random() % 20 == 0) out += samples[random() % samples.size()].text + "\r\n";
      out += prose;
      if (random() % 4 == 0) out += "\r\n";
    }
    out.resize(kTextBytes);
    return out;
  }();
  return made;
}

template <typename Feed>
void in_chunks(size_t chunk_bytes, Feed feed) {
  for (size_t at = 0; at < kTextBytes; at += chunk_bytes)
    feed(std::string_view(text()).substr(at, chunk_bytes));
}

void run_scan(benchmark::State& state, void (Matcher::*feed)(std::string_view)) {
  Matcher matcher(shipped());
  text();
  for (auto _ : state) {
    matcher.begin();
    matcher.part_begin();
    in_chunks(static_cast<size_t>(state.range(0)),
              [&](std::string_view chunk) { (matcher.*feed)(chunk); });
    matcher.part_end();
    benchmark::DoNotOptimize(matcher.finish().size());
  }
  state.SetBytesProcessed(state.iterations() * static_cast<int64_t>(kTextBytes));
}

void scan_body(benchmark::State& state) { run_scan(state, &Matcher::body); }
void scan_rawbody(benchmark::State& state) { run_scan(state, &Matcher::rawbody); }

void copy_bytes(benchmark::State& state) {
  std::vector<char> to(static_cast<size_t>(state.range(0)));
  for (auto _ : state)
    in_chunks(to.size(), [&](std::string_view chunk) {
      std::memcpy(to.data(), chunk.data(), chunk.size());
      benchmark::ClobberMemory();
    });
  state.SetBytesProcessed(state.iterations() * static_cast<int64_t>(kTextBytes));
}

void scan_headers(benchmark::State& state) {
  Matcher matcher(shipped());
  for (auto _ : state) {
    matcher.begin();
    for (int i = 0; i < 6; ++i)
      matcher.header("Received", " from a.example by b.example; Fri, 7 Jun 2024 12:00:00 +0000",
                     "x");
    matcher.header("From", " \"Ann Lee\" <ann@example.com>", "\"Ann Lee\" <ann@example.com>");
    matcher.header("Subject", " Minutes of Thursday", "Minutes of Thursday");
    matcher.header("Message-ID", " <1@example.com>", "<1@example.com>");
    benchmark::DoNotOptimize(matcher.finish().size());
  }
}

void load(benchmark::State& state) {
  for (auto _ : state) {
    std::vector<RuleError> errors;
    benchmark::DoNotOptimize(
        RuleSet::load({std::filesystem::path(SOURCE_DIR) / "rules"}, errors)->size());
  }
}

BENCHMARK(scan_body)->Name("scan/body")->Arg(1 << 10)->Arg(16 << 10)->Arg(64 << 10);
BENCHMARK(scan_rawbody)->Name("scan/rawbody")->Arg(1 << 10)->Arg(16 << 10)->Arg(64 << 10);
BENCHMARK(copy_bytes)->Name("memcpy")->Arg(1 << 10)->Arg(16 << 10)->Arg(64 << 10);
BENCHMARK(scan_headers)->Name("header of one message");
BENCHMARK(load)->Name("load the shipped rules")->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace sekisho::rules

BENCHMARK_MAIN();
