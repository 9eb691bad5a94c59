#include "intake/masters/load.h"

#include <algorithm>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/core.h>

#include "fhir/terminology/compile.h"
#include "formats/masters/read.h"
#include "json/parse.h"
#include "json/print.h"

namespace tasuki::intake::masters {
namespace {

namespace terms = fhir::terminology;
using formats::masters::Code;
using formats::masters::Master;
using formats::masters::Target;

// The file, mapped: 200 MB of CSV need not be in memory.
class MappedFile {
 public:
  static Result<std::unique_ptr<MappedFile>> open(const std::filesystem::path& path) {
    const int handle = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    struct stat status {};
    if (handle < 0 || ::fstat(handle, &status) != 0) {
      if (handle >= 0) ::close(handle);
      return Error{Error::Kind::not_found, "ファイルを開けません。/ The file cannot be opened.",
                   path.string()};
    }
    auto file = std::make_unique<MappedFile>();
    file->size_ = static_cast<size_t>(status.st_size);
    if (file->size_ > 0)
      file->data_ = ::mmap(nullptr, file->size_, PROT_READ, MAP_PRIVATE, handle, 0);
    ::close(handle);
    if (file->size_ == 0 || file->data_ == MAP_FAILED) {
      file->data_ = nullptr;
      return Error{Error::Kind::invalid, "ファイルが空です。/ The file is empty.", path.string()};
    }
    ::madvise(file->data_, file->size_, MADV_SEQUENTIAL);
    return file;
  }
  MappedFile() = default;
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;
  ~MappedFile() {
    if (data_ != nullptr) ::munmap(data_, size_);
  }
  std::string_view bytes() const { return {static_cast<const char*>(data_), size_}; }

