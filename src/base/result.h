// What a function that can fail returns: the value, or an Error that says what, where and what
// would be right.
//
// Why: errors are values here. Result cannot be dropped ([[nodiscard]]) and TRY keeps the good path
// straight. Exceptions mean a bug or an empty machine; libraries that throw are wrapped where they
// are called.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <utility>

namespace tasuki {

struct Error {
  enum class Kind : uint8_t {
    invalid,
    unauthenticated,
    forbidden,
    not_found,
    gone,
    conflict,
    unsupported,
    too_costly,
    unavailable,
    internal,
  };
  Kind kind;
  std::string
      message;  // one sentence for the person who can mend it: what, and what would be right
  std::string
      location;  // where in the input: a FHIRPath, "PID-7", "row 12, column 3", a byte offset
};

template <class T>
struct [[nodiscard]] Result : std::expected<T, Error> {
  using std::expected<T, Error>::expected;
  Result(Error error) : std::expected<T, Error>(std::unexpect, std::move(error)) {}
};

}  // namespace tasuki

// The value of a Result, or return its Error to the caller. Never inside another TRY, never around
// co_await.
#define TRY(...)                         \
  __extension__({                        \
    auto&& result_ = (__VA_ARGS__);      \
    if (!result_) [[unlikely]]           \
      return std::move(result_).error(); \
    *std::move(result_);                 \
  })
