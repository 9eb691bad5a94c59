#include <algorithm>
#include <array>

#include <fmt/ranges.h>

#include "fhir/terminology/composed.h"

namespace tasuki::fhir::terminology {
namespace {

constexpr size_t nesting_max = 32;
constexpr size_t searched_in_order_max = 16;  // a longer list gets a table

class Builder {
 public:
  Builder(const Composition& how, std::vector<const json::Value*>& open)
      : terminology_(how.terminology), how_(how), open_(open) {}

  std::shared_ptr<const Composed> build(const json::Value& value_set) {
    auto out = std::make_shared<Composed>();
    composed_ = out.get();
    out->resource = &value_set;
    out->url = value_set.text_of("url");
    out->version = value_set.text_of("version");
    read_supplements(value_set);
    open_.push_back(&value_set);
    if (const json::Value* compose = value_set.find("compose")) {
      if (const json::Value* inactive = compose->find("inactive"))
        out->inactive_too = inactive->boolean();
      parts(compose->find("include"), "include", out->includes);
      parts(compose->find("exclude"), "exclude", out->excludes);
    } else if (const json::Value* expansion = value_set.find("expansion")) {
      out->is_stored = true;
      stored(expansion->find("contains"), 0);
    }
    open_.pop_back();
    return out;
  }

 private:
  void read_supplements(const json::Value& value_set) {
    const json::Value* extensions = value_set.find("extension");
    if (extensions == nullptr) return;
    for (const json::Value& one : extensions->items()) {
      if (one.text_of("url") != "http://hl7.org/fhir/StructureDefinition/valueset-supplement")
        continue;
      std::string_view canonical = one.text_of("valueCanonical");
      if (canonical.empty()) canonical = one.text_of("valueUri");
      composed_->supplements.emplace_back(canonical);
      if (terminology_.code_system(canonical) == nullptr)
        problem(Problem::Kind::unknown_supplement, canonical, {}, {},
                fmt::format("Required supplement not found: {}", canonical));
    }
  }

  void problem(Problem::Kind kind, std::string_view url, std::string_view version,
               std::string place, std::string message) {
    composed_->problems.push_back(
        {kind, std::string(url), std::string(version), std::move(message), std::move(place)});
  }

  void parts(const json::Value* list, std::string_view name, std::vector<Part>& out) {
    if (list == nullptr) return;
    size_t number = 0;
    for (const json::Value& one : list->items())
      out.push_back(part(one, fmt::format("ValueSet.compose.{}[{}]", name, number++)));
  }

  Part part(const json::Value& one, const std::string& place) {
    Part part;
    part.given = &one;
    part.url = terminology_.name_of(one.text_of("system"));
    part.version = one.text_of("version");
    if (!part.url.empty()) resolve(part, place);
    if (const json::Value* concepts = one.find("concept"); concepts && concepts->size() > 0) {
      part.is_listed = true;
      for (const json::Value& each : concepts->items())
        part.listed.push_back({each.text_of("code"), each.text_of("display"), &each});
      index(part);
    }
    if (const json::Value* filters = one.find("filter"); filters && filters->size() > 0) {
      part.is_filtered = true;
      part.filters = filters;
      filter(part, *filters, place);
    }
    if (const json::Value* sets = one.find("valueSet"))
      for (const json::Value& set : sets->items())
        import(part, set.text());
    return part;
  }

  static void index(Part& part) {
    if (part.listed.size() <= searched_in_order_max) return;
    for (uint32_t i = 0; i < part.listed.size(); ++i)
      part.listed_by_code.try_emplace(part.listed[i].code, i);
  }

  // force-system-version wins over all; the value set's own version; then what stands in for a
  // missing one: the coding's own, system-version, check-system-version, the newest.
  void resolve(Part& part, const std::string& place) {
    const VersionRules& rules = how_.rules;
    std::string_view wanted = part.version;
    const std::string_view forced = VersionRules::find(rules.forces, part.url);
    const std::string_view check = VersionRules::find(rules.checks, part.url);
    const bool is_open = wanted.empty() || is_wildcard(wanted);
    if (!forced.empty()) {
      wanted = forced;
      part.version_was_ruled = forced != part.version;
    } else if (wanted.empty()) {
      if (const std::string_view usual = VersionRules::find(rules.defaults, part.url);
          !usual.empty()) {
        wanted = usual;
        part.version_was_ruled = true;
      } else if (!check.empty()) {
        wanted = check;
        part.version_was_ruled = true;
      }
    }
    part.ruled_version = wanted;
    if (is_open && how_.hint.url == part.url && !how_.hint.version.empty() &&
        (wanted.empty() || matches_version(wanted, how_.hint.version)) &&
        terminology_.code_system(part.url, how_.hint.version) != nullptr)
      wanted = how_.hint.version;
    part.system = terminology_.code_system(part.url, wanted);
    if (part.system == nullptr || part.system->is_not_present())
      part.grammar = grammar_of(part.url);
    if (part.grammar != nullptr) {
      part.system = nullptr;
      // Its own list says no more than that it is usual, and is made of the grammar itself.
      if (!part.grammar->common.empty() && open_.size() == 1 &&
          open_.front()->text_of("url") != part.grammar->common)
        part.common = terminology_.composed(part.grammar->common);
    } else if (part.system == nullptr)
      missing(part.url, wanted, place);
    else if (!check.empty() && !matches_version(check, part.system->version()))
      problem(Problem::Kind::version_not_allowed, part.url, part.system->version(), place,
              fmt::format("The version '{}' is not allowed for system '{}': required to be '{}' by "
                          "a version-check parameter",
                          part.system->version(), part.url, check));
  }

