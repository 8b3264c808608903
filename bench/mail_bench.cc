// The walk of a message of 8 MB in chunks of 64 KB, and of the messages below $MAIL_BENCH_FOLDER
// (the fuzzer's where it isn't set): the parser alone, and with bodies decoded; beside a memcpy of
// the same bytes, and beside mimetic and GMime where they are installed. mimetic and GMime keep a
// tree of the whole message; they decode nothing here.

#include <benchmark/benchmark.h>

#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "base/file.h"
#include "mail/part_walk.h"

#ifdef SEKISHO_HAS_MIMETIC
#include <mimetic/mimetic.h>
#endif
#ifdef SEKISHO_HAS_GMIME
#include <gmime/gmime.h>
#endif

namespace sekisho::mail {
namespace {

constexpr size_t kMessageBytes = 8 << 20;
constexpr size_t kChunkBytes = 64 << 10;
constexpr size_t kFolderBytesMax = 32 << 20;

using Messages = std::vector<std::string>;

const std::string kTop =
    "From: a@example.com\r\nSubject: x\r\nMIME-Version: 1.0\r\n"
    "Content-Type: multipart/mixed; boundary=\"=_b\"\r\n\r\n";

std::string with_parts(const std::string& head, const std::string& line, size_t part_bytes) {
  std::string message = kTop;
  while (message.size() < kMessageBytes) {
    message += "--=_b\r\n" + head + "\r\n";
    for (size_t n = 0; n < part_bytes; n += line.size()) message += line;
  }
  return message + "--=_b--\r\n";
}

Messages real_messages() {
  const char* const folder = std::getenv("MAIL_BENCH_FOLDER");
  Messages messages;
  size_t bytes = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(
           folder != nullptr ? folder : SOURCE_DIR "/tests/fuzz/corpus/part_walk_fuzz")) {
    if (!entry.is_regular_file() || bytes > kFolderBytesMax) continue;
    if (auto text = read_file(entry.path())) messages.push_back(std::move(*text));
    bytes += messages.empty() ? 0 : messages.back().size();
  }
  return messages;
}

// 0: attachments of 1 MB in base64, 1: text of 4 KB in quoted-printable, 2: one text of 8 MB, 3:
// real ones.
const Messages& messages_of(int64_t kind) {
  static const Messages messages[] = {
      {with_parts("Content-Type: application/octet-stream; name=x.bin\r\n"
                  "Content-Transfer-Encoding: base64\r\nContent-Disposition: attachment\r\n",
                  "TWFpbCBpcyByZWFkIGFzIGl0IGNvbWVzLCBhIGxpbmUgYXQgYSB0aW1lLCBhbmQgbm90IGtl\r\n",
                  1 << 20)},
      {with_parts("Content-Type: text/plain; charset=utf-8\r\n"
                  "Content-Transfer-Encoding: quoted-printable\r\n",
                  "A line of text with =E3=81=8B=E3=81=AA in it, =\r\nand a soft break.\r\n",
                  4 << 10)},
      {with_parts("Content-Type: text/plain\r\n",
                  "A line of text as people write it, neither long nor short, with words.\r\n",
                  kMessageBytes)},
      real_messages(),
  };
  return messages[kind];
}

template <typename Feed>
void in_chunks(const std::string& message, Feed feed) {
  for (size_t at = 0; at < message.size(); at += kChunkBytes)
    feed(std::string_view(message).substr(at, kChunkBytes));
}

void finish(benchmark::State& state, const Messages& messages) {
  size_t bytes = 0;
  for (const std::string& message : messages) bytes += message.size();
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations() * bytes));
}

void Copy(benchmark::State& state) {
  const Messages& messages = messages_of(state.range(0));
  std::string window(kChunkBytes, '\0');
  for (auto _ : state)
    for (const std::string& message : messages)
      in_chunks(message, [&](std::string_view chunk) {
        std::memcpy(window.data(), chunk.data(), chunk.size());
        benchmark::DoNotOptimize(window.data());
        benchmark::ClobberMemory();
      });
  finish(state, messages);
}

void Parser(benchmark::State& state) {
  const Messages& messages = messages_of(state.range(0));
  MimeParser parser;
  size_t bytes = 0;
  const auto drain = [&] {
    while (const auto event = parser.next()) bytes += event->bytes.size();
  };
  for (auto _ : state)
    for (const std::string& message : messages) {
      parser.reset();
      in_chunks(message, [&](std::string_view chunk) {
        parser.feed(chunk);
        drain();
      });
      parser.finish();
      drain();
    }
  benchmark::DoNotOptimize(bytes);
  finish(state, messages);
}

void DecodedWalk(benchmark::State& state) {
  const Messages& messages = messages_of(state.range(0));
  size_t bytes = 0;
  PartWalk walk([&](const WalkEvent& event) { bytes += event.bytes.size(); });
  for (auto _ : state)
    for (const std::string& message : messages) {
      walk.begin({});
      in_chunks(message, [&](std::string_view chunk) { walk.feed(chunk); });
      walk.finish();
    }
  benchmark::DoNotOptimize(bytes);
  finish(state, messages);
}

#ifdef SEKISHO_HAS_MIMETIC
void Mimetic(benchmark::State& state) {
  const Messages& messages = messages_of(state.range(0));
  for (auto _ : state)
    for (const std::string& message : messages) {
      mimetic::MimeEntity entity;
      entity.load(message.begin(), message.end());
      benchmark::DoNotOptimize(entity.body().parts().size());
    }
  finish(state, messages);
}
#endif

#ifdef SEKISHO_HAS_GMIME
void GMime(benchmark::State& state) {
  g_mime_init();
  const Messages& messages = messages_of(state.range(0));
  for (auto _ : state)
    for (const std::string& message : messages) {
      GMimeStream* stream = g_mime_stream_mem_new_with_buffer(message.data(), message.size());
      GMimeParser* parser = g_mime_parser_new_with_stream(stream);
      GMimeMessage* parsed = g_mime_parser_construct_message(parser, nullptr);
      benchmark::DoNotOptimize(parsed);
      g_object_unref(parsed);
      g_object_unref(parser);
      g_object_unref(stream);
    }
  finish(state, messages);
}
#endif

BENCHMARK(Copy)->DenseRange(0, 3);
BENCHMARK(Parser)->DenseRange(0, 3);
BENCHMARK(DecodedWalk)->DenseRange(0, 3);
#ifdef SEKISHO_HAS_MIMETIC
BENCHMARK(Mimetic)->DenseRange(0, 3);
#endif
#ifdef SEKISHO_HAS_GMIME
BENCHMARK(GMime)->DenseRange(0, 3);
#endif

}  // namespace
}  // namespace sekisho::mail

BENCHMARK_MAIN();
