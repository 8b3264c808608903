#include "codec/link_value.h"

#include <algorithm>
#include <utility>

namespace sekisho::codec {
namespace {

HtmlData& open_piece(std::vector<HtmlData>& data) {
  if (data.empty() || data.back().ends) data.emplace_back();
  return data.back();
}

}  // namespace

void LinkValue::begin() {
  payload_.reset();
  payload_open_ = page_ = false;
  value_.clear();
  cut_ = false;
}

void LinkValue::begin_page(std::vector<HtmlData>& data) {
  begin();
  page_ = true;
  data.push_back({"text/html", "utf-8", {}, false});
}

void LinkValue::feed(std::string_view bytes, std::vector<HtmlData>& data) {
  if (page_) {
    open_piece(data).bytes += bytes;
    return;
  }
  if (payload_open_) return payload_.feed(bytes, open_piece(data).bytes);
  std::string begun;
  payload_.feed(bytes, begun);
  payload_open_ = payload_.began();
  if (payload_open_)
    return data.push_back({payload_.type(), payload_.charset(), std::move(begun), false});
  cut_ |= value_.size() + bytes.size() > kBytesMax;
  value_.append(bytes.substr(0, kBytesMax - value_.size()));
}

bool LinkValue::end(std::vector<HtmlData>& data) {
  if (!is_data()) return false;
  HtmlData& piece = open_piece(data);
  if (payload_open_) payload_.finish(piece.bytes);
  piece.ends = true;
  payload_open_ = page_ = false;
  return true;
}

std::string LinkValue::uri() const { return cleaned_uri(value_); }

std::string cleaned_uri(std::string_view uri) {
  while (!uri.empty() && static_cast<unsigned char>(uri.front()) <= ' ') uri.remove_prefix(1);
  while (!uri.empty() && static_cast<unsigned char>(uri.back()) <= ' ') uri.remove_suffix(1);
  std::string out;
  for (const char c : uri)
    if (c != '\t' && c != '\r' && c != '\n') out += c;
  return out;
}

}  // namespace sekisho::codec
