// tasuki-definitions <folder of FHIR R4 JSON> <image> <core package>: run by the build; see
// src/fhir/package/compile.h and package.h.
#include <cstdio>
#include <fstream>

#include "fhir/package/compile.h"
#include "fhir/package/package.h"

namespace {

// Written beside and renamed: an interrupted build leaves no half image.
bool write(const std::filesystem::path& target, const std::string& bytes) {
  std::filesystem::path part = target;
  part += ".part";
  std::ofstream out(part, std::ios::binary | std::ios::trunc);
  out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  out.close();
  if (!out) {
    std::fprintf(stderr, "%s cannot be written.\n", part.c_str());
    return false;
  }
  std::filesystem::rename(part, target);
  return true;
}

int refused(const tasuki::Error& error) {
  std::fprintf(stderr, "%s: %s\n", error.location.c_str(), error.message.c_str());
  return 1;
}

}  // namespace

int main(int count, char** words) {
  if (count != 4) {
    std::fputs("usage: tasuki-definitions <folder of FHIR R4 JSON> <image> <core package>\n",
               stderr);
    return 2;
  }
  const auto image = tasuki::fhir::compile_definitions(words[1]);
  if (!image) return refused(image.error());
  if (!write(words[2], *image)) return 1;
  const auto definitions = tasuki::fhir::Definitions::open(words[2]);
  if (!definitions) return refused(definitions.error());
  const auto package = tasuki::fhir::compile_core_package(**definitions, words[1]);
  if (!package) return refused(package.error());
  return write(words[3], *package) ? 0 : 1;
}
