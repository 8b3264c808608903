// Any bytes as a recipient: the router must stay bounded and must never become an open relay.

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/check.h"
#include "config/config.h"
#include "config/expansion.h"
#include "mail/address.h"
#include "route/router.h"

namespace {

using sekisho::config::LoadedConfig;
using sekisho::route::Resolution;
using sekisho::route::Router;
using sekisho::route::Target;

constexpr std::string_view kText = R"([server]
hostname = "mx.test"
forward_next_hop = "outside"
[[listener]]
address = "127.0.0.1:25"
[next_hop.store]
kind = "maildir"
address = "/var/mail"
[next_hop.outside]
kind = "smtp"
address = "127.0.0.1:10026"
[[domain]]
name = "a.test"
administrator = "admin"
mailboxes = ["admin", "b"]
aliases = {all = ["b", "x@other.test", "c@r.test"], two = ["all", "postmaster"]}
[[domain]]
name = "日本.example"
administrator = "admin@a.test"
catch_all = "two@a.test"
[[domain]]
name = "r.test"
administrator = "o"
next_hop = "outside"
accept_any_local = true
)";

const Router& router() {
  static const LoadedConfig loaded = sekisho::config::parse_config(kText, "fuzz", "/");
  SEKISHO_CHECK(loaded.errors.empty());
  static const Router shared(loaded.config);
  return shared;
}

bool is_printable(std::string_view text) {
  return std::none_of(text.begin(), text.end(),
                      [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

void check(const sekisho::mail::Address& address) {
  const Resolution resolution = router().resolve(address);
  SEKISHO_CHECK(resolution.accepted() != resolution.targets.empty());
  SEKISHO_CHECK(resolution.targets.size() <= sekisho::config::kTargetsMax);
  SEKISHO_CHECK(resolution.accepted() || resolution.reply.size() > 10);
  // A refusal is for good: this configuration has no mistakes.
  SEKISHO_CHECK(resolution.accepted() || resolution.reply_code >= 500);
  // Only what the administrator wrote himself leaves for a domain that is not hosted.
  for (const Target& target : resolution.targets) {
    SEKISHO_CHECK(target.next_hop != nullptr && target.domain != nullptr);
    const bool is_forward = target.mailbox == "x@other.test";
    const bool is_hosted = target.mailbox.ends_with("@" + target.domain->name);
    SEKISHO_CHECK(is_forward || is_hosted);
    SEKISHO_CHECK(is_forward || target.next_hop->name == target.domain->next_hop);
  }
  for (const std::string& step : resolution.steps) SEKISHO_CHECK(is_printable(step));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  // What the SMTP parser takes, and what it would never let through.
  if (const auto address = sekisho::mail::parse_mailbox(text)) {
    check(*address);
    for (const Target& target : router().resolve(*address).targets)
      SEKISHO_CHECK(sekisho::mail::parse_mailbox(target.mailbox).has_value());
  }
  const size_t at = text.rfind('@');
  if (at != std::string_view::npos)
    check({std::string(text.substr(0, at)), std::string(text.substr(at + 1))});
  check({std::string(text), "a.test"});
  check({std::string(text), "r.test"});
  check({std::string(text), ""});
  return 0;
}
