#include "record/expand.h"

#include <algorithm>

#include <fmt/core.h>

namespace tasuki::record {

namespace {

using namespace fhir::search;
using fhir::terminology::Terminology;

class Expander {
 public:
  Expander(const fhir::Definitions& definitions, const Terminology* terminology)
      : definitions_(definitions), terminology_(terminology) {}

  Result<void> expand(Criterion& criterion) const {
    for (auto& inner : criterion.chain)
      TRY(expand(inner));
    for (auto& also : criterion.chain_also)
      TRY(expand(also));
    if (criterion.parameter->type != fhir::ParameterType::token || !criterion.chain.empty())
      return {};
    switch (criterion.modifier) {
      case Modifier::in:
      case Modifier::not_in:
        return members(criterion);
      case Modifier::above:
      case Modifier::below:
        return relatives(criterion);
      case Modifier::none:
      case Modifier::not_:
        add_names(criterion);
        return {};
      default:
        return {};
    }
  }

  Result<void> expand(Filter& filter) const {
    if (filter.op == Filter::Op::leaf) return expand(filter.leaf);
    for (auto& child : filter.children)
      TRY(expand(child));
    return {};
  }

 private:
  // One code system under all its names: who asks for an OID finds what was written with the URL,
  // and the other way round. jp-core.md 1 (JP Core 1.1 wrote OIDs, 1.2 writes URLs).
  void add_names(Criterion& criterion) const {
    const size_t asked = terminology_ == nullptr ? 0 : criterion.any_of.size();
    for (size_t i = 0; i < asked; ++i) {
      const auto* token = std::get_if<Token>(&criterion.any_of[i].value);
      if (token == nullptr || token->system.empty()) continue;
      const std::string system = token->system;
      for (const auto name : terminology_->names_of(system)) {
        if (name == system) continue;
        Operand other = criterion.any_of[i];
        std::get<Token>(other.value).system = name;
        criterion.any_of.push_back(std::move(other));
      }
    }
  }

  static void add(std::vector<Operand>& out, std::string system, std::string code) {
    Operand operand;
    operand.value = Token{std::move(system), std::move(code), {}};
    out.push_back(std::move(operand));
  }

  // A value set that no terminology has is asked of the definitions, code by code (match.cpp).
  Result<void> members(Criterion& criterion) const {
    std::vector<Operand> codes;
    for (const auto& operand : criterion.any_of) {
      const auto& url = std::get<Uri>(operand.value).text;
      if (terminology_ == nullptr || terminology_->value_set(url) == nullptr) {
        if (criterion.any_of.size() == 1 && definitions_.has_code(url, {}, {})) return {};
        return Error{Error::Kind::unsupported,
                     fmt::format("The value set {} is not at hand with all its codes, so {} cannot "
                                 "be asked with :in or :not-in of it.",
                                 url, criterion.parameter->code),
                     std::string(criterion.parameter->code)};
      }
      auto all = terminology_->members(url, codes_max);
      if (!all) return std::move(all).error();
      for (auto& member : *all) {
        for (const auto name : terminology_->names_of(member.system_url))
          add(codes, std::string(name), member.code);
        add(codes, {}, std::move(member.code));  // of a coding that names no system
      }
    }
    criterion.modifier = criterion.modifier == Modifier::in ? Modifier::none : Modifier::not_;
    criterion.any_of = std::move(codes);
    return {};
  }

  // "http://x|code": the code and what lies below or above it.
  Result<void> relatives(Criterion& criterion) const {
    std::vector<Operand> codes;
    for (const auto& operand : criterion.any_of) {
      const auto& asked = std::get<Token>(operand.value);
      const auto* system =
          terminology_ == nullptr ? nullptr : terminology_->code_system(asked.system);
      if (system == nullptr || system->is_fragment() || system->is_not_present()) {
        return Error{
            Error::Kind::unsupported,
            fmt::format("{} with :above or :below wants system|code of a code system whose "
                        "hierarchy is at hand; '{}' is none.",
                        criterion.parameter->code, asked.system),
            std::string(criterion.parameter->code)};
      }
      const auto at = system->find(asked.code);
      if (!at) {
        return Error{Error::Kind::invalid,
                     fmt::format("There is no code '{}' in {}.", asked.code, asked.system),
                     std::string(criterion.parameter->code)};
      }
      std::vector<bool> marks(system->size());
      if (criterion.modifier == Modifier::below) system->mark_within(*at, marks);
      for (uint32_t number = 0; number < system->size(); ++number) {
        const bool meant =
            criterion.modifier == Modifier::below ? marks[number] : system->is_within(*at, number);
        if (meant || number == *at) {
          for (const auto name : terminology_->names_of(asked.system))
            add(codes, std::string(name), std::string(system->code(number)));
        }
      }
      if (codes.size() > codes_max) {
        return Error{Error::Kind::too_costly,
                     fmt::format("{} stands for more than {} codes.", asked.code, codes_max),
                     std::string(criterion.parameter->code)};
      }
    }
    criterion.modifier = Modifier::none;
    criterion.any_of = std::move(codes);
    return {};
  }

  const fhir::Definitions& definitions_;
  const Terminology* terminology_;
};

bool has_codes(const Filter& filter);
bool has_codes(const Criterion& criterion) {
  const auto any = [](const auto& each) { return has_codes(each); };
  if (std::ranges::any_of(criterion.chain, any) || std::ranges::any_of(criterion.chain_also, any))
    return true;
  const auto modifier = criterion.modifier;
  return criterion.parameter->type == fhir::ParameterType::token &&
         (modifier == Modifier::in || modifier == Modifier::not_in || modifier == Modifier::above ||
          modifier == Modifier::below);
}
bool has_codes(const Filter& filter) {
  return filter.op == Filter::Op::leaf
             ? has_codes(filter.leaf)
             : std::ranges::any_of(filter.children,
                                   [](const Filter& each) { return has_codes(each); });
}

}  // namespace

bool stands_for_codes(const Query& query) {
  const auto any = [](const auto& each) { return has_codes(each); };
  return std::ranges::any_of(query.criteria, any) || std::ranges::any_of(query.filters, any);
}

Result<void> expand(const fhir::Definitions& definitions, const Terminology* terminology,
                    Query& query) {
  const Expander expander(definitions, terminology);
  for (auto& criterion : query.criteria)
    TRY(expander.expand(criterion));
  for (auto& filter : query.filters)
    TRY(expander.expand(filter));
  return {};
}

}  // namespace tasuki::record
