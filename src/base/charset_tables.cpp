#include "base/charset_tables.h"

#include <memory>
#include <string_view>
#include <vector>

namespace tasuki::jis {
namespace {

#include "base/charset_tables.inc"

constexpr char16_t hole = 0xFFFD;

template <size_t n>
char32_t cell_of(const std::u16string_view (&rows)[n], unsigned row, unsigned column) {
  if (row < 1 || row > n || column < 1 || column > rows[row - 1].size()) return 0;
  const char16_t point = rows[row - 1][column - 1];
  return point == hole ? 0 : point;
}

bool is_vendor_row(unsigned row) {
  return row == 13 || row >= 89;
}

// Unicode to row and column, one entry a character of the basic plane: made at the first use, 128
// KiB.
using Reverse = std::vector<uint16_t>;

void enter_rows(Reverse& table, unsigned first, unsigned last, bool vendor) {
  for (unsigned row = first; row <= last; ++row) {
    if (is_vendor_row(row) != vendor) continue;
    for (unsigned column = 1; column <= 94; ++column) {
      const char32_t point = unicode_of_x0208(row, column);
      if (point != 0 && table[point] == 0) table[point] = static_cast<uint16_t>(row << 8 | column);
    }
  }
}

// The other Unicode readings of some JIS cells (Windows, macOS), so that any of them is written.
void enter_other_readings(Reverse& table) {
  constexpr std::pair<char16_t, char16_t> readings[] = {
      {u'～', u'〜'},    {u'∥', u'‖'},      {u'－', u'−'},      {u'￠', u'¢'}, {u'￡', u'£'},
      {u'￢', u'¬'},     {u'—', u'―'},      {u'–', u'―'},       {u'¥', u'￥'}, {u'‾', u'￣'},
      {u'\u2010', u'‐'}, {u'\u2011', u'‐'}, {u'\u00A0', u'　'}, {u'µ', u'μ'}};
  for (const auto& [written, cell] : readings)
    if (table[written] == 0) table[written] = table[cell];
}

Reverse reverse_of(Rows rows) {
  Reverse table(0x10000, 0);
  enter_rows(table, 1, 94, false);
  if (rows == Rows::with_ibm) {
    enter_rows(table, 13, 13, true);
    enter_rows(table, 115, 119, true);
  }
  if (rows != Rows::standard) enter_rows(table, 1, 94, true);
  enter_other_readings(table);
  return table;
}

}  // namespace

char32_t unicode_of_x0208(unsigned row, unsigned column) {
  return cell_of(jis_x_0208_rows, row, column);
}
char32_t unicode_of_x0212(unsigned row, unsigned column) {
  return cell_of(jis_x_0212_rows, row, column);
}

Cell x0208_of(char32_t point, Rows rows) {
  static const Reverse standard = reverse_of(Rows::standard);
  static const Reverse with_nec = reverse_of(Rows::with_nec);
  static const Reverse with_ibm = reverse_of(Rows::with_ibm);
  if (point > 0xFFFF) return {};
  const auto& table = rows == Rows::standard   ? standard
                      : rows == Rows::with_nec ? with_nec
                                               : with_ibm;
  const uint16_t code = table[point];
  return {static_cast<uint8_t>(code >> 8), static_cast<uint8_t>(code & 0xFF)};
}

}  // namespace tasuki::jis
