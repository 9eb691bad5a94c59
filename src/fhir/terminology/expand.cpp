#include "fhir/terminology/expand.h"

#include <algorithm>
#include <set>

#include <fmt/core.h>

namespace tasuki::fhir::terminology {

Result<std::vector<Member>> members_of(const Composed& set, size_t count_max) {
  if (!set.problems.empty())
    return Error{Error::Kind::not_found, set.problems.front().message, set.problems.front().place};
  std::vector<Member> all;
  std::set<std::pair<std::string, std::string>> seen;
  bool too_many = false;
  const auto add = [&](std::string_view url, const CodeSystem* system, std::string_view code,
                       std::string_view display, std::optional<uint32_t> number) {
    if (set.contains(url, code) == Truth::no) return;
    if (!seen.emplace(url, code).second) return;
    too_many = all.size() >= count_max;
    if (too_many) return;
    all.push_back(
        {.system = system,
         .system_url = std::string(url),
         .code = std::string(code),
         .display = std::string(!display.empty() || !number ? display : system->display(*number)),
         .inactive = number && system->is_inactive(*number),
         .abstract = number && system->is_abstract(*number)});
  };
  for (const Part& part : set.includes) {
    if (too_many) break;
    if (part.is_listed) {
      for (const Listed& one : part.listed) {
        const auto number = part.system == nullptr ? std::nullopt : part.system->find(one.code);
        add(part.url, part.system, one.code, one.display, number);
      }
    } else if (part.system != nullptr) {
      for (uint32_t i = 0; i < part.system->size() && !too_many; ++i)
        if (!part.is_filtered || part.marks[i])
          add(part.url, part.system, part.system->code(i), {}, i);
    } else {
      for (const Composed* inner : part.sets) {
        if (inner == nullptr) continue;
        const auto more = TRY(members_of(*inner, count_max));
        for (const Member& one : more) {
          const auto number = one.system == nullptr ? std::nullopt : one.system->find(one.code);
          add(one.system_url, one.system, one.code, one.display, number);
        }
        break;  // the first is narrowed by the others in contains()
      }
    }
  }
  if (too_many)
    return Error{Error::Kind::too_costly,
                 fmt::format("The value set {} has more than {} codes.", set.url, count_max),
                 {}};
  return all;
}

}  // namespace tasuki::fhir::terminology
