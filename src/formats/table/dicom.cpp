// DICOM datasets: the attributes of one instance as one record; its pixels are not looked at.
//
// PS3.10 7 (file format), PS3.5 6.2 (value representations), 6.1.2 (character sets). DCMTK reads;
// text in Japanese character sets is decoded here, because the iconv of Debian's C library knows
// neither ISO 2022 IR 87 nor 159.
#include <dcmtk/config/osconfig.h>

#include <dcmtk/dcmdata/dcdeftag.h>
#include <dcmtk/dcmdata/dcfilefo.h>
#include <dcmtk/dcmdata/dcspchrs.h>
#include <dcmtk/oflog/oflog.h>

#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>
#include <charconv>
#include <mutex>
#include <optional>

#include "formats/table/reading.h"

namespace tasuki::table {
namespace {

constexpr size_t deflated_max = size_t{256}
                                << 10;  // what it becomes is at most a thousand times more
constexpr Uint32 value_max = Uint32{1} << 20;

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  for (size_t at = 0; at <= text.size();) {
    const size_t end = std::min(text.find(separator, at), text.size());
    parts.emplace_back(text.substr(at, end - at));
    at = end + 1;
  }
  return parts;
}

std::optional<DcmTagKey> tag_named(std::string_view name) {
  if (name.size() == 9 && name[4] == ',') {
    Uint16 group = 0, element = 0;
    const auto first = std::from_chars(name.data(), name.data() + 4, group, 16);
    const auto second = std::from_chars(name.data() + 5, name.data() + 9, element, 16);
    if (first.ptr != name.data() + 4 || second.ptr != name.data() + 9) return std::nullopt;
    return DcmTagKey(group, element);
  }
  DcmTag tag;
  if (DcmTag::findTagFromName(std::string(name).c_str(), tag).bad()) return std::nullopt;
  return DcmTagKey(tag.getGroup(), tag.getElement());
}

bool is_text(DcmEVR representation) {
  switch (representation) {
    case EVR_LO:
    case EVR_LT:
    case EVR_PN:
    case EVR_SH:
    case EVR_ST:
    case EVR_UC:
    case EVR_UT:
      return true;
    default:
      return false;
  }
}

bool is_printable(DcmEVR representation) {
  switch (representation) {
    case EVR_AE:
    case EVR_AS:
    case EVR_AT:
    case EVR_CS:
    case EVR_DA:
    case EVR_DS:
    case EVR_DT:
    case EVR_FD:
    case EVR_FL:
    case EVR_IS:
    case EVR_SL:
    case EVR_SS:
    case EVR_TM:
    case EVR_UI:
    case EVR_UL:
    case EVR_UR:
    case EVR_US:
      return true;
    default:
      return is_text(representation);
  }
}

// PS3.3 C.12.1.1.2: "\\ISO 2022 IR 87" and its like.
std::string decoded(const std::string& raw, const std::string& charset) {
  if (charset.contains("IR 87") || charset.contains("IR 159"))
    return decode(raw, Charset::iso_2022_jp).text;
  const bool is_katakana = charset.ends_with("IR 13") || charset.contains("IR 13\\");
  if (is_katakana) return decode(raw, Charset::cp932).text;
  DcmSpecificCharacterSet converter;
  OFString text;
  if (!charset.empty() && converter.selectCharacterSet(charset.c_str()).good() &&
      converter.convertString(raw.c_str(), text, "\\^=").good())
    return decode({text.c_str(), text.size()}, Charset::utf_8).text;
  return decode(raw, Charset::utf_8).text;
}

// The groups of a name (alphabetic, ideographic, phonetic) as repetitions of HL7's XPN, which says
// which is which in its eighth component. PS3.5 6.2.1; HL7 v2.5 2.A.88.
std::vector<std::vector<std::string>> names_of(std::string_view text) {
  constexpr std::string_view representations[] = {"A", "I", "P"};
  std::vector<std::vector<std::string>> names;
  const auto groups = split(text, '=');
  for (size_t i = 0; i < groups.size() && i < std::size(representations); ++i) {
    if (groups[i].find_first_not_of("^ ") == std::string::npos) continue;
    auto parts = split(groups[i], '^');
    parts.resize(5);
    std::swap(parts[3], parts[4]);  // DICOM has the prefix first, HL7 the suffix
    parts.insert(parts.end(), {"", "L", std::string(representations[i])});
    names.push_back(std::move(parts));
  }
  return names;
}

Cell cell_of(DcmElement& element, const std::string& charset) {
  const DcmEVR representation = element.getVR();
  if (!is_printable(representation) || element.getLength() > value_max) return {};
  OFString raw;
  if (element.getOFStringArray(raw, OFFalse).bad()) return {};
  std::string text(raw.c_str(), raw.size());
  while (text.ends_with(' ') || text.ends_with('\0'))
    text.pop_back();
  Cell cell;
  cell.text = is_text(representation) ? decoded(text, charset) : std::move(text);
  while (representation == EVR_PN && cell.text.ends_with('='))
    cell.text.pop_back();  // of groups that are empty; PS3.5 6.2.1.1 lets writers keep or drop it
  const bool is_one = representation == EVR_LT || representation == EVR_ST ||
                      representation == EVR_UT || representation == EVR_UR;
  if (representation == EVR_PN)
    cell.repetitions = names_of(cell.text);
  else if (!is_one && cell.text.contains('\\'))
    for (std::string& value : split(cell.text, '\\'))
      cell.repetitions.push_back({std::move(value)});
  return cell;
}

// Of the item itself, else of what it stands in (PS3.5 6.1.2.1).
std::string charset_of(DcmItem& item, const std::string& around) {
  OFString own;
  if (item.findAndGetOFStringArray(DCM_SpecificCharacterSet, own).bad()) return around;
  return {own.c_str(), own.size()};
}

Cell cell_at(DcmItem& dataset, std::string_view source) {
  DcmItem* item = &dataset;
  std::string charset = charset_of(dataset, {});
  const auto names = split(source, '.');
  for (size_t i = 0; i < names.size(); ++i) {
    const auto tag = tag_named(names[i]);
    if (!tag) return {};
    if (i + 1 == names.size()) {
      DcmElement* element = nullptr;
      return item->findAndGetElement(*tag, element).good() ? cell_of(*element, charset) : Cell();
    }
    DcmItem* inner = nullptr;
    if (item->findAndGetSequenceItem(*tag, inner, 0).bad()) return {};
    item = inner;
    charset = charset_of(*item, charset);
  }
  return {};
}

bool is_asked_for(const Shape& shape, const DcmTagKey& tag) {
  for (const Column& column : shape.columns)
    if (const auto asked = tag_named(split(column.source, '.').front()); asked && *asked == tag)
      return true;
  return false;
}

// What no column asks for, by its keyword, so that it can be told as not carried.
void add_others(DcmDataset& dataset, const Shape& shape, Records& records) {
  const std::string charset = charset_of(dataset, {});
  for (unsigned long i = 0; i < dataset.card() && records.names.size() < names_max; ++i) {
    DcmElement* const element = dataset.getElement(i);
    DcmTag tag = element->getTag();
    if (tag.getElement() == 0 || is_asked_for(shape, tag)) continue;
    records.names.emplace_back(tag.getTagName());
    Cell cell = cell_of(*element, charset);
    if (cell.text.empty() && element->getLength() > 0)
      cell.text = fmt::format("({} bytes)", element->getLength());
    records.rows.front().push_back(std::move(cell));
  }
}

Error unreadable(std::string_view why) {
  return {Error::Kind::invalid,
          fmt::format("DICOM のファイルとして読めません:{0}。/ This cannot be read as DICOM: {0}.",
                      why),
          {}};
}

// The bytes as a file in memory: of a file DCMTK leaves long values where they are, of a buffer it
// allocates whatever length an element claims.
class MemoryFile {
 public:
  explicit MemoryFile(std::string_view bytes) : file_(::memfd_create("dicom", MFD_CLOEXEC)) {
    while (!bytes.empty()) {
      const ssize_t written = ::write(file_, bytes.data(), bytes.size());
      if (written <= 0) break;  // what is missing is refused as cut short
      bytes.remove_prefix(static_cast<size_t>(written));
    }
  }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;
  ~MemoryFile() { ::close(file_); }
  std::string path() const { return fmt::format("/proc/self/fd/{}", file_); }

