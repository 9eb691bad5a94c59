// tasuki-definitions <folder of FHIR R4 JSON> <image>: run by the build; see
// src/fhir/package/compile.h.
#include <cstdio>
#include <fstream>

#include "fhir/package/compile.h"

int main(int count, char** words) {
  if (count != 3) {
    std::fputs("usage: tasuki-definitions <folder of FHIR R4 JSON> <image>\n", stderr);
    return 2;
  }
  const auto image = tasuki::fhir::compile_definitions(words[1]);
  if (!image) {
    std::fprintf(stderr, "%s: %s\n", image.error().location.c_str(), image.error().message.c_str());
    return 1;
  }
  // Written beside and renamed: an interrupted build leaves no half image.
  const std::filesystem::path target = words[2];
  std::filesystem::path part = target;
  part += ".part";
  std::ofstream out(part, std::ios::binary | std::ios::trunc);
  out.write(image->data(), static_cast<std::streamsize>(image->size()));
  out.close();
  if (!out) {
    std::fprintf(stderr, "%s cannot be written.\n", part.c_str());
    return 1;
  }
  std::filesystem::rename(part, target);
  return 0;
}
