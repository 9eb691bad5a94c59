// What a concept is called, in the language that was asked for. FHIR R4
// valueset-operation-expand (displayLanguage); RFC 9110 12.5.4 (Accept-Language), RFC 4647 lookup.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "fhir/terminology/code_system.h"

namespace tasuki::fhir::terminology {

struct Languages {
  struct One {
    std::string tag;  // "ja", "en-US", "*"
    double weight = 1;
  };
  std::vector<One> wanted;        // best first
  bool others_forbidden = false;  // "*; q=0": nothing rather than another language

  static Languages of(std::string_view header);
  bool empty() const { return wanted.empty(); }
  // The place of a language in the list, or npos. "en" accepts "en-US".
  size_t rank(std::string_view language) const;
  bool allows_any() const;
};

bool is_same_language(std::string_view wanted, std::string_view language);

struct Word {
  std::string_view language, use_system, use_code, use_display, value;
  bool is_display = false;  // the concept's own display
  bool is_supplement = false;
  bool is_withdrawn = false;  // once right, no longer (standards-status)
};

// All names of one concept: display, designations, those of supplements.
class Words {
 public:
  Words(const CodeSystem& system, uint32_t number,
        const std::vector<const CodeSystem*>& supplements);

  std::string_view display(const Languages& languages) const;  // the concept's own where none fits
  // The same, nothing where none fits.
  std::string_view display_in(const Languages& languages) const;
  bool has(std::string_view text) const;
  const std::vector<Word>& all() const { return words_; }
  void add(const Word& word) { words_.push_back(word); }

 private:
  std::vector<Word> words_;
};

}  // namespace tasuki::fhir::terminology
