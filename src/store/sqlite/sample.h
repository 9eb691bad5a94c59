// How long a posting list is, judged from a piece of it.
//
// Why no counters: one row more a term would cost a write for each of the thirty terms of a
// resource. A list that ends within the piece is known exactly, and small lists are the ones that
// decide. Of a long one the newest records and some from the middle tell how densely it lies among
// all records; a search needs to know whether it holds a hundredth or a half of them, not more.
#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "store/sqlite/connection.h"
#include "store/sqlite/point.h"
#include "store/store.h"

namespace tasuki::store::sqlite {

using Records = std::vector<uint64_t>;  // ascending, each once

struct Sample {
  Records newest;
  uint64_t expected = 0;  // records in the whole list
  bool is_whole = false;  // newest holds all of them
};

// So many entries of lists that are to be remembered are read while somebody waits: 50 ms, once.
constexpr uint64_t read_max = 1'000'000;
constexpr size_t newest_max = 512;  // as many entries as cost what finding the list costs: 50 us

// Looks into each segment of the index, which in a large database takes a millisecond.
Result<Sample> sample(Connection& connection, const std::string& expression);

// Samples of long lists, and which ranges are long, remembered between searches. They estimate, and
// decide nothing but the way that a search takes: one that is a little old does as well.
class Samples {
 public:
  Result<Sample> of(Connection& connection, const std::string& expression, Point at);

  // Whether the range was found to have more than so many entries.
  bool is_longer(const Node& range, size_t entries, Point at);
  void found_longer(const Node& range, size_t entries, Point at);

 private:
  struct Taken {
    Sample sample;
    Point at;
  };
  struct Longer {
    size_t entries = 0;
    Point at;
  };
  std::mutex mutex_;
  std::unordered_map<std::string, Taken> taken_;
  std::unordered_map<std::string, Longer> longer_;
};

}  // namespace tasuki::store::sqlite
