// JSON as a tree in an arena: sixteen bytes a value, numbers as the text that was written.
//
// Why our own: FHIR decimals keep their digits (8.50 is not 8.5; FHIR R4 json.html#decimal), member
// order is kept, and a resource is parsed once and then only looked at. Values are handles into
// their Document's arena: copying one copies no text, and no value outlives its arena.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace tasuki::json {

// Memory that is taken in pieces and given back all at once.
class Arena {
 public:
  void* take(size_t bytes);  // aligned to 8
  std::string_view copy(std::string_view text);

 private:
  std::vector<std::unique_ptr<std::byte[]>> blocks_;
  std::byte* next_ = nullptr;
  size_t left_ = 0;
  size_t block_bytes_ = 4096;
};

enum class Kind : uint8_t { null, boolean, number, string, array, object };

struct Member;

class Value {
 public:
  Value() = default;  // null
  static Value boolean(bool value);
  static Value number(Arena& arena, std::string_view text);  // text must be a JSON number
  static Value number(Arena& arena, int64_t value);
  static Value string(Arena& arena, std::string_view text);
  static Value borrowed(
      Kind kind, std::string_view text);  // no copy: a literal, or text that outlives the tree
  static Value array();
  static Value object();

  Kind kind() const { return kind_; }
  bool is_null() const { return kind_ == Kind::null; }
  bool is_string() const { return kind_ == Kind::string; }
  bool is_number() const { return kind_ == Kind::number; }
  bool is_boolean() const { return kind_ == Kind::boolean; }
  bool is_array() const { return kind_ == Kind::array; }
  bool is_object() const { return kind_ == Kind::object; }

  bool boolean() const { return truth_; }  // false unless a boolean
  std::string_view text() const;           // of a string or number; otherwise empty
  size_t size() const { return size_; }    // items, members, or bytes of text
  std::span<const Value> items() const;    // empty unless an array
  std::span<Value> items();
  std::span<const Member> members() const;  // empty unless an object
  std::span<Member> members();

  const Value* find(std::string_view name) const;  // nullptr unless an object that has it
  Value* find(std::string_view name);
  std::string_view text_of(std::string_view name) const;  // of a string member; otherwise empty

  // Building. The arena is the document's own.
  Value& push(Arena& arena, Value item);  // of an array
  Value& set(Arena& arena, std::string_view name,
             Value value);  // replaces or appends; the name is copied
  Value& append(Arena& arena, std::string_view name,
                Value value);  // no look for an equal name; the name is borrowed
  void remove(std::string_view name);

 private:
  friend class TreeBuilder;
  Kind kind_ = Kind::null;
  bool truth_ = false;
  uint32_t size_ = 0;
  union {
    const char* text_ = nullptr;
    Value* items_;
    Member* members_;
  };
};

struct Member {
  std::string_view name;
  Value value;
};

struct Document {
  Arena arena;
  Value root;
};

// A deep copy into another arena.
Value clone(const Value& value, Arena& arena);

// Same kinds, same texts, same order of items; order of members does not count.
bool equal(const Value& left, const Value& right);

}  // namespace tasuki::json
