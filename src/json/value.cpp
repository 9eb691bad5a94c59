#include "json/value.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include <fmt/format.h>

#include "base/check.h"

namespace tasuki::json {
namespace {

constexpr size_t block_bytes_max = 256 * 1024;

// Arrays and objects hold room for a power of two; the room is full when the size is one (or is
// zero).
bool is_full(uint32_t size) {
  return size == 0 || (size >= 2 && std::has_single_bit(size));
}

template <class T>
T* grown(Arena& arena, const T* from, uint32_t size) {
  const size_t room = size == 0 ? 2 : size_t{size} * 2;
  T* to = static_cast<T*>(arena.take(room * sizeof(T)));
  std::uninitialized_copy_n(from, size, to);
  return to;
}

}  // namespace

void* Arena::take(size_t bytes) {
  bytes = (bytes + 7) & ~size_t{7};
  if (bytes > left_) {
    const size_t size = std::max(bytes, block_bytes_);
    blocks_.push_back(std::make_unique_for_overwrite<std::byte[]>(size));
    next_ = blocks_.back().get();
    left_ = size;
    block_bytes_ = std::min(block_bytes_ * 2, block_bytes_max);
  }
  void* const taken = next_;
  next_ += bytes;
  left_ -= bytes;
  return taken;
}

std::string_view Arena::copy(std::string_view text) {
  if (text.empty()) return {};
  char* to = static_cast<char*>(take(text.size()));
  std::memcpy(to, text.data(), text.size());
  return {to, text.size()};
}

Value Value::boolean(bool value) {
  Value made;
  made.kind_ = Kind::boolean;
  made.truth_ = value;
  return made;
}

Value Value::borrowed(Kind kind, std::string_view text) {
  Value made;
  made.kind_ = kind;
  made.size_ = static_cast<uint32_t>(text.size());
  made.text_ = text.data();
  return made;
}

Value Value::number(Arena& arena, std::string_view text) {
  return borrowed(Kind::number, arena.copy(text));
}

Value Value::number(Arena& arena, int64_t value) {
  return number(arena, fmt::format("{}", value));
}

Value Value::string(Arena& arena, std::string_view text) {
  return borrowed(Kind::string, arena.copy(text));
}

Value Value::array() {
  Value made;
  made.kind_ = Kind::array;
  return made;
}

Value Value::object() {
  Value made;
  made.kind_ = Kind::object;
  return made;
}

std::string_view Value::text() const {
  return kind_ == Kind::string || kind_ == Kind::number ? std::string_view(text_, size_)
                                                        : std::string_view();
}

std::span<const Value> Value::items() const {
  return kind_ == Kind::array ? std::span<const Value>(items_, size_) : std::span<const Value>();
}

std::span<Value> Value::items() {
  return kind_ == Kind::array ? std::span(items_, size_) : std::span<Value>();
}

std::span<const Member> Value::members() const {
  return kind_ == Kind::object ? std::span<const Member>(members_, size_)
                               : std::span<const Member>();
}

std::span<Member> Value::members() {
  return kind_ == Kind::object ? std::span(members_, size_) : std::span<Member>();
}

const Value* Value::find(std::string_view name) const {
  for (const Member& member : members()) {
    if (member.name == name) return &member.value;
  }
  return nullptr;
}

Value* Value::find(std::string_view name) {
  for (Member& member : members()) {
    if (member.name == name) return &member.value;
  }
  return nullptr;
}

std::string_view Value::text_of(std::string_view name) const {
  const Value* value = find(name);
  return value != nullptr && value->is_string() ? value->text() : std::string_view();
}

Value& Value::push(Arena& arena, Value item) {
  CHECK(kind_ == Kind::array);
  if (is_full(size_)) items_ = grown(arena, items_, size_);
  return *std::construct_at(items_ + size_++, item);
}

Value& Value::append(Arena& arena, std::string_view name, Value value) {
  CHECK(kind_ == Kind::object);
  if (is_full(size_)) members_ = grown(arena, members_, size_);
  return std::construct_at(members_ + size_++, Member{name, value})->value;
}

Value& Value::set(Arena& arena, std::string_view name, Value value) {
  if (Value* old = find(name)) return *old = value;
  return append(arena, arena.copy(name), value);
}

void Value::remove(std::string_view name) {
  const auto all = members();
  const auto place = std::ranges::find(all, name, &Member::name);
  if (place == all.end()) return;
  std::move(place + 1, all.end(), place);
  --size_;
  // Room is derived from size, so falling onto a power of two makes the next append take a new
  // block: correct, rare.
}

Value clone(const Value& value, Arena& arena) {
  switch (value.kind()) {
    case Kind::string:
      return Value::string(arena, value.text());
    case Kind::number:
      return Value::number(arena, value.text());
    case Kind::array: {
      Value copy = Value::array();
      for (const Value& item : value.items())
        copy.push(arena, clone(item, arena));
      return copy;
    }
    case Kind::object: {
      Value copy = Value::object();
      for (const Member& member : value.members()) {
        copy.append(arena, arena.copy(member.name), clone(member.value, arena));
      }
      return copy;
    }
    case Kind::null:
    case Kind::boolean:
      break;
  }
  return value;
}

bool equal(const Value& left, const Value& right) {
  if (left.kind() != right.kind()) return false;
  if (left.is_boolean()) return left.boolean() == right.boolean();
  if (left.size() != right.size()) return false;
  if (left.is_array()) return std::ranges::equal(left.items(), right.items(), equal);
  if (!left.is_object()) return left.text() == right.text();
  return std::ranges::all_of(left.members(), [&](const Member& member) {
    const Value* other = right.find(member.name);
    return other != nullptr && equal(member.value, *other);
  });
}

}  // namespace tasuki::json
