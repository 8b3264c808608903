#include "gateway/poison.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <set>
#include <sstream>

#include "base/file.h"
#include "base/log.h"

namespace sekisho::gateway {
namespace {

constexpr size_t kDigestDigits = 64;  // SHA-256

int64_t to_seconds(WallTime time) {
  return std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
}

// All of it or what was there, also after a power cut.
Result<void> replace_file(const std::filesystem::path& path, std::string_view text) {
  const std::filesystem::path fresh = path.string() + ".new";
  const UniqueFd fd(::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  if (!fd) return errno_error(fresh.string());
  if (auto written = write_all(fd.get(), text); !written) return written;
  if (::fsync(fd.get()) != 0 || ::rename(fresh.c_str(), path.c_str()) != 0)
    return errno_error(path.string());
  const UniqueFd folder(::open(path.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder || ::fsync(folder.get()) != 0) return errno_error(path.parent_path().string());
  return {};
}

}  // namespace

void Poison::load() {
  const auto text = read_file(file_);
  if (!text) return;
  std::istringstream lines(*text);
  std::string digest;
  uint64_t size = 0;
  int64_t until = 0;
  const int64_t latest = to_seconds(clock_.wall() + kDuration);
  while (entries_.size() < kEntriesMax && lines >> digest >> size >> until) {
    const std::chrono::seconds end(std::clamp<int64_t>(until, 0, latest));
    if (digest.size() == kDigestDigits)
      entries_[digest] = {size, kLossesMax, {}, WallTime(end), true, {}};
  }
  forget_old();
}

bool Poison::may_hold(uint64_t size) const {
  return std::any_of(entries_.begin(), entries_.end(),
                     [size](const auto& entry) { return entry.second.size == size; });
}

bool Poison::holds(const std::string& digest) {
  forget_old();
  const auto at = entries_.find(digest);
  return at != entries_.end() && at->second.poison;
}

bool Poison::note_loss(const std::string& digest, uint64_t size, std::optional<SteadyTime> proof) {
  forget_old();
  note_outcome(digest);
  if (entries_.count(digest) == 0) make_room();
  Entry& entry = entries_[digest];
  if (entry.poison) return true;
  if (entry.losses++ == 0) {
    entry.size = size;
    entry.first_loss = clock_.steady();
    entry.until = clock_.wall() + kDuration;
  }
  log_warning("message ended a worker",
              {{"sha256", digest}, {"size", size}, {"times", entry.losses}});
  if (blames_workers()) {
    forgive();
    return false;
  }
  if (entry.losses < kLossesMax || !proof || *proof < entry.first_loss) return false;
  entry.poison = true;
  entry.poison_since = clock_.steady();
  entry.until = clock_.wall() + kDuration;
  log_warning("message is poison", {{"sha256", digest}, {"size", size}});
  save();
  return true;
}

bool Poison::blames_workers() const {
  std::set<std::string_view> distinct;
  size_t lost = 0;
  for (const Outcome& outcome : outcomes_) {
    if (outcome.lost.empty()) continue;
    ++lost;
    distinct.insert(outcome.lost);
  }
  return distinct.size() >= kDistinctMin && lost * 2 >= outcomes_.size();
}

void Poison::note_outcome(std::string lost) {
  const SteadyTime now = clock_.steady();
  while (!outcomes_.empty() &&
         (outcomes_.size() >= kOutcomesMax || outcomes_.front().at + kOutcomesSpan < now))
    outcomes_.pop_front();
  outcomes_.push_back({now, std::move(lost)});
}

void Poison::forgive() {
  const SteadyTime since = clock_.steady() - kOutcomesSpan;
  std::erase_if(entries_, [](const auto& entry) { return !entry.second.poison; });
  log_error("workers end with different messages: none is poison");
  const size_t forgiven = std::erase_if(
      entries_, [since](const auto& entry) { return entry.second.poison_since > since; });
  if (forgiven > 0) save();
}

void Poison::forget_old() {
  const WallTime now = clock_.wall();
  std::erase_if(entries_, [now](const auto& entry) { return entry.second.until <= now; });
}

void Poison::make_room() {
  if (entries_.size() < kEntriesMax) return;
  entries_.erase(
      std::min_element(entries_.begin(), entries_.end(), [](const auto& a, const auto& b) {
        return std::pair(a.second.poison, a.second.until) <
               std::pair(b.second.poison, b.second.until);
      }));
}

void Poison::save() const {
  std::string text;
  for (const auto& [digest, entry] : entries_)
    if (entry.poison)
      text += digest + " " + std::to_string(entry.size) + " " +
              std::to_string(to_seconds(entry.until)) + "\n";
  writer_([file = file_, text = std::move(text)] {
    if (auto saved = replace_file(file, text); !saved)
      log_error("poison not saved", {{"why", saved.error().message}});
  });
}

}  // namespace sekisho::gateway
