// The small lasting numbers of names (owners, subjects, authors, feeds, mappings), kept in memory.
//
// Only committed names enter, so a name found here is on the disk. Bounded: when full it is emptied
// and fills again with what is being used.
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <unordered_map>

namespace tasuki::store::sqlite {

class Names {
 public:
  static constexpr size_t names_max = 100'000;

  std::optional<uint64_t> number_of(const std::string& text) const;
  std::optional<std::string> text_of(uint64_t number) const;
  void add(const std::string& text, uint64_t number);

 private:
  mutable std::shared_mutex mutex_;
  std::unordered_map<std::string, uint64_t> numbers_;
  std::unordered_map<uint64_t, std::string> texts_;
};

}  // namespace tasuki::store::sqlite
