// worker/channel.h: whole messages, each with at most one descriptor, between two processes.
//
//   Result<ChannelPair> pair = make_channel_pair();
//   send_message(pair->one.get(), "job", spool.get());
//   Result<Received> got = receive_message(pair->other.get());   // got->bytes, got->fd
//
// A message is 1 to kMessageBytesMax bytes: SOCK_SEQPACKET keeps its borders, and an empty one
// could not be told from the end. A descriptor is duplicated by the kernel; the sender's stays its
// own.
//
// Memory: the message.  Process: all.  Threads: as safe as the socket.
// Broken input: a truncated message, or one with more than one descriptor, is an Error and its
// descriptors are closed.

#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/unique_fd.h"

namespace sekisho::worker {

inline constexpr size_t kMessageBytesMax = 192 * 1024;

enum class Wait { kYes, kNo };

struct Received {
  enum class Kind { kMessage, kNothing /* only with Wait::kNo */, kClosed } kind = Kind::kNothing;
  std::string bytes;
  UniqueFd fd;  // close-on-exec; empty when none came

  bool is_message() const { return kind == Kind::kMessage; }
};

struct ChannelPair {
  UniqueFd one;
  UniqueFd other;
};

// Connected, blocking, close-on-exec, with room for a message of kMessageBytesMax.
Result<ChannelPair> make_channel_pair();

// Error codes: EMSGSIZE (empty or too large), EPIPE (the other side is gone), EAGAIN (only with
// Wait::kNo).
Result<void> send_message(int socket, std::string_view bytes, int fd = -1, Wait wait = Wait::kYes);
Result<Received> receive_message(int socket, Wait wait = Wait::kYes);

}  // namespace sekisho::worker
