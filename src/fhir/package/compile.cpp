#include "fhir/package/compile.h"

#include <fstream>
#include <iterator>

#include <fmt/core.h>

#include "fhir/package/parts.h"
#include "json/parse.h"

namespace tasuki::fhir {
namespace {

Result<json::Document> read(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in)
    return Error{Error::Kind::not_found,
                 fmt::format("The definitions file {} is missing.", file.filename().string()),
                 {}};
  std::string text(std::filesystem::file_size(file), '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  auto document = json::parse(text);
  if (!document)
    document.error().location = file.filename().string() + ", " + document.error().location;
  return document;
}

struct Collected {
  std::vector<json::Document> documents;
  Resources structures, value_sets, code_systems, parameters;
};

void collect(const json::Document& document, Collected& collected) {
  const json::Value* entries = document.root.find("entry");
  if (entries == nullptr) return;
  for (const json::Value& entry : entries->items()) {
    const json::Value* resource = entry.find("resource");
    if (resource == nullptr) continue;
    const std::string_view type = resource->text_of("resourceType");
    if (type == "StructureDefinition") collected.structures.push_back(resource);
    if (type == "ValueSet") collected.value_sets.push_back(resource);
    if (type == "CodeSystem") collected.code_systems.push_back(resource);
    if (type == "SearchParameter") collected.parameters.push_back(resource);
  }
}

void index_value_sets(ImageWriter& writer) {
  std::vector<uint64_t> hashes;
  for (const image::ValueSet& set : writer.value_sets)
    hashes.push_back(image::hash(writer.view(set.url)));
  writer.value_set_slots = slots(hashes.size(), hashes);
}

}  // namespace

Result<std::string> compile_definitions(const std::filesystem::path& folder) {
  Collected collected;
  for (const char* name : {"profiles-types.json", "profiles-resources.json", "valuesets.json",
                           "v3-codesystems.json", "v2-tables.json", "search-parameters.json"}) {
    json::Document document = TRY(read(folder / name));
    collected.documents.push_back(std::move(document));
    collect(collected.documents.back(), collected);
  }
  const json::Document compartment = TRY(read(folder / "compartmentdefinition-patient.json"));

  ImageWriter writer;
  ValueSetNumbers value_sets =
      compile_terminology(collected.value_sets, collected.code_systems, writer);
  const TypeNumbers types = TRY(compile_structures(collected.structures, value_sets, writer));
  TRY(compile_search(collected.parameters, types, writer));
  TRY(compile_compartment(compartment.root, types, writer));
  index_value_sets(writer);
  return writer.bytes();
}

}  // namespace tasuki::fhir
