#include "scan/unpack_process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <vector>

#include "base/file.h"
#include "worker/sandbox.h"

namespace sekisho::scan {
namespace {

constexpr size_t kBlockBytes = 64 << 10;
constexpr uint64_t kMemoryBytesMax = 2 * codec::Decompressor::kWindowBytesMax + (64 << 20);
constexpr size_t kErrorBytesMax = 500;

struct Pipe {
  UniqueFd read, write;
};

Result<Pipe> make_pipe() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return errno_error("pipe");
  return Pipe{UniqueFd(ends[0]), UniqueFd(ends[1])};
}

void close_all_but(std::array<int, 3> kept) {
  std::sort(kept.begin(), kept.end());
  int first = 3;
  for (const int fd : kept) {
    if (fd > first) ::close_range(static_cast<unsigned>(first), static_cast<unsigned>(fd - 1), 0);
    first = fd + 1;
  }
  ::close_range(static_cast<unsigned>(first), ~0u, 0);
}

Result<void> unpack(int file, codec::Compression compression, int out) {
  const auto decompressor = codec::make_decompressor(compression);
  const auto give = [out](std::string_view bytes) { return write_all(out, bytes); };
  std::vector<char> block(kBlockBytes);
  for (uint64_t at = 0;;) {
    const auto n = read_at(file, block, at);
    if (!n) return n.error();
    if (*n == 0) return decompressor->finish(give);
    if (auto fed = decompressor->feed({block.data(), *n}, give); !fed) return fed;
    at += *n;
  }
}

// All the child does.
Result<void> run(int file, codec::Compression compression, const std::filesystem::path& folder,
                 const std::array<int, 2>& out) {
  close_all_but({file, out[0], out[1]});
  ::signal(SIGPIPE, SIG_DFL);  // nobody wants the rest
  worker::SandboxOptions options;
  options.small = folder / "small";
  options.large = folder / "large";
  options.small_bytes_max = 64 << 10;
  options.memory_bytes_max = kMemoryBytesMax;
  options.file_bytes_max = 0;
  for (const auto& own : {options.small, options.large})
    if (::mkdir(own.c_str(), 0700) != 0) return errno_error(own.string());
  if (const auto sandbox = worker::enter_sandbox(options); !sandbox) return sandbox.error();
  return unpack(file, compression, out[0]);
}

Result<size_t> read_some(int fd, std::span<char> into) {
  for (;;) {
    const ssize_t n = ::read(fd, into.data(), into.size());
    if (n >= 0) return static_cast<size_t>(n);
    if (errno != EINTR) return errno_error("read");
  }
}

}  // namespace

Result<std::unique_ptr<UnpackProcess>> UnpackProcess::start(int file,
                                                            codec::Compression compression) {
  std::unique_ptr<UnpackProcess> process(new UnpackProcess);
  auto bytes = make_pipe();
  if (!bytes) return bytes.error();
  auto error = make_pipe();
  if (!error) return error.error();
  process->pid_ = ::fork();
  if (process->pid_ < 0) return errno_error("fork");
  if (process->pid_ == 0) {
    const auto done =
        run(file, compression, process->folder_.path(), {bytes->write.get(), error->write.get()});
    if (!done) (void)write_all(error->write.get(), done.error().message.substr(0, kErrorBytesMax));
    ::_exit(done ? 0 : 1);
  }
  process->bytes_ = std::move(bytes->read);
  process->error_ = std::move(error->read);
  return process;
}

UnpackProcess::~UnpackProcess() {
  if (pid_ <= 0) return;
  ::kill(pid_, SIGKILL);
  while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) continue;
}

Result<size_t> UnpackProcess::read(std::span<char> into) {
  const auto n = read_some(bytes_.get(), into);
  folder_
      .remove();  // the child is in its sandbox and never opens a file: nothing is left if we die
  if (n && *n == 0) return how_it_ended();
  return n;
}

Result<size_t> UnpackProcess::how_it_ended() {
  if (pid_ <= 0) return size_t{0};
  std::vector<char> text(kErrorBytesMax);
  const auto said = read_some(error_.get(), text);
  int status = 0;
  while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) continue;
  pid_ = -1;
  if (said && *said > 0) return Error{std::string(text.data(), *said), 0};
  if (WIFSIGNALED(status)) return Error{fmt::format("unpacking: signal {}", WTERMSIG(status)), 0};
  if (status != 0) return Error{"unpacking failed", 0};
  return size_t{0};
}

}  // namespace sekisho::scan
