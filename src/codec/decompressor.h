// codec/decompressor.h: what gzip, xz, zstd or bzip2 has made small, while it streams.
//
//   auto d = make_decompressor(compression_of(first_bytes));
//   if (auto fed = d->feed(chunk, on_bytes); !fed) …        // once per chunk of at most any length
//   if (auto done = d->finish(on_bytes); !done) …           // cut off in the middle
//
// Members that stand one behind the other are one stream, as the tools have it; zeros behind the
// last one are passed over, anything else there is an Error. Checksums are verified. What comes
// before a fault is given.
//
// Memory: kOutBytes and what the library's window needs, which is asked for once: gzip 32 KB, bzip2
// 4 MB, xz and zstd at most kWindowBytesMax (what `xz -9` and `zstd --long=27` need); a stream that
// wants more is an Error. What comes out is unbounded: the caller bounds it.
// Process: scan's unpacker, sandboxed.  Standards: RFC 1952, RFC 8878, the .xz file format 1.2.1.

#pragma once

#include <functional>
#include <memory>
#include <string_view>

#include "base/result.h"

namespace sekisho::codec {

enum class Compression { kNone, kGzip, kXz, kZstd, kBzip2 };

// By magic bytes; kCompressionHeadBytes are enough.
inline constexpr size_t kCompressionHeadBytes = 10;
Compression compression_of(std::string_view head);

class Decompressor {
 public:
  static constexpr size_t kOutBytes = 64 << 10;
  static constexpr size_t kWindowBytesMax = 128 << 20;

  using OnBytes = std::function<Result<void>(std::string_view)>;

  virtual ~Decompressor() = default;
  Result<void> feed(std::string_view in, const OnBytes& on_bytes);
  Result<void> finish(const OnBytes& on_bytes);

 protected:
  // One call of the library: takes from `in`, gives into `out`, shortens both by what it did.
  struct Step {
    std::string_view in;
    char* out = nullptr;
    size_t room = 0;
    bool ended = false;  // the member is whole
  };
  virtual Result<void> begin_member() = 0;
  virtual Result<void> step(Step& step) = 0;

 private:
  Result<void> drain(std::string_view& in, const OnBytes& on_bytes);

  std::unique_ptr<char[]> out_ = std::make_unique<char[]>(kOutBytes);
  bool in_member_ = false;
  bool had_member_ = false;
};

// `compression` is not kNone.
std::unique_ptr<Decompressor> make_decompressor(Compression compression);

}  // namespace sekisho::codec
