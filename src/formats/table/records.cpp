#include "formats/table/records.h"

#include "formats/table/reading.h"

namespace tasuki::table {

Result<Records> read(std::string_view bytes, const Shape& shape, std::optional<Charset> charset) {
  switch (shape.format) {
    case Shape::Format::csv:
      return read_delimited(bytes, shape, charset);
    case Shape::Format::fixed:
      return read_fixed(bytes, shape, charset);
    case Shape::Format::json:
      return read_json(bytes, shape);
    case Shape::Format::xml:
      return read_xml(bytes, shape);
    case Shape::Format::dicom:
      return read_dicom(bytes, shape);
    case Shape::Format::uke:
      return read_uke(bytes, shape, charset);
    case Shape::Format::none:
      break;
  }
  return Error{
      Error::Kind::invalid, "表の形式が決まっていません。/ The records have no format.", {}};
}

}  // namespace tasuki::table
