// net/asio.h: standalone Asio with the settings and names that this project uses.
//
// Coroutines live in net and gateway alone (clang 14 has no asio::awaitable with this libstdc++).
// Written for g++ 12, which miscompiles two forms: co_await inside ?: with class-type results, and
// a braced temporary with string members as an argument of an awaited call. So: `auto x = co_await
// f(named);` as a statement of its own, and no capturing lambda as a coroutine.

#pragma once

#define ASIO_NO_DEPRECATED
#include <asio/awaitable.hpp>
#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/generic/stream_protocol.hpp>
#include <asio/io_context.hpp>
#include <asio/ip/address.hpp>
#include <asio/ip/address_v4.hpp>
#include <asio/ip/address_v6.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/ip/v6_only.hpp>
#include <asio/local/stream_protocol.hpp>
#include <asio/posix/stream_descriptor.hpp>
#include <asio/post.hpp>
#include <asio/redirect_error.hpp>
#include <asio/signal_set.hpp>
#include <asio/steady_timer.hpp>
#include <asio/thread_pool.hpp>
#include <asio/use_awaitable.hpp>
#include <asio/write.hpp>

namespace sekisho::net {

template <typename T>
using awaitable = asio::awaitable<T>;
using Socket = asio::generic::stream_protocol::socket;

}  // namespace sekisho::net
