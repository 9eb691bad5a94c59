// JSON written straight through, with its commas and escapes: for answers of the web faces.
#pragma once

#include <string>
#include <string_view>

namespace tasuki::server::faces {

class Text {
 public:
  Text& object() { return open('{', '}'); }
  Text& array() { return open('[', ']'); }
  Text& end();                        // of the innermost object or array
  Text& name(std::string_view name);  // of the next value
  Text& value(std::string_view text);
  Text& value(bool truth) { return raw(truth ? "true" : "false"); }
  Text& value(int64_t number) { return raw(std::to_string(number)); }
  Text& null() { return raw("null"); }
  Text& raw(std::string_view json);

  template <class V>
  Text& member(std::string_view member_name, const V& member_value) {
    name(member_name);
    if constexpr (std::is_same_v<V, bool>) {
      return value(member_value);
    } else if constexpr (std::is_integral_v<V>) {
      return value(static_cast<int64_t>(member_value));
    } else {
      return value(std::string_view(member_value));
    }
  }
  Text& member_or_null(std::string_view member_name, std::string_view text) {
    name(member_name);
    return text.empty() ? null() : value(text);
  }

  std::string take() { return std::move(out_); }

 private:
  Text& open(char opening, char closing);
  void separate();

  std::string out_, closing_;
  bool fresh_ =
      true;  // nothing stands yet in the innermost object or array, or a name was just written
};

}  // namespace tasuki::server::faces
