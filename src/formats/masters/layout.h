// The official layouts of the Japanese masters: which column is the code, the name, the reading,
// the validity; and which code systems a file holds (one file often holds several).
//
// Why: hospitals bring the files as their publishers distribute them (支払基金, MEDIS-DC, JAMI,
// JSLM, MHLW); what a column means is data here, a row a layout. A file is known by its record
// letter, its header, or the shape of its columns, never by its name.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tasuki::formats::masters {

// A column by its place from 0, or by words of its header.
struct Column {
  int place = -1;
  std::string_view header = {};
  constexpr bool is_given() const { return place >= 0 || !header.empty(); }
};

struct Field {
  std::string_view name;  // of the concept property: "icd10"
  Column column;
};

// A code system in the file.
struct Target {
  std::string_view system, name, title;
  Column code;
  Column display;
  size_t code_size = 0;  // only codes of this length; 0: any
};

struct Layout {
  std::string_view name, title;  // "receipt-disease", "傷病名マスター"
  char letter = 0;               // of the second column
  std::string_view header = {};  // words that the first row holds
  size_t columns_min = 2;
  std::array<Target, 4> targets = {};
  Column kana = {}, since = {}, until = {};
  std::array<Field, 10> fields = {};
};

std::span<const Layout> layouts();

// A row's fields, decoded.
using Row = std::vector<std::string_view>;

// The layout a file's first row is of; nothing: none that we know.
const Layout* layout_of(const Row& first);
const Layout* layout_named(std::string_view name);

// The columns' places in this file; header: its first row where it has one.
std::optional<size_t> place_of(const Column& column, const Row& header);

}  // namespace tasuki::formats::masters
