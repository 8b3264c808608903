// config/unscanned.h: why a message could not be inspected whole, and what a plan does then.
//
// The closed set of reasons. The walk, the antivirus and the front name what they met by finer or
// the same names (`unscanned` of the log line); reason_of() says which reason each counts as. An
// unknown name is an engine error: nothing that could not be looked at is ever clean.

#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

namespace sekisho::config {

enum class UnscannedAction { kDefer, kReject, kQuarantine, kTag };

enum class UnscannedReason {
  kTooDeep,             // parts in parts, archives in archives
  kTooManyParts,        //
  kAmbiguous,           // can be read in more ways than were looked at
  kLimit,               // a size, a number or a time of the antivirus
  kEncrypted,           //
  kUnsupportedArchive,  // a format that nothing here opens
  kEngineError,         // the environment failed: disk, memory, reading
  kTimeout,             // the worker was killed at its deadline
  kCrash,               // the worker died
};
inline constexpr size_t kUnscannedReasons = 9;

// In the order of the enum.
inline constexpr std::array<std::string_view, kUnscannedReasons> kUnscannedNames = {
    "too_deep",     "too_many_parts", "ambiguous", "limit", "encrypted", "unsupported_archive",
    "engine_error", "timeout",        "crash"};

constexpr std::string_view unscanned_name(UnscannedReason reason) {
  return kUnscannedNames[static_cast<size_t>(reason)];
}

UnscannedReason reason_of(std::string_view name);

// Of these nothing was looked at at all, not even the header: such a message can't be delivered
// with a mark, since what its sender wrote in our fields' names could not be taken out.
constexpr bool is_unread(UnscannedReason reason) {
  return reason == UnscannedReason::kTimeout || reason == UnscannedReason::kCrash;
}

// What a plan does for some reasons; without a value, what it does for all.
using UnscannedActions = std::array<std::optional<UnscannedAction>, kUnscannedReasons>;

// kTag for what was not read at all is kDefer.
constexpr UnscannedAction action_on(UnscannedReason reason, UnscannedAction all,
                                    const UnscannedActions& some) {
  const UnscannedAction action = some[static_cast<size_t>(reason)].value_or(all);
  return is_unread(reason) && action == UnscannedAction::kTag ? UnscannedAction::kDefer : action;
}

}  // namespace sekisho::config
