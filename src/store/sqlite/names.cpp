#include "store/sqlite/names.h"

namespace tasuki::store::sqlite {

std::optional<uint64_t> Names::number_of(const std::string& text) const {
  const std::shared_lock lock(mutex_);
  const auto found = numbers_.find(text);
  return found == numbers_.end() ? std::nullopt : std::optional(found->second);
}

std::optional<std::string> Names::text_of(uint64_t number) const {
  const std::shared_lock lock(mutex_);
  const auto found = texts_.find(number);
  return found == texts_.end() ? std::nullopt : std::optional(found->second);
}

void Names::add(const std::string& text, uint64_t number) {
  const std::unique_lock lock(mutex_);
  if (numbers_.size() >= names_max) {
    numbers_.clear();
    texts_.clear();
  }
  numbers_[text] = number;
  texts_[number] = text;
}

}  // namespace tasuki::store::sqlite
