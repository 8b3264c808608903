#include "gateway/self_test.h"

#include <sys/mman.h>

#include <cstdint>
#include <nlohmann/json.hpp>

#include "antivirus/eicar.h"
#include "base/file.h"
#include "inspect/job.h"
#include "inspect/verdict.h"

namespace sekisho::gateway {
namespace {

constexpr std::string_view kSubject = "関所";

std::string base64(std::string_view bytes) {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (size_t at = 0; at < bytes.size(); at += 3) {
    const std::string_view group = bytes.substr(at, 3);
    uint32_t bits = 0;
    for (size_t i = 0; i < 3; ++i)
      bits = bits << 8 | (i < group.size() ? static_cast<unsigned char>(group[i]) : 0u);
    for (size_t i = 0; i < 4; ++i)
      out += i <= group.size() ? kDigits[bits >> (18 - 6 * i) & 63] : '=';
    if (at % 57 == 54) out += "\r\n";
  }
  return out;
}

std::string message_of(std::string_view type, std::string_view content) {
  std::string text = "From: self-test@localhost\r\nTo: self-test@localhost\r\nSubject: =?UTF-8?B?";
  text += base64(kSubject) + "?=\r\nMessage-ID: <self-test@localhost>\r\nMIME-Version: 1.0\r\n";
  text += "Content-Type: multipart/mixed; boundary=\"b\"\r\n\r\n--b\r\n";
  text += "Content-Type: text/plain; charset=UTF-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n";
  text += "関所を通る手紙\r\n--b\r\nContent-Type: " + std::string(type);
  text += "\r\nContent-Transfer-Encoding: base64\r\n\r\n" + base64(content) + "\r\n--b--\r\n";
  return text;
}

bool has_antivirus(std::string_view ready) {
  const auto loaded = nlohmann::json::parse(ready, nullptr, false);
  return loaded.is_object() && loaded.value("signatures", 0) > 0;
}

}  // namespace

Result<SelfTest> SelfTest::make() {
  SelfTest test;
  const struct {
    const char* name;
    Kind kind;
    std::string message;
  } samples[] = {
      {"letter", Kind::kLetter,
       message_of("text/html; charset=UTF-8", "<p>関所を<b>通る</b>手紙</p>\r\n")},
      {"EICAR", Kind::kVirus, message_of("application/octet-stream", antivirus::eicar())},
      {"EICAR in a zip", Kind::kVirus, message_of("application/zip", antivirus::eicar_in_zip())},
  };
  for (const auto& sample : samples)
    if (auto added = test.add(sample.name, sample.kind, sample.message); !added)
      return added.error();
  return test;
}

Result<void> SelfTest::add(std::string name, Kind kind, const std::string& message) {
  UniqueFd file(::memfd_create("self-test", MFD_CLOEXEC));
  if (!file) return errno_error("memfd_create");
  if (auto written = write_all(file.get(), message); !written) return written;
  auto reader = reopen_read_only(file.get());
  if (!reader) return reader.error();
  samples_.push_back({std::move(name), kind, std::move(*reader), message.size()});
  return {};
}

std::vector<worker::Trial> SelfTest::trials() const {
  std::vector<worker::Trial> trials;
  for (const Sample& sample : samples_) {
    const inspect::Job job{sample.bytes, "self-test@localhost", "localhost", "127.0.0.1", {{}}};
    trials.push_back(
        {to_text(job), sample.file.get(),
         [name = sample.name, kind = sample.kind](std::string_view ready, std::string_view answer) {
           return check(name, kind, ready, answer);
         }});
  }
  return trials;
}

Result<void> SelfTest::check(const std::string& name, Kind kind, std::string_view ready,
                             std::string_view answer) {
  const auto verdict = inspect::parse_verdict(answer);
  if (!verdict) return verdict.error();
  const inspect::Findings& found = verdict->findings;
  if (!found.unscanned.empty()) return Error{name + " not scanned: " + found.unscanned.front()};
  if (found.parts != 3 || found.subject != kSubject) return Error{name + " not read"};
  if (kind == Kind::kLetter && !found.viruses.empty())
    return Error{"virus " + found.viruses.front() + " in a plain letter"};
  if (kind == Kind::kVirus && found.viruses.empty() && has_antivirus(ready))
    return Error{name + " not found"};
  return {};
}

}  // namespace sekisho::gateway
