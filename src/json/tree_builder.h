// A tree out of what RapidJSON says of the text, gathered on two stacks and laid into the arena
// when an array or object ends. For parse.cpp alone, whose two readings share it.
#pragma once

#include <algorithm>
#include <bit>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "json/value.h"

namespace tasuki::json {

class TreeBuilder {
 public:
  TreeBuilder(Arena& arena, unsigned depth_max) : arena_(arena), depth_max_(depth_max) {}

  bool Null() { return add(Value()); }
  bool Bool(bool value) { return add(Value::boolean(value)); }
  bool RawNumber(const char* text, unsigned size, bool) {
    return add(Value::number(arena_, std::string_view(text, size)));
  }
  bool String(const char* text, unsigned size, bool) {
    return add(Value::string(arena_, std::string_view(text, size)));
  }
  bool Key(const char* text, unsigned size, bool) {
    keys_.push_back(arena_.copy({text, size}));
    return true;
  }
  bool StartObject() { return enter(); }
  bool StartArray() { return enter(); }
  bool EndObject(unsigned count) {
    --depth_;
    Value object = Value::object();
    if (count > 0) {
      Member* members = take<Member>(count);
      const size_t first_key = keys_.size() - count;
      const size_t first_value = values_.size() - count;
      for (size_t i = 0; i < count; ++i)
        members[i] = {keys_[first_key + i], values_[first_value + i]};
      if (has_twin(members, count)) return false;
      object.members_ = members;
      object.size_ = count;
      keys_.resize(first_key);
      values_.resize(first_value);
    }
    return add(object);
  }
  bool EndArray(unsigned count) {
    --depth_;
    Value array = Value::array();
    if (count > 0) {
      Value* items = take<Value>(count);
      std::copy(values_.end() - count, values_.end(), items);
      array.items_ = items;
      array.size_ = count;
      values_.resize(values_.size() - count);
    }
    return add(array);
  }
  // Never called: kParseNumbersAsStringsFlag makes every number a RawNumber.
  bool Int(int) { return false; }
  bool Uint(unsigned) { return false; }
  bool Int64(int64_t) { return false; }
  bool Uint64(uint64_t) { return false; }
  bool Double(double) { return false; }

  Value root() const { return values_.front(); }
  const std::string& complaint() const { return complaint_; }

 private:
  bool add(Value value) {
    values_.push_back(value);
    return true;
  }
  bool enter() {
    if (++depth_ <= depth_max_) return true;
    complaint_ = fmt::format("Nesting deeper than {} levels.", depth_max_);
    return false;
  }
  // Room for a power of two, as Value grows by doubling.
  template <class T>
  T* take(size_t count) {
    return static_cast<T*>(arena_.take(std::bit_ceil(std::max<size_t>(count, 2)) * sizeof(T)));
  }
  bool has_twin(const Member* members, size_t count) {
    if (count > 16) return has_twin_sorted(members, count);
    for (size_t i = 1; i < count; ++i) {
      for (size_t j = 0; j < i; ++j) {
        if (members[i].name == members[j].name) return twin(members[i].name);
      }
    }
    return false;
  }
  bool has_twin_sorted(const Member* members, size_t count) {
    std::vector<std::string_view> names;
    for (size_t i = 0; i < count; ++i)
      names.push_back(members[i].name);
    std::ranges::sort(names);
    const auto place = std::ranges::adjacent_find(names);
    return place != names.end() && twin(*place);
  }
  bool twin(std::string_view name) {
    complaint_ = fmt::format("Member \"{}\" stands twice in one object.", name);
    return true;
  }

  Arena& arena_;
  unsigned depth_max_;
  unsigned depth_ = 0;
  std::vector<Value> values_;
  std::vector<std::string_view> keys_;
  std::string complaint_;
};

}  // namespace tasuki::json