  void missing(std::string_view url, std::string_view version, const std::string& place) {
    const auto versions = terminology_.versions_of(url);
    if (version.empty() || versions.empty()) {
      problem(Problem::Kind::unknown_system, url, version, place,
              version.empty()
                  ? fmt::format("A definition for CodeSystem '{}' could not be found, so the value "
                                "set cannot be expanded",
                                url)
                  : fmt::format("A definition for CodeSystem '{}' version '{}' could not be found, "
                                "so the value set cannot be expanded",
                                url, version));
      return;
    }
    problem(Problem::Kind::unknown_version, url, version, place,
            fmt::format("A definition for CodeSystem '{}' version '{}' could not be found, so the "
                        "value set cannot be expanded. Valid versions: {}",
                        url, version, fmt::join(versions, " or ")));
  }

  // All filters of a part hold at once.
  void filter(Part& part, const json::Value& filters, const std::string& place) {
    size_t number = 0;
    for (const json::Value& one : filters.items()) {
      const std::string at = fmt::format("{}.filter[{}]", place, number++);
      const Filter filter{one.text_of("property"), one.text_of("op"), one.text_of("value")};
      if (filter.value.empty()) {
        problem(Problem::Kind::broken_filter, part.url, {}, at,
                fmt::format("The system {} filter with property = {}, op = {} has no value",
                            part.url, filter.property, filter.operation));
        continue;
      }
      if (part.grammar != nullptr &&
          !part.grammar->satisfies("", filter.property, filter.operation, filter.value))
        problem(Problem::Kind::broken_filter, part.url, {}, at,
                fmt::format("The system {} has no filter {} {}", part.url, filter.property,
                            filter.operation));
      if (part.system == nullptr) continue;
      auto marks = filtered(*part.system, filter);
      if (!marks) {
        const bool costly = marks.error().kind == Error::Kind::too_costly;
        problem(costly ? Problem::Kind::too_costly : Problem::Kind::broken_filter, part.url, {}, at,
                marks.error().message);
        part.marks.assign(part.system->size(), false);
      } else if (part.marks.empty()) {
        part.marks = *std::move(marks);
      } else {
        for (size_t i = 0; i < part.marks.size(); ++i)
          part.marks[i] = part.marks[i] && (*marks)[i];
      }
    }
  }

  const json::Value* contained(std::string_view id) const {
    for (const json::Value* one : open_) {
      const json::Value* list = one->find("contained");
      if (list == nullptr) continue;
      for (const json::Value& each : list->items())
        if (each.text_of("id") == id) return &each;
    }
    return nullptr;
  }

  void import(Part& part, std::string_view canonical) {
    const json::Value* inner = nullptr;
    const Kept* kept = nullptr;
    if (canonical.starts_with('#')) {
      inner = contained(canonical.substr(1));
    } else {
      const Canonical name = Canonical::of(canonical);
      std::string_view version = name.version;
      if (version.empty()) version = VersionRules::find(how_.rules.value_sets, name.url);
      kept = version.empty() ? terminology_.value_set(name.url)
                             : terminology_.value_set(fmt::format("{}|{}", name.url, version));
      if (kept != nullptr) inner = &kept->resource();
    }
    if (inner == nullptr) {
      problem(Problem::Kind::unknown_value_set, canonical, {}, {},
              fmt::format("A definition for the value Set '{}' could not be found", canonical));
      part.sets.push_back(nullptr);
      return;
    }
    if (std::ranges::find(open_, inner) != open_.end() || open_.size() > nesting_max) {
      circular(canonical);
      part.sets.push_back(nullptr);
      return;
    }
    Builder builder(how_, open_);
    auto made = builder.build(*inner);
    for (const Problem& one : made->problems)
      composed_->problems.push_back(one);
    part.sets.push_back(made.get());
    part.owned.push_back(std::move(made));
  }

  void circular(std::string_view canonical) {
    std::string path;
    for (const json::Value* one : open_)
      path += fmt::format("{}, ", one->text_of("url"));
    problem(Problem::Kind::circular, canonical, {}, {},
            fmt::format("Cyclic reference detected when including {}: {}{}", canonical, path,
                        canonical));
  }

