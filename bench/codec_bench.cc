// How fast mail is decoded.
//
// <class>/<input>: 1 MB of input in chunks of 64 KiB, the window of the walk. memcpy copies the
// same number of bytes in the same chunks: the ratio to it is what to look at, since absolute
// figures depend on the machine. Figures are bytes of input.

#include <benchmark/benchmark.h>

#include <cstring>
#include <functional>
#include <string>

#include "codec/charset_decoder.h"
#include "codec/encoded_word.h"
#include "codec/html_text.h"
#include "codec/sha256.h"
#include "codec/transfer_decoder.h"

namespace sekisho::codec {
namespace {

constexpr size_t kInputBytes = 1 << 20;
constexpr size_t kChunkBytes = 64 << 10;

std::string repeated(std::string_view piece) {
  std::string out;
  while (out.size() < kInputBytes) out += piece;
  out.resize(kInputBytes);
  return out;
}

const std::string kAsciiText = repeated(
    "The meeting was moved to Thursday, and the minutes of the last one are attached.\r\n");
const std::string kJapaneseText =
    repeated("会議は木曜日に変更になりました。前回の議事録を添付しますので、ご確認ください。\r\n");
const std::string kMixedText =
    repeated("Re: 会議は Thursday に変更。URL は http://example.jp/ です。\r\n");

std::string base64_of(std::string_view text) {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (size_t at = 0; at + 3 <= text.size() && out.size() < kInputBytes; at += 3) {
    const auto byte = [&](size_t i) { return static_cast<unsigned char>(text[at + i]); };
    const unsigned group = static_cast<unsigned>(byte(0) << 16 | byte(1) << 8 | byte(2));
    for (int shift = 18; shift >= 0; shift -= 6) out += kDigits[group >> shift & 63];
    if (at % 57 == 54) out += "\r\n";
  }
  return out;
}

std::string quoted_of(std::string_view text) {
  std::string out;
  size_t line = 0;
  for (size_t at = 0; at < text.size() && out.size() < kInputBytes; ++at) {
    const char c = text[at];
    if (c == '\n') line = 0;
    if (line > 72) {
      out += "=\r\n";
      line = 0;
    }
    if (c < 0 || c == '=') {
      char escape[4];
      std::snprintf(escape, sizeof escape, "=%02X", static_cast<unsigned char>(c));
      out += escape;
      line += 3;
    } else {
      out += c;
      ++line;
    }
  }
  return out;
}

const std::string kHtml = repeated(
    "<tr><td style=\"padding:0 10px; font-size:14px; color:#333333\" class=\"cell\" width=\"100%\">"
    "<a href=\"https://shop.example.jp/item?id=1234&amp;ref=mail\" target=\"_blank\">秋の新作 "
    "&nbsp;"
    "20% OFF</a><br>The offer ends on Sunday, and shipping is free for members.</td></tr>\r\n");

template <typename Feed>
void run(benchmark::State& state, std::string_view input, Feed feed) {
  for (auto _ : state)
    for (size_t at = 0; at < input.size(); at += kChunkBytes) feed(input.substr(at, kChunkBytes));
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations()) *
                          static_cast<int64_t>(input.size()));
}

void copy(benchmark::State& state) {
  std::string to(kChunkBytes, '\0');
  run(state, kAsciiText, [&](std::string_view chunk) {
    std::memcpy(to.data(), chunk.data(), chunk.size());
    benchmark::ClobberMemory();
  });
}
BENCHMARK(copy)->Name("memcpy");

void transfer(benchmark::State& state, TransferEncoding encoding, const std::string& input) {
  TransferDecoder decoder(encoding);
  std::string out;
  run(state, input, [&](std::string_view chunk) {
    out.clear();
    decoder.feed(chunk, out);
    benchmark::DoNotOptimize(out.data());
  });
}
const std::string kBase64 = base64_of(kAsciiText);
const std::string kQuotedAscii = quoted_of(kAsciiText);
const std::string kQuotedJapanese = quoted_of(kJapaneseText);
const std::string kUuencoded =
    "begin 644 a\n" + repeated("M4$L#!!0``@`(`!%*CDD\\SU%H1@```$0````)````96EC87(N8V]MBS#U5PQ0\n");
const std::string kYencoded = "=ybegin name=a\n" + repeated(std::string(127, 'x') + "=}\r\n");
BENCHMARK_CAPTURE(transfer, base64, TransferEncoding::kBase64, kBase64);
BENCHMARK_CAPTURE(transfer, quoted_ascii, TransferEncoding::kQuotedPrintable, kQuotedAscii);
BENCHMARK_CAPTURE(transfer, quoted_japanese, TransferEncoding::kQuotedPrintable, kQuotedJapanese);
BENCHMARK_CAPTURE(transfer, uuencode, TransferEncoding::kUuencode, kUuencoded);
BENCHMARK_CAPTURE(transfer, yenc, TransferEncoding::kYenc, kYencoded);

void charset(benchmark::State& state, const char* label, const std::string& input) {
  CharsetDecoder decoder;
  decoder.reset(label);
  std::string out;
  run(state, input, [&](std::string_view chunk) {
    out.clear();
    decoder.feed(chunk, out);
    benchmark::DoNotOptimize(out.data());
  });
}
const std::string kIso2022Jp = repeated("\x1B$B2q5D$OLZMKF|$KJQ99$K$J$j$^$7$?!#\x1B(B\r\n");
const std::string kShiftJis =
    repeated("\x89\xEF\x8B\x63\x82\xCD\x96\xD8\x97\x6A\x93\xFA\x82\xC9\r\n");
BENCHMARK_CAPTURE(charset, utf8_ascii, "utf-8", kAsciiText);
BENCHMARK_CAPTURE(charset, utf8_japanese, "utf-8", kJapaneseText);
BENCHMARK_CAPTURE(charset, utf8_mixed, "utf-8", kMixedText);
BENCHMARK_CAPTURE(charset, iso2022jp, "iso-2022-jp", kIso2022Jp);
BENCHMARK_CAPTURE(charset, shift_jis, "shift_jis", kShiftJis);
BENCHMARK_CAPTURE(charset, latin1_ascii, "iso-8859-1", kAsciiText);

void html(benchmark::State& state, const std::string& input) {
  HtmlText decoder;
  std::string out;
  run(state, input, [&](std::string_view chunk) {
    out.clear();
    decoder.feed(chunk, out);
    benchmark::DoNotOptimize(out.data());
  });
}
BENCHMARK_CAPTURE(html, newsletter, kHtml);
BENCHMARK_CAPTURE(html, plain_text, kAsciiText);

void sha256(benchmark::State& state) {
  Sha256 digest;
  run(state, kAsciiText, [&](std::string_view chunk) { digest.feed(chunk); });
}
BENCHMARK(sha256);

void encoded_word(benchmark::State& state) {
  const std::string field = "Re: =?iso-2022-jp?B?GyRCJUYlOSVIGyhC?= =?utf-8?Q?=E3=83=86?= x";
  for (auto _ : state) benchmark::DoNotOptimize(decode_encoded_words(field));
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations()) *
                          static_cast<int64_t>(field.size()));
}
BENCHMARK(encoded_word);

}  // namespace
}  // namespace sekisho::codec

BENCHMARK_MAIN();
