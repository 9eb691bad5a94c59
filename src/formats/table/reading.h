// The readers behind records.h, a file a family.
#pragma once

#include "formats/table/records.h"

namespace tasuki::table {

Result<Records> read_delimited(std::string_view bytes, const Shape& shape,
                               std::optional<Charset> charset);
Result<Records> read_fixed(std::string_view bytes, const Shape& shape,
                           std::optional<Charset> charset);
Result<Records> read_uke(std::string_view bytes, const Shape& shape,
                         std::optional<Charset> charset);
Result<Records> read_dicom(std::string_view bytes, const Shape& shape);
Result<Records> read_json(std::string_view bytes, const Shape& shape);
Result<Records> read_xml(std::string_view bytes, const Shape& shape);

Error too_many_rows();

}  // namespace tasuki::table
