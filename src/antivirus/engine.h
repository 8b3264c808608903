// antivirus/engine.h: libclamav, made to fail closed.
//
//   tune_malloc();                            // first thing in the inspector parent
//   Result<std::unique_ptr<Engine>> engine = Engine::load(folders, {.scratch = "/dev/shm/x"});
//   warm_up();                                // before fork and sandbox
//   ScanResult r = (*engine)->scan(spool, Engine::Reading::kBytes);
//   if (r.clean()) …
//
// libclamav says "clean" for much that it has not looked at: objects over a limit, an unwritable
// temporary folder, read errors. Here an object is clean only when everything in it was scanned;
// what was not is named in `unscanned`, and policy decides.
//
// Memory: the signatures, shared by workers forked after load(); during a scan 8.5 MB for kBytes,
// whatever the size, and up to 3.3 × size for kMail, so give kMail small objects only. Members of
// archives go to files in `scratch`.
// Process: inspector parent (load), inspector worker (scan).  Threads: one scan at a time in each.
// Broken input: never fails.  Lifetime: results own their strings.

#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"

namespace sekisho::antivirus {

struct EngineOptions {
  std::filesystem::path scratch;  // for libclamav's temporary files: writable, best on a tmpfs
  // A 100 MB message is up to 137 MB as base64 with its line ends; beside it there are headers.
  uint64_t object_bytes_max = 160ull << 20;  // one object: message, part, archive member
  uint64_t scan_bytes_max = 1024ull << 20;   // an object and all that is extracted from it
  uint32_t files_max = 10000;                // in one object
  uint32_t depth_max = 17;                   // archives in archives
  // All scans of a message of 80 MB or more together. Coarse: a large object is read on.
  std::chrono::milliseconds scan_timeout = std::chrono::seconds(60);
};

// What a message of that size may take: a quarter of `longest` and more by its size, so that small
// ones that unpack to much don't hold a worker for as long as large ones need.
std::chrono::milliseconds scan_time(uint64_t message_bytes, std::chrono::milliseconds longest);

struct ScanResult {
  std::vector<std::string> viruses;  // sorted, unique: names as libclamav gives them
  std::vector<std::string>
      unscanned;  // sorted, unique: "encrypted", "limit", "unsupported_archive", "engine_error"

  bool clean() const { return viruses.empty() && unscanned.empty(); }
};

// Told of each file that was unpacked of an object and may itself be more than bytes: an archive, a
// document, a program. By descriptor, for the time of the call. False: it could not be read.
using OnInner = std::function<bool(int fd, uint64_t size)>;

class Engine {
 public:
  // kBytes: the object as it is, archives and documents unpacked. kMail: libclamav's own, lenient
  // mail parser as well, which finds what a strict one misses (uuencode, odd MIME, data: URIs).
  enum class Reading { kBytes, kMail };
  static constexpr uint64_t kSmallBytes = 4 << 20;

  // All databases in all `folders`; a folder that is missing or has none is passed over. An Error
  // when no signature was loaded or a database is broken.
  static Result<std::unique_ptr<Engine>> load(const std::vector<std::filesystem::path>& folders,
                                              const EngineOptions& options);
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  size_t signatures() const;

  // From now on libclamav's temporary files go to `small` (best a tmpfs; it may be of limited size)
  // for objects of up to kSmallBytes, and to `large` (on disk) for larger ones and for small ones
  // that unpack to more than `small` holds. For each forked worker folders of its own: forked
  // processes share the state of libclamav's random names, which then collide in one folder.
  void use_scratch(const std::filesystem::path& small, const std::filesystem::path& large);

  // A message of that size begins: there is scan_time() again. What comes when it is used up is
  // "limit".
  void start_message(uint64_t bytes);

  // The whole file behind `fd`, whatever its position. An object of at most 5 bytes is clean:
  // libclamav's own lower limit, and no signature is that short.
  ScanResult scan(int fd, Reading reading, const OnInner& on_inner = {}) const;

  // Finds EICAR, plain and in a zip: that detection works at all. Its signature is built in.
  Result<void> self_test() const;

 private:
  struct State;
  explicit Engine(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// Keeps freed memory for the next scan, so that small scans cost no page faults. Call once, before
// load().
void tune_malloc();

// Opens what libclamav opens late (character converters, time zone, digests). Call before fork and
// sandbox.
void warm_up();

}  // namespace sekisho::antivirus
