#include "antivirus/engine.h"

#include <clamav.h>
#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <iterator>
#include <optional>
#include <utility>

#include "antivirus/database.h"
#include "antivirus/eicar.h"
#include "antivirus/scan_notes.h"
#include "antivirus/unopened.h"
#include "base/file.h"

namespace sekisho::antivirus {
namespace {

constexpr uint64_t kLargeBytes = 1 << 20;  // from here on, memory is given back after a scan
// The mail parser takes 3.3 times as much memory.
constexpr uint64_t kInnerMailBytesMax = 16 << 20;
constexpr uint64_t kObjectBytesMin = 5;  // libclamav calls objects up to here clean, unread

struct Limit {
  cl_engine_field field;
  long long value;
};

// Every limit of libclamav, so that none of its defaults (25 MB here, 2 MB there) leaves a part of
// an object unseen without a word.
std::vector<Limit> limits(const EngineOptions& o) {
  const auto bytes = static_cast<long long>(o.object_bytes_max);
  return {
      {CL_ENGINE_MAX_SCANSIZE, static_cast<long long>(o.scan_bytes_max)},
      {CL_ENGINE_MAX_FILESIZE, bytes},
      {CL_ENGINE_MAX_RECURSION, o.depth_max},
      {CL_ENGINE_MAX_FILES, o.files_max},
      {CL_ENGINE_MAX_SCANTIME, o.scan_timeout.count()},
      {CL_ENGINE_MAX_EMBEDDEDPE, bytes},
      {CL_ENGINE_MAX_HTMLNORMALIZE, bytes},
      {CL_ENGINE_MAX_HTMLNOTAGS, bytes},
      {CL_ENGINE_MAX_SCRIPTNORMALIZE, bytes},
      {CL_ENGINE_MAX_ZIPTYPERCG, bytes},
      {CL_ENGINE_PCRE_MAX_FILESIZE, bytes},
      {CL_ENGINE_PCRE_MATCH_LIMIT, 100'000},
      {CL_ENGINE_PCRE_RECMATCH_LIMIT, 2'000},
      {CL_ENGINE_MAX_PARTITIONS, 50},
      {CL_ENGINE_MAX_ICONSPE, 100},
      {CL_ENGINE_MAX_RECHWP3, 16},
      {CL_ENGINE_BYTECODE_TIMEOUT, 10'000},
      // The cache of clean objects knows neither why an object was called clean (a full disk, a
      // member that was skipped) nor more of it than its MD5, for which anybody can make two files.
      {CL_ENGINE_DISABLE_CACHE, 1},
  };
}

Result<void> initialise() {
  static const cl_error_t code = cl_init(CL_INIT_DEFAULT);
  if (code == CL_SUCCESS) return {};
  return Error{std::string("libclamav: ") + cl_strerror(code), 0};
}

Result<void> set_scratch(cl_engine* engine, const std::filesystem::path& folder) {
  const cl_error_t code = cl_engine_set_str(engine, CL_ENGINE_TMPDIR, folder.c_str());
  if (code == CL_SUCCESS) return {};
  return Error{std::string("libclamav: scratch: ") + cl_strerror(code), 0};
}

Result<void> apply(const EngineOptions& options, cl_engine* engine) {
  for (const Limit& limit : limits(options)) {
    const cl_error_t code = cl_engine_set_num(engine, limit.field, limit.value);
    if (code != CL_SUCCESS)
      return Error{
          "libclamav refuses setting " + std::to_string(limit.field) + ": " + cl_strerror(code), 0};
  }
  return set_scratch(engine, options.scratch);
}

cl_scan_options scan_options(Engine::Reading reading) {
  cl_scan_options options{};
  // All matches: else the first finding, say an encrypted archive, would hide a virus beside it.
  options.general = CL_SCAN_GENERAL_HEURISTICS | CL_SCAN_GENERAL_ALLMATCHES;
  options.parse = ~0u;
  if (reading == Engine::Reading::kBytes)
    options.parse &= ~static_cast<uint32_t>(CL_SCAN_PARSE_MAIL);
  options.heuristic = CL_SCAN_HEURISTIC_EXCEEDS_MAX | CL_SCAN_HEURISTIC_ENCRYPTED_ARCHIVE |
                      CL_SCAN_HEURISTIC_ENCRYPTED_DOC;
  return options;
}

void add_missing(std::vector<std::string>& sorted, const std::vector<std::string>& more) {
  std::vector<std::string> all;
  std::set_union(sorted.begin(), sorted.end(), more.begin(), more.end(), std::back_inserter(all));
  sorted = std::move(all);
}

bool has_engine_error(const ScanResult& result) {
  return std::find(result.unscanned.begin(), result.unscanned.end(), "engine_error") !=
         result.unscanned.end();
}

ScanResult merged(ScanResult a, const ScanResult& b) {
  add_missing(a.viruses, b.viruses);
  add_missing(a.unscanned, b.unscanned);
  return a;
}

Result<UniqueFd> memory_file(std::string_view bytes) {
  UniqueFd fd(::memfd_create("self-test", MFD_CLOEXEC));
  if (!fd) return errno_error("memfd_create");
  const Result<void> written = write_all(fd.get(), bytes);
  if (!written) return written.error();
  return fd;
}

}  // namespace

struct Engine::State {
  ~State() {
    if (engine != nullptr) cl_engine_free(engine);
  }

  // By descriptor: a map of our own (cl_fmap_open_handle) is taken for one when libclamav comes
  // back to a page, so that the page, and what follows it, stays unread.
  ScanResult scan_file(int fd, Reading reading, const OnInner& on_inner,
                       const std::filesystem::path& folder) const {
    // Without a place for its temporary files libclamav calls everything clean, even a plain EICAR.
    if (!make_unlinked_file(folder) || !set_scratch(engine, folder)) return {{}, {"engine_error"}};
    ScanNotes notes(options.object_bytes_max, fd, on_inner);
    const char* name = nullptr;  // not always written
    unsigned long scanned = 0;
    cl_scan_options how = scan_options(reading);
    const cl_error_t code =
        cl_scandesc_callback(fd, nullptr, &name, &scanned, engine, &how, &notes);
    ScanResult result = notes.result(code, name);
    if (reading == Reading::kMail || notes.largest_letter() == 0) return result;
    if (notes.largest_letter() > kInnerMailBytesMax) return merged(result, {{}, {"limit"}});
    return merged(result, scan_file(fd, Reading::kMail, on_inner, folder));
  }

  // False when no time is left.
  bool limit_time() const {
    using std::chrono::milliseconds;
    auto left = options.scan_timeout;
    if (deadline)
      left = std::chrono::ceil<milliseconds>(*deadline - std::chrono::steady_clock::now());
    return left.count() > 0 &&
           cl_engine_set_num(engine, CL_ENGINE_MAX_SCANTIME, left.count()) == CL_SUCCESS;
  }

  EngineOptions options;
  std::optional<std::chrono::steady_clock::time_point> deadline;
  std::filesystem::path large_scratch;
  cl_engine* engine = nullptr;
  Loaded loaded;
};

Engine::Engine(std::unique_ptr<State> state) : state_(std::move(state)) {}
Engine::~Engine() = default;

Result<std::unique_ptr<Engine>> Engine::load(const std::vector<std::filesystem::path>& folders,
                                             const EngineOptions& options) {
  if (const Result<void> ready = initialise(); !ready) return ready.error();
  auto state = std::make_unique<State>();
  state->options = options;
  state->large_scratch = options.scratch;
  state->engine = cl_engine_new();
  if (state->engine == nullptr) return Error{"libclamav: no engine", ENOMEM};
  if (const Result<void> set = apply(options, state->engine); !set) return set.error();
  ScanNotes::attach(state->engine);
  Result<Loaded> loaded = load_databases(folders, state->engine);
  if (!loaded) return loaded.error();
  state->loaded = *loaded;
  if (const Result<void> known = load_unopened(options.scratch, state->engine); !known)
    return known.error();
  const cl_error_t code = cl_engine_compile(state->engine);
  if (code != CL_SUCCESS) return Error{std::string("libclamav: ") + cl_strerror(code), 0};
  return std::unique_ptr<Engine>(new Engine(std::move(state)));
}

void Engine::use_scratch(const std::filesystem::path& small, const std::filesystem::path& large) {
  state_->options.scratch = small;
  state_->large_scratch = large;
}

size_t Engine::signatures() const { return state_->loaded.signatures; }

std::chrono::milliseconds scan_time(uint64_t message_bytes, std::chrono::milliseconds longest) {
  constexpr uint64_t kLongestBytes = 80 << 20;
  const auto bytes = static_cast<int64_t>(std::min(message_bytes, kLongestBytes));
  return longest / 4 + longest * 3 / 4 * bytes / static_cast<int64_t>(kLongestBytes);
}

void Engine::start_message(uint64_t bytes) {
  state_->deadline =
      std::chrono::steady_clock::now() + scan_time(bytes, state_->options.scan_timeout);
}

ScanResult Engine::scan(int fd, Reading reading, const OnInner& on_inner) const {
  const Result<uint64_t> bytes = file_size(fd);
  if (!bytes) return {{}, {"engine_error"}};
  if (*bytes <= kObjectBytesMin) return {};
  if (*bytes > state_->options.object_bytes_max || !state_->limit_time()) return {{}, {"limit"}};
  const bool small = *bytes <= kSmallBytes;
  ScanResult result = state_->scan_file(fd, reading, on_inner,
                                        small ? state_->options.scratch : state_->large_scratch);
  // The small folder may have been too small for what was in it.
  if (small && has_engine_error(result) && state_->large_scratch != state_->options.scratch)
    result = state_->scan_file(fd, reading, on_inner, state_->large_scratch);
  if (*bytes >= kLargeBytes) malloc_trim(kLargeBytes);  // tune_malloc() made free() keep it all
  return result;
}

Result<void> Engine::self_test() const {
  for (const std::string& sample : {eicar(), eicar_in_zip()}) {
    const Result<UniqueFd> fd = memory_file(sample);
    if (!fd) return fd.error();
    const ScanResult found = scan(fd->get(), Reading::kBytes);
    if (!found.unscanned.empty()) return Error{"self-test not scanned: " + found.unscanned[0], 0};
    if (found.viruses.empty())
      return Error{"self-test: EICAR of " + std::to_string(sample.size()) + " bytes not found", 0};
  }
  return {};
}

}  // namespace sekisho::antivirus
