// JSON and XML: where the records are, and their leaves by path.
#include <algorithm>

#include <fmt/format.h>

#include "formats/table/reading.h"
#include "json/parse.h"
#include "xml/document.h"

namespace tasuki::table {
namespace {

using Leaf = std::pair<std::string, std::string>;  // path and text
using Leaves = std::vector<Leaf>;

constexpr size_t leaves_max = 2'000;  // of one record

std::string_view next_name(std::string_view& path, char separator) {
  const size_t end = std::min(path.find(separator), path.size());
  const std::string_view name = path.substr(0, end);
  path.remove_prefix(std::min(end + 1, path.size()));
  return name;
}

// "patient.id": every value below, arrays by their first item.
void collect(const json::Value& value, const std::string& path, Leaves& leaves) {
  if (leaves.size() >= leaves_max) return;
  if (value.is_object()) {
    for (const auto& member : value.members())
      collect(member.value,
              path.empty() ? std::string(member.name) : path + "." + std::string(member.name),
              leaves);
  } else if (value.is_array()) {
    for (size_t i = 0; i < value.size(); ++i)
      collect(value.items()[i], i == 0 ? path : fmt::format("{}[{}]", path, i + 1), leaves);
  } else if (value.is_boolean()) {
    leaves.emplace_back(path, value.boolean() ? "true" : "false");
  } else if (!value.is_null()) {
    leaves.emplace_back(path, std::string(value.text()));
  }
}

// "patient/name", "patient/@id"; the second of a name is "name[2]".
void collect(const xml::Node& node, const std::string& path, Leaves& leaves) {
  if (leaves.size() >= leaves_max) return;
  for (const xml::Attribute& attribute : node.attributes())
    leaves.emplace_back((path.empty() ? "@" : path + "/@") + std::string(attribute.name),
                        attribute.value);
  bool has_elements = false;
  std::vector<std::string_view> names;
  for (xml::Node child = node.first(); child; child = child.next()) {
    if (!child.is_element()) continue;
    has_elements = true;
    const auto before = std::ranges::count(names, child.name());
    names.push_back(child.name());
    const std::string name =
        before == 0 ? std::string(child.name()) : fmt::format("{}[{}]", child.name(), before + 1);
    collect(child, path.empty() ? name : path + "/" + name, leaves);
  }
  if (!has_elements && !path.empty()) leaves.emplace_back(path, node.text());
}

const std::string* text_at(const Leaves& leaves, std::string_view path) {
  const auto found = std::ranges::find(leaves, path, &Leaf::first);
  return found == leaves.end() ? nullptr : &found->second;
}

// One row: the shape's columns, then the leaves that none asked for.
void add_row(const Leaves& row, const Leaves& whole, const Shape& shape, Records& records) {
  std::vector<Cell> cells;
  std::vector<bool> used(row.size());
  for (const Column& column : shape.columns) {
    std::string_view source = column.source;
    const bool from_whole = source.starts_with("$");
    if (from_whole) source.remove_prefix(std::min<size_t>(2, source.size()));
    const std::string* const text = text_at(from_whole ? whole : row, source);
    cells.push_back({text == nullptr ? std::string() : *text, {}, 0, 0});
    for (size_t i = 0; i < row.size(); ++i)
      if (!from_whole && row[i].first == source) used[i] = true;
  }
  for (size_t i = 0; i < row.size(); ++i) {
    if (used[i]) continue;
    auto name = std::ranges::find(records.names, row[i].first);
    if (name == records.names.end()) {
      if (records.names.size() >= names_max) continue;
      records.names.push_back(row[i].first);
      name = records.names.end() - 1;
    }
    const auto place = static_cast<size_t>(name - records.names.begin());
    if (place < shape.columns.size()) continue;
    if (cells.size() <= place) cells.resize(place + 1);
    cells[place].text = row[i].second;
  }
  records.rows.push_back(std::move(cells));
  records.places.emplace_back(0, 0);
}

Records empty_records(const Shape& shape) {
  Records records;
  for (const Column& column : shape.columns)
    records.names.push_back(column.name);
  return records;
}

Error no_rows(const Shape& shape) {
  return {Error::Kind::invalid,
          fmt::format("レコードの場所「{0}」がありません。/ There are no records at '{0}'.",
                      shape.rows),
          shape.rows};
}

void find_rows(const xml::Node& node, std::string_view path, std::vector<xml::Node>& rows) {
  const std::string_view name = next_name(path, '/');
  for (xml::Node child = node.first(); child; child = child.next()) {
    if (!child.is_element() || child.name() != name) continue;
    if (path.empty())
      rows.push_back(child);
    else
      find_rows(child, path, rows);
  }
}

}  // namespace

Result<Records> read_json(std::string_view bytes, const Shape& shape) {
  const json::Document document = TRY(json::parse(bytes));
  const json::Value* place = &document.root;
  for (std::string_view path = shape.rows; !path.empty() && place != nullptr;)
    place = place->find(next_name(path, '.'));
  if (place == nullptr || (!place->is_array() && !place->is_object())) return no_rows(shape);
  Leaves whole;
  collect(document.root, {}, whole);
  Records records = empty_records(shape);
  const std::span<const json::Value> rows =
      place->is_array() ? place->items() : std::span<const json::Value>(place, 1);
  if (rows.size() > rows_max) return too_many_rows();
  for (const json::Value& row : rows) {
    Leaves leaves;
    collect(row, {}, leaves);
    add_row(leaves, whole, shape, records);
  }
  return records;
}

Result<Records> read_xml(std::string_view bytes, const Shape& shape) {
  const xml::Document document = TRY(xml::parse(bytes));
  const xml::Node root = document.root();
  std::vector<xml::Node> rows;
  std::string_view path = shape.rows;
  if (!path.empty() && next_name(path, '/') != root.name()) return no_rows(shape);
  if (path.empty())
    rows.push_back(root);
  else
    find_rows(root, path, rows);
  if (rows.empty()) return no_rows(shape);
  if (rows.size() > rows_max) return too_many_rows();
  Leaves whole;
  collect(root, {}, whole);
  Records records = empty_records(shape);
  for (const xml::Node& row : rows) {
    Leaves leaves;
    collect(row, {}, leaves);
    add_row(leaves, whole, shape, records);
  }
  return records;
}

}  // namespace tasuki::table
