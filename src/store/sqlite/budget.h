// What a search may cost, what it has cost so far, and for which part of the question: the hard cap
// names the part that cost most, and an explained search shows them all.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "store/store.h"

namespace tasuki::store::sqlite {

class Budget {  // of Search::cost_max: records and entries looked at
 public:
  explicit Budget(size_t cost_max) : left_(cost_max), max_(cost_max) {}

  // What is spent from here on is for this part, worked out in this way.
  void begin(std::string_view part, std::string_view by);
  void expect(uint64_t records);  // of the part begun last
  Result<void> spend(size_t count);

  size_t left() const { return left_; }
  const std::vector<SearchStep>& steps() const { return steps_; }

 private:
  size_t left_;
  size_t max_;
  std::vector<SearchStep> steps_;
  size_t now_ = 0;
};

}  // namespace tasuki::store::sqlite
