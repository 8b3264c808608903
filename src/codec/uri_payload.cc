#include "codec/uri_payload.h"

#include <algorithm>
#include <charconv>

#include "base/bytes.h"

namespace sekisho::codec {
namespace {

constexpr std::string_view kScheme = "data:";
constexpr std::string_view kCharset = "charset=";

}  // namespace

void UriPayload::reset() {
  state_ = State::kScheme;
  field_.clear();
  type_.clear();
  charset_.clear();
  base64_ = false;
  escape_.clear();
  decoder_.reset();
}

void UriPayload::feed(std::string_view value, std::string& out) {
  while (state_ < State::kData && !value.empty()) {
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

// Blanks and controls go, as browsers take them out of URLs.
void UriPayload::head_byte(char c) {
  if (static_cast<unsigned char>(c) <= ' ') return;
  if (state_ == State::kScheme) {
    field_ += ascii_lower(c);
    if (!kScheme.starts_with(field_)) state_ = State::kOther;
    if (field_ != kScheme) return;
    state_ = State::kType;
    field_.clear();
  } else if (c == ';' || c == ',') {
    field_end();
    if (c == ',') state_ = State::kData;
  } else if (field_.size() < kFieldBytesMax) {
    field_ += ascii_lower(c);
  }
}

void UriPayload::field_end() {
  base64_ = field_ == "base64";  // of the last one
  if (state_ == State::kType) {
    type_ = field_.find('/') == std::string::npos ? "text/plain" : field_;
  } else if (charset_.empty() && field_.starts_with(kCharset)) {
    charset_ = field_.substr(kCharset.size());
    std::erase_if(charset_, [](char c) { return c == '"' || c == '\''; });
  }
  state_ = State::kParameter;
  field_.clear();
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