  void stored(const json::Value* contains, unsigned depth) {
    if (contains == nullptr || depth > nesting_max) return;
    for (const json::Value& one : contains->items()) {
      const std::string_view system = terminology_.name_of(one.text_of("system"));
      const std::string_view version = one.text_of("version");
      auto part = std::ranges::find_if(composed_->includes, [&](const Part& each) {
        return each.url == system && each.version == version;
      });
      if (part == composed_->includes.end()) {
        composed_->includes.push_back({});
        part = composed_->includes.end() - 1;
        part->url = system;
        part->version = version;
        part->system = terminology_.code_system(system, version);
        part->is_listed = true;
      }
      const json::Value* abstract = one.find("abstract");
      if (!one.text_of("code").empty() && (abstract == nullptr || !abstract->boolean()))
        part->listed.push_back({one.text_of("code"), one.text_of("display"), &one});
      stored(one.find("contains"), depth + 1);
    }
    if (depth == 0)
      for (Part& part : composed_->includes)
        index(part);
  }

  const Terminology& terminology_;
  const Composition& how_;
  std::vector<const json::Value*>& open_;
  Composed* composed_ = nullptr;
};

Truth both(Truth left, Truth right) {
  if (left == Truth::no || right == Truth::no) return Truth::no;
  return left == Truth::yes && right == Truth::yes ? Truth::yes : Truth::unknown;
}

Truth in_grammar(const Part& part, std::string_view code) {
  if (part.is_listed) return part.find(code) != nullptr ? Truth::yes : Truth::no;
  if (!part.grammar->parse(code)) return Truth::no;
  if (part.filters == nullptr) return Truth::yes;
  const auto holds = [&](const json::Value& one) {
    return part.grammar
        ->satisfies(code, one.text_of("property"), one.text_of("op"), one.text_of("value"))
        .value_or(false);
  };
  return std::ranges::all_of(part.filters->items(), holds) ? Truth::yes : Truth::no;
}

Truth in_part(const Part& part, const Composed& whole, std::string_view system,
              std::string_view code, const CodeSystem* only, bool is_excluding) {
  Truth truth = Truth::yes;
  if (!part.url.empty()) {
    if (!system.empty() && system != part.url) return Truth::no;
    const bool is_any_version = is_excluding && part.version.empty();
    if (only != nullptr && part.system != only && !is_any_version) return Truth::no;
    if (part.grammar != nullptr) {
      truth = in_grammar(part, code);
    } else if (part.system == nullptr) {
      truth =
          part.is_listed ? (part.find(code) != nullptr ? Truth::yes : Truth::no) : Truth::unknown;
    } else if (const auto number = part.system->find(code)) {
      if (part.is_listed && part.find(code) == nullptr) return Truth::no;
      if (part.is_filtered && !part.marks[*number]) return Truth::no;
      if (!whole.inactive_too && part.system->is_inactive(*number)) return Truth::no;
    } else {
      if (part.is_listed && part.find(code) == nullptr) return Truth::no;
      const bool may_exist = part.system->is_fragment() || part.system->is_not_present();
      if (!may_exist) return Truth::no;
      if (!part.is_listed) truth = Truth::unknown;
    }
  }
  for (const Composed* set : part.sets)
    truth = both(truth, set == nullptr ? Truth::unknown : set->contains(system, code, only));
  return truth;
}

}  // namespace

const Listed* Part::find(std::string_view code) const {
  if (!listed_by_code.empty()) {
    const auto place = listed_by_code.find(code);
    return place == listed_by_code.end() ? nullptr : &listed[place->second];
  }
  const auto same = [&](const Listed& one) {
    if (one.code == code) return true;
    return system != nullptr && system->ignores_case() && one.code.size() == code.size() &&
           system->find(one.code) == system->find(code) && system->find(code).has_value();
  };
  const auto place = std::ranges::find_if(listed, same);
  return place == listed.end() ? nullptr : &*place;
}

std::string Composed::canonical() const {
  return version.empty() ? std::string(url) : fmt::format("{}|{}", url, version);
}

Truth Composed::contains(std::string_view system, std::string_view code,
                         const CodeSystem* only) const {
  Truth truth = Truth::no;
  for (const Part& part : includes) {
    const Truth one = in_part(part, *this, system, code, only, false);
    if (one == Truth::yes) {
      truth = one;
      break;
    }
    if (one == Truth::unknown) truth = one;
  }
  if (truth == Truth::no) return truth;
  for (const Part& part : excludes) {
    const Truth one = in_part(part, *this, system, code, only, true);
    if (one == Truth::yes) return Truth::no;
    if (one == Truth::unknown) truth = Truth::unknown;
  }
  return truth;
}

std::shared_ptr<const Composed> compose(const json::Value& value_set, const Composition& how) {
  std::vector<const json::Value*> open;
  return Builder(how, open).build(value_set);
}

}  // namespace tasuki::fhir::terminology
