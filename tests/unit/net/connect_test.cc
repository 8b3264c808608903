// connect() and its deadline, with a resolver that answers when the test lets it.

#include <gtest/gtest.h>
#include <netdb.h>
#include <netinet/in.h>

#include <atomic>
#include <cstdlib>
#include <cstring>
#include <latch>
#include <vector>

#include "net/stream.h"

namespace {

std::latch* lookups_may_end = nullptr;
std::atomic<int> endpoints_found{0};

addrinfo* make_entry(uint16_t port, addrinfo* next) {
  auto* entry = static_cast<addrinfo*>(std::calloc(1, sizeof(addrinfo)));
  auto* address = static_cast<sockaddr_in*>(std::calloc(1, sizeof(sockaddr_in)));
  address->sin_family = AF_INET;
  address->sin_port = htons(port);
  address->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  entry->ai_family = AF_INET;
  entry->ai_socktype = SOCK_STREAM;
  entry->ai_addrlen = sizeof(sockaddr_in);
  entry->ai_addr = reinterpret_cast<sockaddr*>(address);
  entry->ai_next = next;
  return entry;
}

}  // namespace

// In place of the C library's: each name is `endpoints_found` times 127.0.0.1.
extern "C" int getaddrinfo(const char*, const char* service, const addrinfo*, addrinfo** found) {
  if (lookups_may_end != nullptr) lookups_may_end->wait();
  *found = nullptr;
  for (int i = 0; i < endpoints_found; ++i)
    *found = make_entry(static_cast<uint16_t>(std::atoi(service)), *found);
  return *found == nullptr ? EAI_NONAME : 0;
}

extern "C" void freeaddrinfo(addrinfo* entry) {
  while (entry != nullptr) {
    addrinfo* const next = entry->ai_next;
    std::free(entry->ai_addr);
    std::free(entry);
    entry = next;
  }
}

namespace sekisho::net {
namespace {

using std::chrono::milliseconds;

awaitable<void> try_to_connect(std::string address, milliseconds timeout, std::string& outcome,
                               milliseconds& took, std::latch* afterwards) {
  const auto started = std::chrono::steady_clock::now();
  auto stream = co_await connect(address, timeout);
  took = std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now() - started);
  outcome = stream ? "connected" : stream.error().message;
  if (afterwards != nullptr) afterwards->count_down();
}

struct Outcome {
  std::string text;
  milliseconds took{};
};

Outcome dial(const std::string& address, milliseconds timeout, std::latch* afterwards = nullptr) {
  asio::io_context loop;
  Outcome outcome;
  asio::co_spawn(loop, try_to_connect(address, timeout, outcome.text, outcome.took, afterwards),
                 asio::detached);
  loop.run();
  return outcome;
}

// A listener whose queue is full, so that the kernel leaves a further SYN unanswered.
class DeafListener {
 public:
  DeafListener() : acceptor_(loop_, asio::ip::tcp::endpoint(asio::ip::address_v4::loopback(), 0)) {
    acceptor_.listen(0);
    for (int i = 0; i < 4; ++i) {
      fillers_.emplace_back(loop_, asio::ip::tcp::v4());
      fillers_.back().native_non_blocking(true);
      const auto to = acceptor_.local_endpoint();
      ::connect(fillers_.back().native_handle(), to.data(), static_cast<socklen_t>(to.size()));
    }
  }
  std::string port() const { return std::to_string(acceptor_.local_endpoint().port()); }

 private:
  asio::io_context loop_;
  asio::ip::tcp::acceptor acceptor_;
  std::vector<asio::ip::tcp::socket> fillers_;
};

TEST(Connect, DeadlineHoldsWhileTheNameIsLookedUp) {
  std::latch over(1);
  lookups_may_end = &over;
  const Outcome outcome = dial("slow.test:25", milliseconds(100), &over);
  lookups_may_end = nullptr;
  EXPECT_EQ(outcome.text, "connect to slow.test:25: timed out");
  EXPECT_GE(outcome.took, milliseconds(100));
}

TEST(Connect, DeadlineIsOneForAllAddressesOfAName) {
  const DeafListener deaf;
  endpoints_found = 5;
  const Outcome outcome = dial("many.test:" + deaf.port(), milliseconds(100));
  EXPECT_EQ(outcome.text, "connect to many.test:" + deaf.port() + ": timed out");
  EXPECT_LT(outcome.took, milliseconds(400));
}

TEST(Connect, NextAddressIsTriedAndAFailureIsTold) {
  asio::io_context loop;
  asio::ip::tcp::acceptor acceptor(loop,
                                   asio::ip::tcp::endpoint(asio::ip::address_v4::loopback(), 0));
  const std::string port = std::to_string(acceptor.local_endpoint().port());
  endpoints_found = 2;
  EXPECT_EQ(dial("name.test:" + port, std::chrono::seconds(60)).text, "connected");
  acceptor.close();
  EXPECT_EQ(dial("name.test:" + port, std::chrono::seconds(60)).text,
            "connect to name.test:" + port + ": Connection refused");
  endpoints_found = 0;
  EXPECT_TRUE(dial("name.test:" + port, std::chrono::seconds(60)).text.find("not found") !=
              std::string::npos);
}

}  // namespace
}  // namespace sekisho::net
