#include "codec/decompressor.h"

#include <bzlib.h>
#include <gtest/gtest.h>
#include <lzma.h>
#include <zlib.h>
#include <zstd.h>

#include <string>
#include <vector>

#include "every_split.h"

namespace sekisho::codec {
namespace {

std::string gzip(std::string_view plain) {
  z_stream stream{};
  EXPECT_EQ(deflateInit2(&stream, 9, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
  std::string out(deflateBound(&stream, plain.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(plain.data()));
  stream.avail_in = static_cast<unsigned>(plain.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<unsigned>(out.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

std::string bzip2(std::string_view plain) {
  std::string out(plain.size() + 1000, '\0');
  unsigned size = static_cast<unsigned>(out.size());
  EXPECT_EQ(BZ2_bzBuffToBuffCompress(out.data(), &size, const_cast<char*>(plain.data()),
                                     static_cast<unsigned>(plain.size()), 9, 0, 0),
            BZ_OK);
  out.resize(size);
  return out;
}

std::string xz_with_window(std::string_view plain, uint32_t window_bytes) {
  lzma_options_lzma options;
  lzma_lzma_preset(&options, 0);
  options.dict_size = window_bytes;
  lzma_filter filters[] = {{LZMA_FILTER_LZMA2, &options}, {LZMA_VLI_UNKNOWN, nullptr}};
  std::string out(plain.size() + 1000, '\0');
  size_t size = 0;
  EXPECT_EQ(lzma_stream_buffer_encode(filters, LZMA_CHECK_CRC64, nullptr,
                                      reinterpret_cast<const uint8_t*>(plain.data()), plain.size(),
                                      reinterpret_cast<uint8_t*>(out.data()), &size, out.size()),
            LZMA_OK);
  out.resize(size);
  return out;
}

std::string xz(std::string_view plain) { return xz_with_window(plain, 1 << 16); }

// With a header of its own, so that the window can be any; the content is one raw block.
std::string zstd_with_window(std::string_view plain, unsigned window_log) {
  std::string out("\x28\xb5\x2f\xfd\0", 5);
  out += static_cast<char>((window_log - 10) << 3);
  const unsigned block = static_cast<unsigned>(plain.size() << 3 | 1);
  for (const unsigned shift : {0u, 8u, 16u}) out += static_cast<char>(block >> shift & 0xff);
  return out += plain;
}

std::string zstd(std::string_view plain) {
  std::string out(ZSTD_compressBound(plain.size()), '\0');
  out.resize(ZSTD_compress(out.data(), out.size(), plain.data(), plain.size(), 3));
  return out;
}

// What comes out, and behind it what is wrong.
std::string unpack(const std::vector<std::string_view>& chunks, std::string_view head) {
  const auto d = make_decompressor(compression_of(head));
  std::string out;
  const auto keep = [&](std::string_view bytes) {
    out += bytes;
    return Result<void>();
  };
  for (const std::string_view chunk : chunks)
    if (auto fed = d->feed(std::string(chunk), keep); !fed) return out + "!" + fed.error().message;
  if (auto done = d->finish(keep); !done) return out + "!" + done.error().message;
  return out;
}

std::string unpack(std::string_view packed) { return unpack({packed}, packed); }

struct Form {
  const char* name;
  Compression compression;
  std::string (*pack)(std::string_view);
};
constexpr Form kForms[] = {{"gzip", Compression::kGzip, gzip},
                           {"bzip2", Compression::kBzip2, bzip2},
                           {"xz", Compression::kXz, xz},
                           {"zstd", Compression::kZstd, zstd}};

TEST(Decompressor, EachFormIsKnownAndUnpacksHoweverItIsCut) {
  const std::string plain = "From a\n\n" + std::string(500, 'x') + "\nthe end\n";
  for (const Form& form : kForms) {
    SCOPED_TRACE(form.name);
    const std::string packed = form.pack(plain);
    EXPECT_EQ(compression_of(packed.substr(0, kCompressionHeadBytes)), form.compression);
    EXPECT_EQ(unpack(packed), plain);
    expect_same_for_every_split(packed, [&](const auto& chunks) { return unpack(chunks, packed); });
    EXPECT_EQ(unpack(form.pack("")), "");
  }
  EXPECT_EQ(compression_of("From a\n"), Compression::kNone);
  EXPECT_EQ(compression_of("BZh9 is a name"), Compression::kNone);
  EXPECT_EQ(compression_of(""), Compression::kNone);
}

TEST(Decompressor, MembersOneBehindTheOtherAreOneStream) {
  for (const Form& form : kForms) {
    SCOPED_TRACE(form.name);
    const std::string two = form.pack("one,") + form.pack("two");
    EXPECT_EQ(unpack(two), "one,two");
    expect_same_for_every_split(two, [&](const auto& chunks) { return unpack(chunks, two); });
    EXPECT_EQ(unpack(two + std::string(700, '\0')), "one,two");
    EXPECT_NE(unpack(two + "junk that is none").find('!'), std::string::npos);
  }
}

TEST(Decompressor, ALargeTextComesInPieces) {
  const std::string plain(5'000'000, 'x');
  for (const Form& form : kForms) EXPECT_EQ(unpack(form.pack(plain)), plain) << form.name;
}

TEST(Decompressor, CutOffOrChangedIsAnError) {
  std::string plain;
  for (int i = 0; i < 2000; ++i) plain += std::to_string(i * 7919);
  for (const Form& form : kForms) {
    SCOPED_TRACE(form.name);
    std::string packed = form.pack(plain);
    for (const size_t size : {packed.size() - 1, packed.size() - 5, packed.size() / 2, size_t{12}})
      EXPECT_NE(unpack(packed.substr(0, size)).find("!"), std::string::npos) << size;
    packed[packed.size() / 2] = static_cast<char>(packed[packed.size() / 2] ^ 0x55);
    if (form.compression == Compression::kZstd) continue;  // a checksum only when asked for
    EXPECT_NE(unpack(packed).find("!"), std::string::npos);
  }
}

TEST(Decompressor, AWindowOverTheLimitIsAnError) {
  EXPECT_EQ(unpack(xz_with_window("abc", 64 << 20)), "abc");
  EXPECT_EQ(unpack(xz_with_window("abc", 256 << 20)), "!xz: a window of more than 128 MiB");
  EXPECT_EQ(unpack(zstd_with_window("abc", 27)), "abc");
  EXPECT_EQ(unpack(zstd_with_window("abc", 28)),
            "!zstd: Frame requires too much memory for decoding");
}

}  // namespace
}  // namespace sekisho::codec
