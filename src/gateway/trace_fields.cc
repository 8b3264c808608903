#include "gateway/trace_fields.h"

#include <fmt/format.h>

#include <random>

namespace sekisho::gateway {
namespace {

// What strangers say stands in our fields without controls, and brackets can't be closed early.
std::string quiet(std::string_view text) {
  std::string out(text.substr(0, 255));
  for (char& c : out)
    if ((c >= 0 && c < 33) || c == 127 || c == '(' || c == ')' || c == ';') c = '?';
  return out;
}

// An address stands in <>, quoted as it must be by who made it: only controls could do harm.
std::string without_controls(std::string_view address) {
  std::string out(address);
  for (char& c : out)
    if ((c >= 0 && c < 32) || c == 127) c = '?';
  return out;
}

std::string address_literal(std::string_view address) {
  const bool v6 = address.find(':') != std::string_view::npos;
  return fmt::format("[{}{}]", v6 ? "IPv6:" : "", address);  // RFC 5321 §4.1.3
}

}  // namespace

std::string make_message_id(WallTime now) {
  constexpr std::string_view kDigits = "0123456789abcdefghjkmnpqrstvwxyz";
  static thread_local std::mt19937_64 random{std::random_device{}()};
  const auto microseconds =
      std::chrono::duration_cast<std::chrono::microseconds>(now.time_since_epoch()).count();
  auto time = static_cast<uint64_t>(microseconds);
  uint64_t noise = random();
  std::string id(16, '0');
  for (size_t i = 11; i-- > 0; time /= 32) id[i] = kDigits[time % 32];
  for (size_t i = 11; i < 16; ++i, noise /= 32) id[i] = kDigits[noise % 32];
  return id;
}

std::string received_field(const Trace& trace, WallTime now) {
  std::string field =
      fmt::format("Received: from {} ({})\r\n\tby {} with {} id {}", quiet(trace.helo),
                  address_literal(trace.client), trace.hostname, trace.protocol, trace.id);
  if (!trace.recipient.empty())
    field += fmt::format("\r\n\tfor <{}>", without_controls(trace.recipient));
  return field + ";\r\n\t" + rfc5322_date(now) + "\r\n";
}

std::string return_path_field(std::string_view sender) {
  return fmt::format("Return-Path: <{}>\r\n", without_controls(sender));
}

}  // namespace sekisho::gateway
