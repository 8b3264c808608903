#include "codec/decompressor.h"

#include <bzlib.h>
#include <lzma.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>

namespace sekisho::codec {
namespace {

constexpr size_t kInBytesMax = 1 << 20;  // in one call: the libraries count in 32 bits
constexpr int kZstdWindowLog = 27;
static_assert(Decompressor::kWindowBytesMax == size_t{1} << kZstdWindowLog);

Error broken(std::string_view what) { return Error{"broken " + std::string(what) + " data", 0}; }

// zlib and libbzip2 take the same structure, in other types.
template <typename Stream>
void lend(Stream& stream, std::string_view in, char* out, size_t room) {
  using In = decltype(stream.next_in);
  using Out = decltype(stream.next_out);
  stream.next_in = reinterpret_cast<In>(const_cast<char*>(in.data()));
  stream.avail_in = static_cast<unsigned>(in.size());
  stream.next_out = reinterpret_cast<Out>(out);
  stream.avail_out = static_cast<unsigned>(room);
}

class Gzip : public Decompressor {
 public:
  ~Gzip() override { inflateEnd(&stream_); }

 private:
  Result<void> begin_member() override {
    inflateEnd(&stream_);
    stream_ = {};
    constexpr int kGzipHeader = 16;
    if (inflateInit2(&stream_, MAX_WBITS + kGzipHeader) == Z_OK) return {};
    return Error{"gzip: no memory", ENOMEM};
  }
  Result<void> step(Step& step) override {
    lend(stream_, step.in, step.out, step.room);
    const int code = inflate(&stream_, Z_NO_FLUSH);
    step.in.remove_prefix(step.in.size() - stream_.avail_in);
    step.room = stream_.avail_out;
    step.ended = code == Z_STREAM_END;
    if (code == Z_OK || code == Z_STREAM_END || code == Z_BUF_ERROR) return {};
    return broken("gzip");
  }
  z_stream stream_{};
};

class Bzip2 : public Decompressor {
 public:
  ~Bzip2() override { BZ2_bzDecompressEnd(&stream_); }

 private:
  Result<void> begin_member() override {
    BZ2_bzDecompressEnd(&stream_);
    stream_ = {};
    if (BZ2_bzDecompressInit(&stream_, 0, 0) == BZ_OK) return {};
    return Error{"bzip2: no memory", ENOMEM};
  }
  Result<void> step(Step& step) override {
    lend(stream_, step.in, step.out, step.room);
    const int code = BZ2_bzDecompress(&stream_);
    step.in.remove_prefix(step.in.size() - stream_.avail_in);
    step.room = stream_.avail_out;
    step.ended = code == BZ_STREAM_END;
    if (code == BZ_OK || code == BZ_STREAM_END) return {};
    return broken("bzip2");
  }
  bz_stream stream_{};
};

class Xz : public Decompressor {
 public:
  ~Xz() override { lzma_end(&stream_); }

