#include <fmt/format.h>

#include "intake/mapping/compiler.h"

namespace tasuki::intake {

bool Cursor::accept(std::string_view text) {
  if (!sees(text)) return false;
  ++next_;
  return true;
}

Result<void> Cursor::expect(std::string_view text) {
  if (accept(text)) return {};
  return error(
      at_end() ? fmt::format("ここに `{0}` が要ります。/ Here `{0}` is missing.", text)
               : fmt::format(
                     "「{0}」のところに `{1}` が要ります。/ Here stands '{0}' where `{1}` belongs.",
                     word().text, text));
}

Result<std::string> Cursor::name(std::string_view what) {
  if (at_end() || word().kind != Word::Kind::name)
    return error(fmt::format("ここに要るものがありません({0})。/ Here {0} is missing.", what));
  return line_.words[next_++].text;
}

Result<std::string> Cursor::text(std::string_view what) {
  if (!sees_text())
    return error(fmt::format(
        "ここに引用符で囲んだ文字列が要ります({0})。/ Here {0} is missing, in quotation marks.",
        what));
  return line_.words[next_++].text;
}

Result<void> Cursor::end() const {
  if (at_end()) return {};
  return error(fmt::format("ここに「{0}」は書けません。/ '{0}' is too much here.", word().text));
}

Error Cursor::error(std::string message) const {
  return {Error::Kind::invalid, std::move(message), place_of(line_)};
}

}  // namespace tasuki::intake
