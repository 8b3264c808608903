#include "config/wording.h"

#include <algorithm>

#include "base/bytes.h"

namespace sekisho::config {
namespace {

constexpr size_t kWordBytesMax = 64;
constexpr size_t kListedMax = 12;

// Letters to insert, remove, replace or swap with their neighbour (optimal string alignment), case
// aside.
size_t letters_apart(std::string_view a, std::string_view b) {
  std::vector<size_t> two_before, before, row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) row[j] = j;
  const auto same = [](char x, char y) { return ascii_lower(x) == ascii_lower(y); };
  for (size_t i = 1; i <= a.size(); ++i) {
    two_before = std::move(before);
    before = row;
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t replaced = before[j - 1] + (same(a[i - 1], b[j - 1]) ? 0 : 1);
      row[j] = std::min({replaced, before[j] + 1, row[j - 1] + 1});
      if (i > 1 && j > 1 && same(a[i - 1], b[j - 2]) && same(a[i - 2], b[j - 1]))
        row[j] = std::min(row[j], two_before[j - 2] + 1);
    }
  }
  return row[b.size()];
}

}  // namespace

std::string in_quotes(std::string_view text) { return "\"" + std::string(text) + "\""; }

std::optional<std::string_view> nearest(std::string_view word,
                                        const std::vector<std::string_view>& known) {
  if (word.size() > kWordBytesMax) return std::nullopt;
  std::optional<std::string_view> best;
  size_t best_apart = std::max<size_t>(1, word.size() / 3) + 1;
  for (const std::string_view candidate : known) {
    if (candidate.size() > kWordBytesMax) continue;
    const size_t apart = letters_apart(word, candidate);
    if (apart >= best_apart) continue;
    best = candidate;
    best_apart = apart;
  }
  return best;
}

std::string suggestion_text(std::string_view word, const std::vector<std::string_view>& known) {
  if (const auto near = nearest(word, known)) return "did you mean " + std::string(*near) + "?";
  if (known.empty()) return "none is defined";
  std::string text = "there are: ";
  for (size_t i = 0; i < known.size() && i < kListedMax; ++i)
    text.append(i > 0 ? ", " : "").append(known[i]);
  return known.size() > kListedMax ? text + ", ..." : text;
}

}  // namespace sekisho::config
