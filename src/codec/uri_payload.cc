#include "codec/uri_payload.h"

#include <algorithm>
#include <charconv>

#include "base/bytes.h"

namespace sekisho::codec {
namespace {

constexpr std::string_view kScheme = "data:";

}  // namespace

void UriPayload::reset() {
  state_ = State::kHead;
  head_.clear();
  type_.clear();
  base64_ = false;
  escape_.clear();
  decoder_.reset();
}

void UriPayload::feed(std::string_view value, std::string& out) {
  while (state_ == State::kHead && !value.empty()) {
    head_byte(value.front());
    value.remove_prefix(1);
  }
  if (state_ != State::kData) return;
  while (!value.empty()) {
    if (!escape_.empty()) {
      percent_byte(value.front(), out);
      value.remove_prefix(1);
      continue;
    }
    const size_t plain = std::min(value.find('%'), value.size());
    data(value.substr(0, plain), out);
    value.remove_prefix(plain);
    if (value.empty()) return;
    escape_ = '%';
    value.remove_prefix(1);
  }
}

void UriPayload::head_byte(char c) {
  if (is_space(c)) return;  // as browsers take them out of URLs
  if (c != ',' || !starts_with_ignore_case(head_, kScheme)) {
    head_ += ascii_lower(c);
    const std::string_view begin = kScheme.substr(0, head_.size());
    if (!head_.starts_with(begin) || head_.size() > kHeadBytesMax) state_ = State::kOther;
    return;
  }
  state_ = State::kData;
  const std::string_view parameters = std::string_view(head_).substr(kScheme.size());
  base64_ = parameters.ends_with(";base64") || parameters == "base64";
  type_ = parameters.substr(0, parameters.find(';'));
  if (type_.find('/') == std::string::npos) type_ = "text/plain";
}

void UriPayload::data(std::string_view bytes, std::string& out) {
  if (base64_) return decoder_.feed(bytes, out);
  out.append(bytes);
}

void UriPayload::percent_byte(char c, std::string& out) {
  escape_ += c;
  const bool hex = is_digit(c) || (ascii_lower(c) >= 'a' && ascii_lower(c) <= 'f');
  if (hex && escape_.size() < 3) return;
  const std::string escape = std::move(escape_);
  escape_.clear();
  unsigned value = 0;
  if (hex) {
    std::from_chars(escape.data() + 1, escape.data() + 3, value, 16);
    const char byte = static_cast<char>(value);
    return data({&byte, 1}, out);
  }
  data(std::string_view(escape).substr(0, escape.size() - 1), out);
  if (c == '%')
    escape_ = '%';
  else
    data({&c, 1}, out);
}

void UriPayload::finish(std::string& out) {
  if (state_ != State::kData) return;
  data(escape_, out);
  escape_.clear();
  if (base64_) decoder_.finish(out);
}

}  // namespace sekisho::codec
