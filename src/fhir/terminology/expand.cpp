#include "fhir/terminology/expand.h"

#include <algorithm>
#include <set>

#include <fmt/core.h>

namespace tasuki::fhir::terminology {
namespace {

class Walk {
 public:
  Walk(const Composed& set, Versions versions, const std::function<bool(const Found&)>& each)
      : set_(set), versions_(versions), each_(each) {}

  void run() {
    for (const Part& part : set_.includes)
      if (!one_part(part)) return;
  }

 private:
  bool one_part(const Part& part) {
    // Nothing to ask of each code: neither imports nor exclusions.
    is_plain_ = set_.excludes.empty() && part.sets.empty();
    if (part.is_listed) {
      for (const Listed& one : part.listed) {
        const auto number = part.system == nullptr ? std::nullopt : part.system->find(one.code);
        if (!give({part.url, one.code, part.system, number, &one, &part})) return false;
      }
      return true;
    }
    if (part.system != nullptr) {
      for (uint32_t i = 0; i < part.system->size(); ++i)
        if (!part.is_filtered || part.marks[i])
          if (!give({part.url, part.system->code(i), part.system, i, nullptr, &part})) return false;
      return true;
    }
    if (part.grammar != nullptr) return usual_codes(part);
    // Imports alone: the first, as far as the others agree.
    bool goes_on = true;
    if (!part.sets.empty() && part.sets.front() != nullptr)
      walk(*part.sets.front(), versions_, [&](const Found& found) {
        is_plain_ = false;
        return goes_on = give(found);
      });
    return goes_on;
  }

  // Of a grammar no list is whole: what its makers show, as far as it is in.
  bool usual_codes(const Part& part) {
    is_plain_ = false;
    bool goes_on = true;
    if (part.common != nullptr)
      walk(*part.common, versions_, [&](const Found& found) {
        return goes_on = give({part.url, found.code, nullptr, std::nullopt, found.listed, &part});
      });
    if (!part.is_filtered && part.common != nullptr) return goes_on;
    for (const std::string_view code : part.grammar->atoms())
      if (goes_on) goes_on = give({part.url, code, nullptr, std::nullopt, nullptr, &part});
    return goes_on;
  }

  bool give(const Found& found) {
    if (!is_plain_) {
      const CodeSystem* only = versions_ == Versions::match ? nullptr : found.system;
      if (set_.contains(found.url, found.code, only) == Truth::no) return true;
    } else if (found.system != nullptr) {
      const bool may_exist = found.number || found.system->is_fragment();
      if (!may_exist) return true;
      if (!set_.inactive_too && found.number && found.system->is_inactive(*found.number))
        return true;
    }
    return each_(found);
  }

  const Composed& set_;
  Versions versions_;
  const std::function<bool(const Found&)>& each_;
  bool is_plain_ = false;
};

}  // namespace

void walk(const Composed& set, Versions versions, const std::function<bool(const Found&)>& each) {
  Walk(set, versions, each).run();
}

Result<std::vector<Member>> members_of(const Composed& set, size_t count_max) {
  if (!set.problems.empty())
    return Error{Error::Kind::not_found, set.problems.front().message, set.problems.front().place};
  std::vector<Member> all;
  std::set<std::pair<std::string, std::string>> seen;
  bool too_many = false;
  walk(set, Versions::match, [&](const Found& found) {
    if (!seen.emplace(found.url, found.code).second) return true;
    too_many = all.size() >= count_max;
    if (too_many) return false;
    const auto number = found.number;
    std::string_view display = found.listed == nullptr ? std::string_view() : found.listed->display;
    if (display.empty() && number) display = found.system->display(*number);
    all.push_back({.system = found.system,
                   .system_url = std::string(found.url),
                   .code = std::string(found.code),
                   .display = std::string(display),
                   .inactive = number && found.system->is_inactive(*number),
                   .abstract = number && found.system->is_abstract(*number)});
    return true;
  });
  if (too_many)
    return Error{Error::Kind::too_costly,
                 fmt::format("The value set {} has more than {} codes.", set.url, count_max),
                 {}};
  return all;
}

}  // namespace tasuki::fhir::terminology
