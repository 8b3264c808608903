// gateway/control_socket.h: how `sekisho reload` and `sekisho status` talk to the running gateway.
//
//   ControlSocket control(loop, {{"status", [](Reply reply) { reply(R"({"up":true})"); }}});
//   Result<void> opened = control.open(folder);      // folder/control
//   Result<std::string> answer = ask_control(folder, "status");            // another process
//
// A Unix stream socket in the spool's folder, which only the gateway's user and root may enter. One
// line is asked, one line is answered ("ok JSON" or "error WHY"), then the connection ends.
//
// The socket also says that the folder has an owner: open() fails where another gateway answers.
//
// Memory: kLineBytesMax per connection, kConnectionsMax connections.  Process: front; ask_control()
// blocks and is the command line's.  Broken input: an unknown line is answered "error", a slow one
// cut off.

#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <string>

#include "base/result.h"
#include "base/unique_fd.h"
#include "net/asio.h"

namespace sekisho::gateway {

class ControlSocket {
 public:
  static constexpr size_t kLineBytesMax = 200;
  static constexpr size_t kConnectionsMax = 16;

  using Reply = std::function<void(const Result<std::string>& answer)>;
  using Command = std::function<void(Reply)>;  // calls it once, then or later
  using Commands = std::map<std::string, Command>;

  ControlSocket(asio::io_context& loop, Commands commands);
  ~ControlSocket();

  Result<void> open(const std::filesystem::path& folder);
  void close();

 private:
  net::awaitable<void> accept();
  net::awaitable<void> serve(asio::local::stream_protocol::socket socket);

  asio::io_context& loop_;
  const Commands commands_;
  asio::local::stream_protocol::acceptor acceptor_;
  std::string path_;
  size_t connections_ = 0;
};

// What the gateway that owns `folder` answers to one line; waits as long as it takes.
Result<std::string> ask_control(const std::filesystem::path& folder, const std::string& line);

}  // namespace sekisho::gateway
