// JIS X 0208 and 0212 to and from Unicode. The data is written by tools/jis_tables.py.
#pragma once

#include <cstdint>

namespace tasuki::jis {

// 0 where the cell is empty. Rows and columns from 1; rows 13, 89-92 and 115-119 are NEC's and
// IBM's.
char32_t unicode_of_x0208(unsigned row, unsigned column);
char32_t unicode_of_x0212(unsigned row, unsigned column);

struct Cell {
  uint8_t row = 0, column = 0;  // row 0: not in the table
};
enum class Rows : uint8_t {
  standard,
  with_nec,
  with_ibm
};  // with_ibm: 115-119 before NEC's copies, as CP932 writers do
Cell x0208_of(char32_t point, Rows rows);

}  // namespace tasuki::jis
