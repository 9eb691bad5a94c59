// Any bytes as a file of records, the first of them saying which format: an answer in bounded time,
// and no cell beyond the bytes.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "formats/table/records.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace tasuki::table;
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  Shape shape;
  shape.format = static_cast<Shape::Format>(1 + data[0] % 6);
  if (shape.format == Shape::Format::fixed) shape.columns = {{"patient", "", 3, 4}};
  if (shape.format == Shape::Format::dicom) shape.columns = {{"name", "PatientName", 0, 0}};
  shape.kinds = {{"SI", 43, 1, 13, 0, 0}, {"SY", 7, 0, 0, 4, 4}};
  shape.begins = "RE";
  const auto records = read(bytes, shape);
  if (!records) return 0;
  for (const auto& row : records->rows)
    for (const Cell& cell : row)
      if (cell.begin > cell.end || cell.end > bytes.size()) std::abort();
  return 0;
}
