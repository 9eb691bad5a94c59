// tasuki-terminology <folder of FHIR R4 JSON> <folder of name tables> <image>: R4's own code
// systems, value sets and maps as a terminology image; run by the build. See
// src/fhir/terminology/compile.h.
#include <cstdio>
#include <fstream>
#include <iterator>

#include "fhir/terminology/compile.h"
#include "json/parse.h"

namespace {

using namespace tasuki;

std::string bytes_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

Result<void> add_bundle(const std::filesystem::path& file, fhir::terminology::Compiler& compiler) {
  const json::Document bundle = TRY(json::parse(bytes_of(file)));
  const json::Value* entries = bundle.root.find("entry");
  if (entries == nullptr)
    return Error{Error::Kind::invalid, "The file is not a Bundle.", file.string()};
  for (const json::Value& entry : entries->items())
    if (const json::Value* resource = entry.find("resource")) TRY(compiler.add(*resource));
  return {};
}

// "alias,name" a line, # starts a remark.
Result<void> add_names(const std::filesystem::path& file, fhir::terminology::Compiler& compiler) {
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) {
    const size_t comma = line.find(',');
    if (line.empty() || line.starts_with('#') || comma == std::string::npos) continue;
    compiler.name(line.substr(0, comma), line.substr(comma + 1));
  }
  if (!in.eof()) return Error{Error::Kind::not_found, "The table is missing.", file.string()};
  return {};
}

Result<void> run(char** words) {
  const std::filesystem::path folder = words[1];
  fhir::terminology::Compiler compiler;
  for (const char* name :
       {"valuesets.json", "v3-codesystems.json", "v2-tables.json", "conceptmaps.json"})
    TRY(add_bundle(folder / name, compiler));
  TRY(add_names(std::filesystem::path(words[2]) / "system-names.csv", compiler));
  return compiler.write(words[3]);
}

}  // namespace

int main(int count, char** words) {
  if (count != 4) {
    std::fputs("usage: tasuki-terminology <folder of FHIR R4 JSON> <folder of tables> <image>\n",
               stderr);
    return 2;
  }
  const auto done = run(words);
  if (done) return 0;
  std::fprintf(stderr, "%s: %s\n", done.error().location.c_str(), done.error().message.c_str());
  return 1;
}