 private:
  int file_;
};

// DCMTK tells the console what it thinks of a file; the finding tells the person.
void be_quiet() {
  static std::once_flag once;
  std::call_once(once, [] { OFLog::configure(OFLogger::OFF_LOG_LEVEL); });
}

}  // namespace

bool is_dicom_attribute(std::string_view source) {
  for (const std::string& name : split(source, '.'))
    if (!tag_named(name)) return false;
  return true;
}

Result<Records> read_dicom(std::string_view bytes, const Shape& shape) {
  be_quiet();
  if (bytes.size() > deflated_max && bytes.substr(0, 1024).contains("1.2.840.10008.1.2.1.99"))
    return unreadable("圧縮されたデータセットが大きすぎます / the deflated dataset is too large");
  const MemoryFile memory(bytes);
  DcmFileFormat file;
  const OFCondition read = file.loadFileUntilTag(memory.path().c_str(), EXS_Unknown, EGL_noChange,
                                                 DCM_MaxReadLength, ERM_autoDetect, DCM_PixelData);
  if (read.bad()) return unreadable(read.text());
  DcmDataset& dataset = *file.getDataset();
  const bool is_announced = bytes.size() > 132 && bytes.substr(128, 4) == "DICM";
  if (!is_announced && !dataset.tagExists(DCM_SOPClassUID))  // old files begin with the dataset
    return unreadable("SOP Class UID がありません / there is no SOP Class UID");
  Records records;
  records.rows.emplace_back();
  records.places.emplace_back(0, bytes.size());
  for (const Column& column : shape.columns) {
    records.names.push_back(column.name);
    records.rows.front().push_back(cell_at(dataset, column.source));
  }
  add_others(dataset, shape, records);
  return records;
}

}  // namespace tasuki::table
