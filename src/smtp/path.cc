#include "smtp/path.h"

#include <algorithm>

#include "base/bytes.h"

namespace sekisho::smtp {
namespace {

constexpr size_t kNone = std::string_view::npos;

ParsedPath fail(Reply reply) {
  ParsedPath parsed;
  parsed.error = std::move(reply);
  return parsed;
}

// The place of the '>' that ends the path, and of the last '@' before it; quoted strings are
// skipped.
struct PathEnds {
  size_t close = kNone;
  size_t at = kNone;
};

PathEnds find_ends(std::string_view text) {
  PathEnds ends;
  bool quoted = false;
  for (size_t i = 1; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted && c == '\\') {
      ++i;
    } else if (c == '"') {
      quoted = !quoted;
    } else if (!quoted && c == '@') {
      ends.at = i;
    } else if (!quoted && c == '>') {
      ends.close = i;
      return ends;
    }
  }
  return ends;
}

// RFC 5321 appendix C: "@one,@two:" in front of the mailbox. The colon is looked for before any
// quote.
size_t source_route_bytes(std::string_view path) {
  if (!path.starts_with('@')) return 0;
  const size_t colon = path.find_first_of(":\"");
  // A colon within an address literal belongs to the literal: [IPv6:…]
  return colon == kNone || path[colon] != ':' || colon > path.find('[') ? 0 : colon + 1;
}

Reply bad_mailbox(PathKind kind, int code, std::string text) {
  return {code, kind == PathKind::kReverse ? "5.1.7" : "5.1.3", std::move(text)};
}

}  // namespace

ParsedPath parse_path(std::string_view text, PathKind kind) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  if (!text.starts_with('<')) return fail({501, "5.5.4", "Address must stand in <>"});
  const PathEnds ends = find_ends(text);
  if (ends.close == kNone) return fail({501, "5.5.4", "Address has no closing >"});
  if (ends.close + 1 > kPathBytesMax) return fail(bad_mailbox(kind, 501, "Path too long"));

  ParsedPath parsed;
  parsed.rest = text.substr(ends.close + 1);
  std::string_view path = text.substr(1, ends.close - 1);
  if (path.empty()) {
    if (kind == PathKind::kReverse) return parsed;
    return fail(bad_mailbox(kind, 501, "Recipient is empty"));
  }
  // RFC 5321 §4.5.1: the one recipient without a domain
  if (kind == PathKind::kForward && equals_ignore_case(path, "postmaster")) {
    parsed.address.emplace();
    parsed.address->local = std::string(path);
    return parsed;
  }
  const size_t route = source_route_bytes(path);
  path.remove_prefix(route);
  if (ends.at != kNone && ends.at > route) {
    const size_t at = ends.at - 1 - route;
    if (at > kLocalPartBytesMax) return fail(bad_mailbox(kind, 501, "Local part too long"));
  }
  parsed.ascii = std::all_of(path.begin(), path.end(),
                             [](char c) { return static_cast<signed char>(c) >= 0; });
  parsed.address = mail::parse_mailbox(path);
  if (!parsed.address) return fail(bad_mailbox(kind, 553, "Mailbox syntax is wrong"));
  return parsed;
}

}  // namespace sekisho::smtp
