// A master file to its codes, one after the other: bounded memory whatever its size.
//
// CP932 (what the publishers write) or UTF-8; CSV by RFC 4180 in what the publishers use of it.
// Splitting before decoding is safe: no second byte of CP932 is a quote, a comma or a line end.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/charset.h"
#include "base/result.h"
#include "formats/masters/layout.h"

namespace tasuki::formats::masters {

struct Code {
  std::string_view code, display, kana;
  std::string_view since, until;  // "2022-04-01"; empty: open
  std::vector<std::pair<std::string_view, std::string_view>> fields;
};

struct Counts {
  size_t rows = 0, codes = 0, without_code = 0, repeated = 0;
};

class Master {
 public:
  // The bytes must outlive it. invalid: not a layout that we know, or not text.
  static Result<Master> open(std::string_view bytes);

  const Layout& layout() const { return *layout_; }
  std::vector<const Target*> targets() const;  // those whose columns this file has

  // Every code of one target, in the file's order; false from `each` counts as repeated.
  Result<Counts> read(const Target& target, const std::function<bool(const Code&)>& each) const;

  // The newest date that any row has: what stands in for a version. "20260401"; may be empty.
  std::string newest_date() const;

 private:
  std::string_view bytes_;
  Charset charset_ = Charset::utf_8;
  const Layout* layout_ = nullptr;
  std::vector<std::string> header_;
  bool has_header_ = false;
};

}  // namespace tasuki::formats::masters