 private:
  Result<void> begin_member() override {
    if (lzma_stream_decoder(&stream_, kWindowBytesMax, 0) == LZMA_OK) return {};
    return Error{"xz: no memory", ENOMEM};
  }
  Result<void> step(Step& step) override {
    stream_.next_in = reinterpret_cast<const uint8_t*>(step.in.data());
    stream_.avail_in = step.in.size();
    stream_.next_out = reinterpret_cast<uint8_t*>(step.out);
    stream_.avail_out = step.room;
    const lzma_ret code = lzma_code(&stream_, LZMA_RUN);
    step.in.remove_prefix(step.in.size() - stream_.avail_in);
    step.room = stream_.avail_out;
    step.ended = code == LZMA_STREAM_END;
    if (code == LZMA_OK || code == LZMA_STREAM_END || code == LZMA_BUF_ERROR) return {};
    if (code == LZMA_MEMLIMIT_ERROR) return Error{"xz: a window of more than 128 MiB", 0};
    return broken("xz");
  }
  lzma_stream stream_ = LZMA_STREAM_INIT;
};

class Zstd : public Decompressor {
 private:
  Result<void> begin_member() override {
    if (!context_) return Error{"zstd: no memory", ENOMEM};
    ZSTD_DCtx_reset(context_.get(), ZSTD_reset_session_only);
    ZSTD_DCtx_setParameter(context_.get(), ZSTD_d_windowLogMax, kZstdWindowLog);
    given_ = 0;
    return {};
  }
  Result<void> step(Step& step) override {
    // A frame that comes in one piece would be read by another decoder, which finds other faults;
    // and a piece that begins as formats before 0.8 do would be taken for one in mid-header.
    const bool is_header = given_ < kHeaderBytesMin;
    ZSTD_inBuffer in{step.in.data(), std::min(is_header ? 1 : step.in.size(), step.in.size()), 0};
    ZSTD_outBuffer out{step.out, step.room, 0};
    const size_t left = ZSTD_decompressStream(context_.get(), &out, &in);
    step.in.remove_prefix(in.pos);
    given_ += in.pos;
    step.room -= out.pos;
    step.ended = left == 0;
    if (!ZSTD_isError(left)) return {};
    return Error{std::string("zstd: ") + ZSTD_getErrorName(left), 0};
  }
  std::unique_ptr<ZSTD_DCtx, decltype(&ZSTD_freeDCtx)> context_{ZSTD_createDCtx(), &ZSTD_freeDCtx};
  static constexpr size_t kHeaderBytesMin = 5;  // RFC 8878 §3.1.1
  size_t given_ = 0;                            // bytes of the frame
};

}  // namespace

Compression compression_of(std::string_view head) {
  using namespace std::string_view_literals;
  // RFC 1952 §2.3.1; the method is always 8. A bzip2 block begins with the digits of pi, an empty
  // file has those of its root.
  if (head.starts_with("\x1f\x8b\x08"sv)) return Compression::kGzip;
  if (head.starts_with("\xfd\x37zXZ\0"sv)) return Compression::kXz;
  if (head.starts_with("\x28\xb5\x2f\xfd"sv)) return Compression::kZstd;  // RFC 8878 §3.1.1
  if (head.starts_with("BZh"sv) && head.size() >= 10 && head[3] >= '1' && head[3] <= '9' &&
      (head.substr(4, 6) == "\x31\x41\x59\x26\x53\x59"sv ||
       head.substr(4, 6) == "\x17\x72\x45\x38\x50\x90"sv))
    return Compression::kBzip2;
  return Compression::kNone;
}

Result<void> Decompressor::feed(std::string_view in, const OnBytes& on_bytes) {
  while (!in.empty()) {
    if (!in_member_) {
      if (had_member_) in.remove_prefix(std::min(in.find_first_not_of('\0'), in.size()));
      if (in.empty()) return {};
      if (auto begun = begin_member(); !begun) return begun;
      in_member_ = had_member_ = true;
    }
    std::string_view piece = in.substr(0, kInBytesMax);
    const size_t size = piece.size();
    if (auto done = drain(piece, on_bytes); !done) return done;
    in.remove_prefix(size - piece.size());
  }
  return {};
}

// Until all is taken and nothing more comes of it, or the member has ended.
Result<void> Decompressor::drain(std::string_view& in, const OnBytes& on_bytes) {
  for (;;) {
    Step now{in, out_.get(), kOutBytes, false};
    const auto done = step(now);
    const bool idle = now.in.size() == in.size() && now.room == kOutBytes;
    in = now.in;
    if (now.room < kOutBytes)
      if (auto given = on_bytes({out_.get(), kOutBytes - now.room}); !given) return given;
    if (!done) return done;
    if (now.ended) {
      in_member_ = false;
      return {};
    }
    if (in.empty() && (now.room > 0 || idle)) return {};
    if (idle) return Error{"broken compressed data", 0};
  }
}

Result<void> Decompressor::finish(const OnBytes& on_bytes) {
  std::string_view none;
  if (in_member_)
    if (auto done = drain(none, on_bytes); !done) return done;
  if (in_member_ || !had_member_) return Error{"compressed data is cut off", 0};
  return {};
}

std::unique_ptr<Decompressor> make_decompressor(Compression compression) {
  switch (compression) {
    case Compression::kGzip:
      return std::make_unique<Gzip>();
    case Compression::kXz:
      return std::make_unique<Xz>();
    case Compression::kZstd:
      return std::make_unique<Zstd>();
    case Compression::kBzip2:
      return std::make_unique<Bzip2>();
    case Compression::kNone:
      break;
  }
  return nullptr;
}

}  // namespace sekisho::codec
