// RFC 6902 JSON Patch over RFC 6901 JSON Pointer.
#include <algorithm>
#include <charconv>
#include <optional>

#include <fmt/core.h>

#include "base/utf8.h"
#include "fhir/patch/patch.h"
#include "fhir/patch/tree.h"

namespace tasuki::fhir {
namespace {

std::string_view shown(std::string_view text) {
  return utf8::head(text, 128);
}

// "/a~1b/0" to "a/b", "0". RFC 6901, 3 and 4
Result<std::vector<std::string>> parse_pointer(std::string_view text) {
  std::vector<std::string> tokens;
  if (text.empty()) return tokens;
  if (text.front() != '/')
    return Error{
        Error::Kind::invalid,
        fmt::format("\"{}\" is not a JSON Pointer: it begins with \"/\" or is empty.", shown(text)),
        {}};
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '/') {
      tokens.emplace_back();
    } else if (text[i] != '~') {
      tokens.back() += text[i];
    } else {
      const char code = i + 1 < text.size() ? text[++i] : '\0';
      if (code != '0' && code != '1')
        return Error{Error::Kind::invalid,
                     fmt::format("In \"{}\" a \"~\" is followed by neither 0 nor 1.", shown(text)),
                     {}};
      tokens.back() += code == '0' ? '~' : '/';
    }
  }
  return tokens;
}

// RFC 6901, 4: digits without a leading zero.
std::optional<size_t> index_of(std::string_view token) {
  size_t index = 0;
  const auto [end, failure] = std::from_chars(token.data(), token.data() + token.size(), index);
  if (failure != std::errc() || end != token.data() + token.size()) return std::nullopt;
  if (token.size() > 1 && token.front() == '0') return std::nullopt;
  return index;
}

// RFC 6902 4.6: numbers by value, objects in any order.
bool same(const json::Value& left, const json::Value& right) {
  if (left.is_number() && right.is_number()) return same_number(left.text(), right.text());
  if (left.kind() != right.kind() || left.size() != right.size()) return false;
  if (left.is_array()) return std::ranges::equal(left.items(), right.items(), same);
  if (!left.is_object()) return json::equal(left, right);
  return std::ranges::all_of(left.members(), [&](const json::Member& member) {
    const json::Value* other = right.find(member.name);
    return other != nullptr && same(member.value, *other);
  });
}

class JsonPatcher {
 public:
  JsonPatcher(json::Document& target, const PatchLimits& limits)
      : target_(target), limits_(limits), budget_(limits) {}

  Result<void> apply(const json::Value& operation) {
    if (!operation.is_object()) return wrong("it must be an object with op and path");
    const std::string_view op = operation.text_of("op");
    const std::string path = TRY(text_member(operation, "path"));
    if (op == "add") return add(path, copied(TRY(value_of(operation))));
    if (op == "remove") return remove(path);
    if (op == "replace") return replace(path, copied(TRY(value_of(operation))));
    if (op == "test") return test(path, *TRY(value_of(operation)));
    if (op == "move") return move(TRY(text_member(operation, "from")), path);
    if (op == "copy") return copy(TRY(text_member(operation, "from")), path);
    return wrong(fmt::format("op is \"{}\"; there are add, remove, replace, move, copy and test",
                             shown(op)));
  }

 private:
  static Error wrong(std::string what) {
    return {Error::Kind::invalid, "In the JSON Patch: " + std::move(what) + ".", {}};
  }
  static Error missing(std::string_view path) {
    return wrong(fmt::format("there is nothing at \"{}\"", shown(path)));
  }

  static Result<std::string> text_member(const json::Value& operation, std::string_view name) {
    const json::Value* value = operation.find(name);
    if (value == nullptr || !value->is_string())
      return wrong(fmt::format("the operation needs a \"{}\", a JSON Pointer", name));
    return std::string(value->text());
  }
  static Result<const json::Value*> value_of(const json::Value& operation) {
    const json::Value* value = operation.find("value");
    if (value == nullptr) return wrong("the operation needs a \"value\"");
    return value;
  }
  json::Value copied(const json::Value* value) { return json::clone(*value, target_.arena); }

