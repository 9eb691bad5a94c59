// Dictionary 1: text that FHIR resources, HL7 v2 messages and audit entries repeat.
//
// Never change it: stored bytes refer to it by number (pack.h). zstd finds matches near the end
// more cheaply, so the commonest text comes last. Invented by us; no person is in it.
#include "store/pack.h"

namespace tasuki::store {

std::string_view dictionary_1() {
  static constexpr std::string_view text =
#include "store/dictionary_1.inc"
      ;
  return text;
}

}  // namespace tasuki::store
