#include "codec/css_uris.h"

#include <algorithm>

#include "base/bytes.h"
#include "codec/byte_scan.h"
#include "codec/html_style.h"

namespace sekisho::codec {
namespace {

bool is_css_space(char c) { return is_space(c) || c == '\f'; }

bool ends_with_word(std::string_view text, std::string_view word) {
  return text.size() >= word.size() &&
         equals_ignore_case(text.substr(text.size() - word.size()), word);
}

}  // namespace

void CssUris::reset() {
  in_ = {};
  state_ = State::kOther;
  quote_ = 0;
  tail_.clear();
}

std::optional<CssUriEvent> CssUris::next() {
  if (state_ == State::kOther && !find_begin()) return std::nullopt;
  if (state_ == State::kBefore) {
    while (!in_.empty() && is_css_space(in_.front())) in_.remove_prefix(1);
    if (in_.empty()) return std::nullopt;
    if (quote_ == 0 && (in_.front() == '"' || in_.front() == '\'')) {
      quote_ = in_.front();
      in_.remove_prefix(1);
    }
    state_ = State::kValue;
    return CssUriEvent{CssUriEvent::Kind::kBegin, {}};
  }
  if (in_.empty()) return std::nullopt;
  const std::string_view ends = quote_ == 0 ? " \t\r\n\f)" : std::string_view(&quote_, 1);
  const size_t length = std::min(in_.find_first_of(ends), in_.size());
  if (length > 0) {
    const std::string_view bytes = in_.substr(0, length);
    in_.remove_prefix(length);
    return CssUriEvent{CssUriEvent::Kind::kBytes, bytes};
  }
  in_.remove_prefix(1);
  state_ = State::kOther;
  quote_ = 0;
  return CssUriEvent{CssUriEvent::Kind::kEnd, {}};
}

// Up to and behind what opens an address; false where none does in what was fed.
bool CssUris::find_begin() {
  while (!in_.empty()) {
    const size_t at = find_block_byte(
        in_, [](const Block& block) { return block.is('(') | block.is('"') | block.is('\''); });
    keep_tail(in_.substr(0, at));
    in_.remove_prefix(at);
    if (in_.empty()) return false;
    const char c = in_.front();
    in_.remove_prefix(1);
    const bool opens = opens_at(c);
    tail_.clear();
    if (!opens) continue;
    quote_ = c == '(' ? '\0' : c;
    state_ = State::kBefore;
    return true;
  }
  return false;
}

bool CssUris::opens_at(char c) const {
  std::string_view before = tail_;
  std::string unescaped;
  if (before.find('\\') != std::string_view::npos) before = unescaped = cleaned_css(before);
  if (c == '(') return ends_with_word(before, "url");
  while (!before.empty() && is_css_space(before.back())) before.remove_suffix(1);
  return ends_with_word(before, "@import");
}

void CssUris::keep_tail(std::string_view bytes) {
  if (bytes.size() >= kTailBytesMax) {
    tail_ = bytes.substr(bytes.size() - kTailBytesMax);
    return;
  }
  tail_.append(bytes);
  if (tail_.size() > kTailBytesMax) tail_.erase(0, tail_.size() - kTailBytesMax);
}

}  // namespace sekisho::codec
