// base/result.h: the value of an operation on the environment, or why there is none.
//
// For what can fail outside our control (I/O, a dead worker, a limit). Malformed mail is a finding,
// never a Result. The names are those of std::expected, which g++ 12 lacks in C++20.
//   Result<UniqueFd> fd = open_file(path);
//   if (!fd) return fd.error();
//
// Ownership: holds the value.  Threads: as safe as T.

#pragma once

#include <string>
#include <utility>
#include <variant>

namespace sekisho {

// What went wrong, in words for a log line; `code` is an errno value, or 0 where none applies.
struct Error {
  std::string message;
  int code = 0;
};

// An Error "<what>: <strerror(code)>".
Error errno_error(std::string_view what, int code);
Error errno_error(std::string_view what);  // with the current errno

template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}      // NOLINT: implicit
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT: implicit

  bool has_value() const { return state_.index() == 0; }
  explicit operator bool() const { return has_value(); }
  T& value() { return std::get<0>(state_); }
  const T& value() const { return std::get<0>(state_); }
  T& operator*() { return value(); }
  const T& operator*() const { return value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }
  const Error& error() const { return std::get<1>(state_); }

 private:
  std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)), failed_(true) {}  // NOLINT: implicit

  bool has_value() const { return !failed_; }
  explicit operator bool() const { return has_value(); }
  const Error& error() const { return error_; }

 private:
  Error error_;
  bool failed_ = false;
};

}  // namespace sekisho
