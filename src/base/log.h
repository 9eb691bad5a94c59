// Log lines are events for an operator: a literal and fields, one JSON object a line on standard
// error.
//
// A message and a field's name are literals (consteval); a field takes numbers, booleans, literals
// and ids, never a std::string: logging a patient's name does not compile. A type of ours that is
// safe to log converts itself to Field's LoggableId explicitly.
#pragma once

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <string_view>
#include <variant>

namespace tasuki::log {

class Literal {
 public:
  template <size_t n>
  consteval Literal(const char (&text)[n]) : text_(text, n - 1) {}  // NOLINT(*-explicit-*)
  constexpr std::string_view text() const { return text_; }

 private:
  std::string_view text_;
};

// An identifier that names no person: a feed, a facility, a port, a code of ours. The caller
// vouches for it.
struct SafeId {
  std::string_view text;
};

struct Field {
  template <std::integral T>
  constexpr Field(Literal field_name, T number)
      : name(field_name), value(static_cast<int64_t>(number)) {}
  constexpr Field(Literal field_name, double number) : name(field_name), value(number) {}
  constexpr Field(Literal field_name, Literal text) : name(field_name), value(text.text()) {}
  constexpr Field(Literal field_name, SafeId id) : name(field_name), value(id.text) {}

  Literal name;
  std::variant<int64_t, double, std::string_view> value;
};

enum class Level : uint8_t { debug, info, warning, error };

void write(Level level, Literal message, std::initializer_list<Field> fields);
void set_lowest(Level level);

inline void debug(Literal message, std::initializer_list<Field> fields = {}) {
  write(Level::debug, message, fields);
}
inline void info(Literal message, std::initializer_list<Field> fields = {}) {
  write(Level::info, message, fields);
}
inline void warning(Literal message, std::initializer_list<Field> fields = {}) {
  write(Level::warning, message, fields);
}
inline void error(Literal message, std::initializer_list<Field> fields = {}) {
  write(Level::error, message, fields);
}

}  // namespace tasuki::log
