// UriFinder: any cut finds the same; what is found is canonical (parsed again it stays what it is)
// and has a host whose registered domain is its end. resolve() and parse_uri() on raw input.

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "base/check.h"
#include "uri/uri_finder.h"

using namespace sekisho::uri;

namespace {

const SuffixList& suffixes() {
  static const SuffixList list = std::move(SuffixList::system().value());
  return list;
}

void check_found(const FoundUri& found, const Uri& uri) {
  SEKISHO_CHECK(!uri.host.empty());
  SEKISHO_CHECK(found.written.size() <= 11 * UriFinder::kWordBytesMax);
  const auto again = parse_uri(uri.canonical);
  SEKISHO_CHECK(again.has_value() && again->host == uri.host);
  if (!uri.is_address) SEKISHO_CHECK(uri.host.ends_with(suffixes().registered_domain(uri.host)));
}

std::string find(std::string_view in, size_t step) {
  UriFinder finder(suffixes());
  std::string all;
  const auto take = [&] {
    while (const auto found = finder.next()) {
      const auto uri = parse(*found);
      if (uri) check_found(*found, *uri);
      all += found->written + "\n";
    }
  };
  for (size_t at = 0; at < in.size(); at += step) {
    const std::string own(in.substr(at, step));
    finder.feed(own);
    take();
  }
  finder.finish();
  take();
  return all;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  if (size < 1) return 0;
  const size_t step = bytes[0] % 64u + 1;
  const std::string_view in(reinterpret_cast<const char*>(bytes) + 1, size - 1);
  const std::string whole = find(in, std::max<size_t>(in.size(), 1));
  SEKISHO_CHECK(find(in, step) == whole);
  SEKISHO_CHECK(find(in, 1) == whole);
  parse_uri(in);
  const size_t cut = std::min<size_t>(step, in.size());
  resolve(in.substr(0, cut), in.substr(cut));
  return 0;
}
