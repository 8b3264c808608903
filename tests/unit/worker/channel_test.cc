#include "worker/channel.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <iterator>

#include "base/file.h"

namespace sekisho::worker {
namespace {

ChannelPair pair() { return std::move(*make_channel_pair()); }

UniqueFd file_with(std::string_view text) {
  UniqueFd fd = std::move(*make_unlinked_file("/tmp"));
  EXPECT_TRUE(write_at(fd.get(), text, 0));
  return fd;
}

TEST(Channel, KeepsTheBordersOfMessages) {
  const ChannelPair p = pair();
  ASSERT_TRUE(send_message(p.one.get(), "first"));
  ASSERT_TRUE(send_message(p.one.get(), "second"));
  EXPECT_EQ(receive_message(p.other.get())->bytes, "first");
  EXPECT_EQ(receive_message(p.other.get())->bytes, "second");
}

TEST(Channel, CarriesTheLargestMessageAtOnce) {
  const ChannelPair p = pair();
  const std::string largest(kMessageBytesMax, 'x');
  ASSERT_TRUE(send_message(p.one.get(), largest, -1, Wait::kNo));
  EXPECT_EQ(receive_message(p.other.get())->bytes, largest);
}

TEST(Channel, RefusesEmptyAndTooLargeMessages) {
  const ChannelPair p = pair();
  EXPECT_EQ(send_message(p.one.get(), "").error().code, EMSGSIZE);
  const std::string large(kMessageBytesMax + 1, 'x');
  EXPECT_EQ(send_message(p.one.get(), large).error().code, EMSGSIZE);
}

TEST(Channel, ATooLargeMessageFromElsewhereIsAnError) {
  const ChannelPair p = pair();
  const std::string large(kMessageBytesMax + 1, 'x');
  ASSERT_EQ(::send(p.one.get(), large.data(), large.size(), 0), static_cast<ssize_t>(large.size()));
  EXPECT_EQ(receive_message(p.other.get()).error().code, EMSGSIZE);
  ASSERT_TRUE(send_message(p.one.get(), "next"));
  EXPECT_EQ(receive_message(p.other.get())->bytes, "next");
}

TEST(Channel, PassesADescriptorOfTheSameFile) {
  const ChannelPair p = pair();
  const UniqueFd file = file_with("spool");
  ASSERT_TRUE(send_message(p.one.get(), "job", file.get()));
  const Result<Received> got = receive_message(p.other.get());
  struct stat sent {
  }, received{};
  ASSERT_EQ(::fstat(file.get(), &sent), 0);
  ASSERT_EQ(::fstat(got->fd.get(), &received), 0);
  EXPECT_EQ(sent.st_ino, received.st_ino);
  EXPECT_NE(::fcntl(got->fd.get(), F_GETFD) & FD_CLOEXEC, 0);
}

TEST(Channel, SeveralDescriptorsAreAnErrorAndDoNotStayOpen) {
  const ChannelPair p = pair();
  const UniqueFd file = file_with("spool");
  const int fds[3] = {file.get(), file.get(), file.get()};
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof fds)] = {};
  char byte = 'x';
  iovec part{&byte, 1};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  cmsghdr* c = CMSG_FIRSTHDR(&message);
  c->cmsg_level = SOL_SOCKET;
  c->cmsg_type = SCM_RIGHTS;
  c->cmsg_len = CMSG_LEN(sizeof fds);
  std::memcpy(CMSG_DATA(c), fds, sizeof fds);
  ASSERT_EQ(::sendmsg(p.one.get(), &message, 0), 1);

  const auto open_files = [] {
    const std::filesystem::directory_iterator all("/proc/self/fd");
    return std::distance(begin(all), end(all));
  };
  const auto before = open_files();
  EXPECT_EQ(receive_message(p.other.get()).error().code, EMFILE);
  EXPECT_EQ(open_files(), before);
}

TEST(Channel, SaysNothingInsteadOfWaiting) {
  const ChannelPair p = pair();
  EXPECT_EQ(receive_message(p.one.get(), Wait::kNo)->kind, Received::Kind::kNothing);
}

TEST(Channel, ASenderWithoutAReaderGetsEagainInsteadOfWaiting) {
  const ChannelPair p = pair();
  const std::string message(10000, 'x');
  Result<void> sent;
  for (int i = 0; i < 10000 && sent; ++i) sent = send_message(p.one.get(), message, -1, Wait::kNo);
  EXPECT_EQ(sent.error().code, EAGAIN);
}

TEST(Channel, ReadsWhatWasSentBeforeTheEnd) {
  ChannelPair p = pair();
  ASSERT_TRUE(send_message(p.one.get(), "last"));
  p.one.reset();
  EXPECT_EQ(receive_message(p.other.get())->bytes, "last");
  EXPECT_EQ(receive_message(p.other.get())->kind, Received::Kind::kClosed);
}

TEST(Channel, APeerThatLeftAMessageUnreadIsTheEnd) {
  ChannelPair p = pair();
  ASSERT_TRUE(send_message(p.one.get(), "never read"));
  p.other.reset();
  EXPECT_EQ(receive_message(p.one.get())->kind, Received::Kind::kClosed);
  EXPECT_EQ(send_message(p.one.get(), "more").error().code, EPIPE);
}

}  // namespace
}  // namespace sekisho::worker
