// CHECK guards what only our own mistake can break. It stays on in release and is never used on
// input.
#pragma once

namespace tasuki {
[[noreturn]] void check_failed(const char* condition, const char* file, int line);
}

#define CHECK(condition) \
  ((condition) ? static_cast<void>(0) : ::tasuki::check_failed(#condition, __FILE__, __LINE__))