  Result<json::Value*> find(std::string_view path, const std::vector<std::string>& tokens,
                            size_t count) {
    json::Value* at = &target_.root;
    for (size_t i = 0; i < count; ++i) {
      if (at->is_object()) {
        at = at->find(tokens[i]);
      } else if (at->is_array()) {
        const auto index = index_of(tokens[i]);
        at = index && *index < at->size() ? &at->items()[*index] : nullptr;
      } else {
        at = nullptr;
      }
      if (at == nullptr) return missing(path);
    }
    return at;
  }

  Result<void> add(std::string_view path, json::Value value) {
    const auto tokens = TRY(parse_pointer(path));
    const Extent extent = extent_of(value);
    TRY(budget_.spend(extent.nodes));
    if (tokens.size() + extent.depth > limits_.depth_max)
      return Error{
          Error::Kind::too_costly,
          fmt::format("The result would be nested deeper than {} levels.", limits_.depth_max),
          {}};
    if (tokens.empty()) {
      target_.root = value;
      return {};
    }
    json::Value* parent = TRY(find(path, tokens, tokens.size() - 1));
    if (parent->is_object()) {
      parent->set(target_.arena, tokens.back(), value);
      return {};
    }
    if (!parent->is_array()) return missing(path);
    const auto index = tokens.back() == "-" ? parent->size() : index_of(tokens.back());
    if (!index || *index > parent->size())
      return wrong(
          fmt::format("\"{}\" is no place in an array of {}", shown(path), parent->size()));
    TRY(budget_.spend(parent->size() - *index));
    insert_at(*parent, *index, value, target_.arena);
    return {};
  }

  Result<void> remove(std::string_view path) {
    const auto tokens = TRY(parse_pointer(path));
    if (tokens.empty()) {
      target_.root = json::Value();
      return {};
    }
    TRY(find(path, tokens, tokens.size()));
    json::Value* parent = TRY(find(path, tokens, tokens.size() - 1));
    if (parent->is_object()) {
      parent->remove(tokens.back());
      return {};
    }
    TRY(budget_.spend(parent->size()));
    remove_at(*parent, *index_of(tokens.back()), target_.arena);
    return {};
  }

  Result<void> replace(std::string_view path, json::Value value) {
    const auto tokens = TRY(parse_pointer(path));
    TRY(find(path, tokens, tokens.size()));
    if (!tokens.empty()) TRY(remove(path));
    return add(path, value);
  }

  Result<void> test(std::string_view path, const json::Value& value) {
    const auto tokens = TRY(parse_pointer(path));
    const json::Value* found = TRY(find(path, tokens, tokens.size()));
    TRY(budget_.spend(extent_of(value).nodes));
    if (same(*found, value)) return {};
    return wrong(fmt::format("the test of \"{}\" fails: another value stands there", shown(path)));
  }

  Result<void> move(const std::string& from, const std::string& path) {
    const auto tokens = TRY(parse_pointer(from));
    if (path.starts_with(from + "/"))
      return wrong(fmt::format("\"{}\" cannot be moved into itself", shown(from)));
    const json::Value value = *TRY(find(from, tokens, tokens.size()));
    if (from == path) return {};
    TRY(remove(from));
    return add(path, value);
  }

  Result<void> copy(const std::string& from, const std::string& path) {
    const auto tokens = TRY(parse_pointer(from));
    const json::Value* value = TRY(find(from, tokens, tokens.size()));
    TRY(budget_.spend(extent_of(*value).nodes));
    return add(path, copied(value));
  }

  json::Document& target_;
  const PatchLimits& limits_;
  Budget budget_;
};

}  // namespace

Result<void> apply_json_patch(json::Document& target, const json::Value& patch,
                              PatchLimits limits) {
  if (!patch.is_array())
    return Error{Error::Kind::invalid, "A JSON Patch is an array of operations (RFC 6902).", {}};
  if (patch.size() > limits.operations_max)
    return Error{Error::Kind::too_costly,
                 fmt::format("The patch has {} operations; at most {} are taken.", patch.size(),
                             limits.operations_max),
                 {}};
  JsonPatcher patcher(target, limits);
  size_t number = 0;
  for (const json::Value& operation : patch.items()) {
    auto applied = patcher.apply(operation);
    if (!applied) {
      applied.error().location = fmt::format("operation {}", number);
      return applied;
    }
    ++number;
  }
  return {};
}

}  // namespace tasuki::fhir
