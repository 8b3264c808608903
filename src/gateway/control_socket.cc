#include "gateway/control_socket.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "base/file.h"
#include "base/log.h"
#include "gateway/blocking.h"
#include "net/stream.h"

namespace sekisho::gateway {
namespace {

constexpr std::string_view kName = "control";
constexpr std::chrono::seconds kTimeout{5};
constexpr size_t kAnswerBytesMax = 64 << 10;

// A socket's path holds 107 bytes; a folder's may be longer. So the folder is named by its
// descriptor.
struct Address {
  UniqueFd folder;
  sockaddr_un socket{AF_UNIX, {}};

  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&socket); }
  std::string path() const { return socket.sun_path; }
};

Result<Address> address_in(const std::filesystem::path& folder) {
  Address address;
  address.folder.reset(::open(folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!address.folder) return errno_error(folder.string());
  const std::string path =
      "/proc/self/fd/" + std::to_string(address.folder.get()) + "/" + std::string(kName);
  path.copy(address.socket.sun_path, sizeof address.socket.sun_path - 1);
  return address;
}

Result<UniqueFd> connected(const Address& address) {
  UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!fd) return errno_error("socket");
  if (::connect(fd.get(), address.get(), sizeof address.socket) != 0) return errno_error("connect");
  return fd;
}

// The socket file of a gateway that has ended stays; one that answers is in use.
Result<UniqueFd> listening(const Address& address) {
  UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!fd) return errno_error("socket");
  if (connected(address)) return Error{"another sekisho serves there", EADDRINUSE};
  ::unlink(address.socket.sun_path);
  const mode_t before = ::umask(0177);  // at start, when no other thread makes files
  const bool bound = ::bind(fd.get(), address.get(), sizeof address.socket) == 0;
  ::umask(before);
  if (!bound) return errno_error("bind");
  if (::listen(fd.get(), 16) != 0) return errno_error("listen");
  return fd;
}

std::string answer_line(const Result<std::string>& answer) {
  std::string line = answer ? "ok " + *answer : "error " + answer.error().message;
  for (char& c : line)
    if (c == '\n' || c == '\r') c = ' ';
  return line.substr(0, kAnswerBytesMax - 1) + "\n";
}

net::awaitable<std::string> read_line(net::Stream& stream) {
  std::string line;
  std::array<char, ControlSocket::kLineBytesMax> buffer{};
  while (line.find('\n') == std::string::npos && line.size() < buffer.size()) {
    const auto n = co_await stream.read_some(buffer);
    if (!n || *n == 0) break;
    line.append(buffer.data(), *n);
  }
  co_return line.substr(0, line.find('\n'));
}

}  // namespace

ControlSocket::ControlSocket(asio::io_context& loop, Commands commands)
    : loop_(loop), commands_(std::move(commands)), acceptor_(loop) {}

ControlSocket::~ControlSocket() { close(); }

Result<void> ControlSocket::open(const std::filesystem::path& folder) {
  const std::filesystem::path path = folder / kName;
  const auto address = address_in(folder);
  if (!address) return address.error();
  auto fd = listening(*address);
  if (!fd) return Error{path.string() + ": " + fd.error().message, fd.error().code};
  asio::error_code error;
  acceptor_.assign(asio::local::stream_protocol(), fd->release(), error);
  if (error) return Error{path.string() + ": " + error.message(), error.value()};
  path_ = path.string();
  asio::co_spawn(loop_, accept(), asio::detached);
  return {};
}

void ControlSocket::close() {
  if (!acceptor_.is_open()) return;
  asio::error_code ignored;
  acceptor_.close(ignored);
  ::unlink(path_.c_str());
}

net::awaitable<void> ControlSocket::accept() {
  while (acceptor_.is_open()) {
    asio::error_code error;
    auto socket = co_await acceptor_.async_accept(asio::redirect_error(asio::use_awaitable, error));
    if (error == asio::error::operation_aborted) co_return;
    if (!error && connections_ < kConnectionsMax)
      asio::co_spawn(loop_, serve(std::move(socket)), asio::detached);
    if (!error) continue;
    asio::steady_timer pause(loop_, std::chrono::milliseconds(100));
    co_await pause.async_wait(asio::redirect_error(asio::use_awaitable, error));
  }
}

net::awaitable<void> ControlSocket::serve(asio::local::stream_protocol::socket socket) {
  net::Stream stream{net::Socket(std::move(socket))};
  ++connections_;
  stream.set_timeout(kTimeout);
  const std::string line = co_await read_line(stream);
  const auto executor = co_await asio::this_coro::executor;
  using Answer = Result<std::string>;
  const auto promised = std::make_shared<Promised<Answer>>(executor);
  const auto command = commands_.find(line);
  if (command == commands_.end())
    promised->set(Error{"no such command"});
  else
    command->second([promised](const Answer& answer) { promised->set(answer); });
  const Answer answer = co_await Promised<Answer>::wait(promised);
  stream.set_timeout(kTimeout);
  const std::string text = answer_line(answer);
  const auto ignored = co_await stream.write(text);
  static_cast<void>(ignored);
  --connections_;
}

Result<std::string> ask_control(const std::filesystem::path& folder, const std::string& line) {
  const auto address = address_in(folder);
  if (!address) return Error{"no gateway answers in " + address.error().message};
  const auto fd = connected(*address);
  if (!fd)
    return Error{"no gateway answers in " + folder.string() + ": " + fd.error().message +
                     " (after a change of spool.path, restart it)",
                 fd.error().code};
  if (auto sent = write_all(fd->get(), line + "\n"); !sent) return sent.error();
  std::string answer;
  std::array<char, 4096> buffer{};
  while (answer.size() < kAnswerBytesMax) {
    const ssize_t n = ::read(fd->get(), buffer.data(), buffer.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) break;
    answer.append(buffer.data(), static_cast<size_t>(n));
  }
  if (!answer.ends_with('\n')) return Error{"the gateway ended before it answered", EPIPE};
  answer.pop_back();
  if (answer.starts_with("ok ")) return answer.substr(3);
  return Error{answer.starts_with("error ") ? answer.substr(6) : answer};
}

}  // namespace sekisho::gateway
