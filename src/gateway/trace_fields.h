// gateway/trace_fields.h: the fields that we put on top of a message, and the id it carries.
//
// Standards: RFC 5321 §4.4 (Received, Return-Path), RFC 3848 and RFC 6531 §4.3 (protocol names).

#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"

namespace sekisho::gateway {

// 16 letters and digits: time in microseconds and 25 random bits, so that two fronts don't meet.
std::string make_message_id(WallTime now);

struct Trace {
  std::string helo;
  std::string client;    // address, without brackets
  std::string hostname;  // ours
  std::string protocol;  // "ESMTP"
  std::string id;
  std::string recipient;  // where there is exactly one, else ""
};

std::string received_field(const Trace& trace, WallTime now);
std::string return_path_field(std::string_view sender);

}  // namespace sekisho::gateway
