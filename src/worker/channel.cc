#include "worker/channel.h"

#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace sekisho::worker {
namespace {

// Room for the kernel's own bytes, which SO_SNDBUF counts too.
constexpr int kSendBufferBytes = static_cast<int>(kMessageBytesMax) + 64 * 1024;

// Takes the one descriptor; closes all when there are several.
bool take_descriptor(msghdr& message, UniqueFd& out) {
  size_t seen = 0;
  for (cmsghdr* c = CMSG_FIRSTHDR(&message); c != nullptr; c = CMSG_NXTHDR(&message, c)) {
    if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS) continue;
    const size_t bytes = c->cmsg_len - CMSG_LEN(0);
    for (size_t at = 0; at + sizeof(int) <= bytes; at += sizeof(int)) {
      int fd = -1;
      std::memcpy(&fd, CMSG_DATA(c) + at, sizeof fd);
      out.reset(fd);
      ++seen;
    }
  }
  if (seen > 1) out.reset();
  return seen <= 1;
}

// The length of the next message, without taking it; -1 with errno.
ssize_t next_length(int socket, int flags) {
  for (;;) {
    const ssize_t n = ::recv(socket, nullptr, 0, MSG_PEEK | MSG_TRUNC | flags);
    if (n >= 0 || errno != EINTR) return n;
  }
}

}  // namespace

Result<ChannelPair> make_channel_pair() {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
    return errno_error("socketpair");
  ChannelPair pair{UniqueFd(ends[0]), UniqueFd(ends[1])};
  for (const int end : ends)
    if (::setsockopt(end, SOL_SOCKET, SO_SNDBUF, &kSendBufferBytes, sizeof kSendBufferBytes) != 0)
      return errno_error("SO_SNDBUF");
  return pair;
}

Result<void> send_message(int socket, std::string_view bytes, int fd, Wait wait) {
  if (bytes.empty() || bytes.size() > kMessageBytesMax)
    return errno_error("message of " + std::to_string(bytes.size()) + " bytes", EMSGSIZE);
  iovec part{const_cast<char*>(bytes.data()), bytes.size()};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
  if (fd >= 0) {
    message.msg_control = control;
    message.msg_controllen = sizeof control;
    cmsghdr* c = CMSG_FIRSTHDR(&message);
    c->cmsg_level = SOL_SOCKET;
    c->cmsg_type = SCM_RIGHTS;
    c->cmsg_len = CMSG_LEN(sizeof fd);
    std::memcpy(CMSG_DATA(c), &fd, sizeof fd);
  }
  const int flags = MSG_NOSIGNAL | (wait == Wait::kNo ? MSG_DONTWAIT : 0);
  for (;;) {
    if (::sendmsg(socket, &message, flags) >= 0) return {};
    if (errno == ECONNRESET) return errno_error("send", EPIPE);
    if (errno != EINTR) return errno_error("send");
  }
}

Result<Received> receive_message(int socket, Wait wait) {
  const int flags = wait == Wait::kNo ? MSG_DONTWAIT : 0;
  Received received;
  const ssize_t length = next_length(socket, flags);
  if (length < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return received;
  // A peer that dies with our message unread makes the kernel say ECONNRESET instead of the end.
  if (length == 0 || (length < 0 && errno == ECONNRESET)) {
    received.kind = Received::Kind::kClosed;
    return received;
  }
  if (length < 0) return errno_error("receive");

  received.bytes.resize(std::min(static_cast<size_t>(length), kMessageBytesMax));
  iovec part{received.bytes.data(), received.bytes.size()};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  ssize_t n = -1;
  do {
    n = ::recvmsg(socket, &message, MSG_CMSG_CLOEXEC | flags);
  } while (n < 0 && errno == EINTR);
  if (n < 0) return errno_error("receive");
  const bool one_descriptor = take_descriptor(message, received.fd);
  if ((message.msg_flags & MSG_TRUNC) != 0) return errno_error("receive", EMSGSIZE);
  if ((message.msg_flags & MSG_CTRUNC) != 0 || !one_descriptor)
    return Error{"a descriptor of the message was lost", EMFILE};
  received.kind = Received::Kind::kMessage;
  return received;
}

}  // namespace sekisho::worker