 private:
  void* data_ = nullptr;
  size_t size_ = 0;
};

std::string head_of(const Target& target, std::string_view version) {
  std::string text = R"({"resourceType":"CodeSystem","url":)";
  json::print_string(target.system, text);
  text += ",\"version\":";
  json::print_string(version, text);
  text += ",\"name\":";
  json::print_string(target.name, text);
  text += ",\"title\":";
  json::print_string(target.title, text);
  return text +
         R"(,"status":"active","language":"ja","caseSensitive":true,"content":"complete","property":[)"
         R"({"code":"effectiveDate","uri":"http://hl7.org/fhir/concept-properties#effectiveDate","type":"dateTime"},)"
         R"({"code":"retirementDate","uri":"http://hl7.org/fhir/concept-properties#retirementDate","type":"dateTime"}]})";
}

terms::Compiler::Concept concept_of(const Code& code, std::string_view today) {
  using Kind = terms::image::ValueKind;
  terms::Compiler::Concept out{.code = code.code,
                               .display = code.display,
                               .properties = {},
                               .designations = {},
                               .inactive = !code.until.empty() && code.until < today};
  if (!code.since.empty()) out.properties.push_back({"effectiveDate", code.since, Kind::date_time});
  if (!code.until.empty())
    out.properties.push_back({"retirementDate", code.until, Kind::date_time});
  for (const auto& [name, value] : code.fields)
    out.properties.push_back({name, value, Kind::string});
  // The reading: not a name to show, but one to be found by.
  if (!code.kana.empty())
    out.designations.push_back({.language = "ja",
                                .use_system = "urn:tasuki:designation",
                                .use_code = "reading",
                                .value = code.kana});
  return out;
}

Result<Loaded> compile(const Master& master, const LoadSettings& settings,
                       terms::Compiler& compiler) {
  Loaded loaded{.layout = std::string(master.layout().name),
                .title = std::string(master.layout().title),
                .version = settings.version,
                .systems = {}};
  if (loaded.version.empty()) loaded.version = master.newest_date();
  if (loaded.version.empty())
    return Error{Error::Kind::invalid,
                 "このファイルには日付がありません。--version で版を示してください。/ The file "
                 "holds no date: say its version.",
                 "--version"};
  for (const Target* target : master.targets()) {
    const json::Document head = TRY(json::parse(head_of(*target, loaded.version)));
    LoadedSystem system{.url = std::string(target->system), .title = std::string(target->title)};
    compiler.begin(head.root);
    const auto counts = TRY(master.read(*target, [&](const Code& code) {
      const terms::Compiler::Concept one = concept_of(code, settings.today);
      const bool is_new = compiler.concept_of(one);
      if (is_new && one.inactive) ++system.inactive;
      return is_new;
    }));
    compiler.end();
    system.codes = counts.codes;
    system.repeated = counts.repeated;
    loaded.rows = counts.rows;
    // A file of HOT9 holds no HOT13.
    if (system.codes > 0)
      loaded.systems.push_back(std::move(system));
    else
      compiler.drop();
  }
  if (loaded.systems.empty())
    return Error{Error::Kind::invalid, "コードが 1 件もありません。/ The file holds no codes.",
                 "row 1"};
  return loaded;
}

}  // namespace

Result<Loaded> load(const std::filesystem::path& file, const LoadSettings& settings) {
  const auto mapped = TRY(MappedFile::open(file));
  const Master master = TRY(Master::open(mapped->bytes()));
  terms::Compiler compiler;
  Loaded loaded = TRY(compile(master, settings, compiler));
  std::error_code failed;
  std::filesystem::create_directories(settings.folder, failed);
  if (failed)
    return Error{Error::Kind::unavailable, "The folder cannot be made: " + failed.message(),
                 settings.folder.string()};
  // One file a layout: HOT9 and HOT13 are two, though their layout is one.
  std::string name = loaded.layout;
  if (loaded.layout == "medicine-hot")
    name += loaded.systems.front().url.ends_with("13") ? "-13" : "-9";
  TRY(compiler.write(settings.folder / (name + ".image")));
  return loaded;
}

Result<std::vector<Loaded>> list(const std::filesystem::path& folder) {
  std::vector<Loaded> all;
  std::error_code failed;
  for (const auto& file : std::filesystem::directory_iterator(folder, failed)) {
    if (file.path().extension() != ".image") continue;
    const auto mapping = TRY(terms::Mapping::open(file.path()));
    Loaded one{.layout = file.path().stem().string(), .title = {}, .version = {}, .systems = {}};
    for (const terms::image::System& record : mapping->systems) {
      const terms::CodeSystem system(*mapping, record);
      one.version = system.version();
      one.systems.push_back({.url = std::string(system.url()),
                             .title = std::string(system.resource().text_of("title")),
                             .codes = system.size()});
    }
    all.push_back(std::move(one));
  }
  std::ranges::sort(all, {}, &Loaded::layout);
  return all;
}

Result<Impact> impact(const std::filesystem::path& file, const LoadSettings& settings,
                      const terms::Terminology& standing) {
  const auto mapped = TRY(MappedFile::open(file));
  const Master master = TRY(Master::open(mapped->bytes()));
  terms::Compiler compiler;
  Impact out{.next = TRY(compile(master, settings, compiler)), .differences = {}};
  const auto image = TRY(terms::Mapping::over(compiler.bytes()));
  using enum Difference::Kind;
  for (const terms::image::System& record : image->systems) {
    const terms::CodeSystem next(*image, record);
    const terms::CodeSystem* before = standing.code_system(next.url());
    if (before == nullptr) {
      out.added += next.size();
      continue;
    }
    const auto add = [&](Difference::Kind kind, uint32_t number, std::string_view after) {
      out.differences.push_back({kind, std::string(next.url()), std::string(before->code(number)),
                                 std::string(before->display(number)), std::string(after)});
    };
    size_t met = 0;
    for (uint32_t i = 0; i < before->size(); ++i) {
      const auto now = next.find(before->code(i));
      if (now) ++met;
      if (!now)
        add(gone, i, {});
      else if (next.is_inactive(*now) && !before->is_inactive(i))
        add(inactive, i, next.display(*now));
      else if (next.display(*now) != before->display(i))
        add(renamed, i, next.display(*now));
    }
    out.added += next.size() - met;
  }
  return out;
}

}  // namespace tasuki::intake::masters
