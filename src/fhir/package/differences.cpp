#include "fhir/package/differences.h"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/core.h>

namespace tasuki::fhir {
namespace {

using Nodes = std::map<std::string_view, const ProfileNode*>;

void by_id(const ProfileNode& node, Nodes& out) {
  out.emplace(node.id, &node);
  for (const auto* nodes : {&node.children, &node.slices}) {
    for (const ProfileNode& one : *nodes)
      by_id(one, out);
  }
}

class Comparison {
 public:
  explicit Comparison(std::string canonical) : canonical_(std::move(canonical)) {}

  void compare(const Structure& from, const Structure& to) {
    Nodes old_nodes, new_nodes;
    by_id(from.root, old_nodes);
    by_id(to.root, new_nodes);
    static const ProfileNode nothing;
    for (const auto& [id, node] : new_nodes) {
      const auto before = old_nodes.find(id);
      element(id, before == old_nodes.end() ? nothing : *before->second, *node);
    }
    for (const auto& [id, node] : old_nodes) {
      const bool is_slice_gone = !node->slice.empty() && !new_nodes.contains(id);
      if (is_slice_gone)
        add(false, id, fmt::format("The kind \"{}\" is no longer named.", node->slice),
            fmt::format("種類「{}」がなくなりました。", node->slice));
    }
  }
  std::vector<Difference> take() { return std::move(all_); }

 private:
  void add(bool breaks, std::string_view id, std::string english, std::string japanese) {
    all_.push_back({breaks, canonical_, std::string(id), std::move(english), std::move(japanese)});
  }

  void element(std::string_view id, const ProfileNode& from, const ProfileNode& to) {
    if (to.min.value_or(0) > from.min.value_or(0)) {
      add(true, id, fmt::format("At least {} instead of {}.", *to.min, from.min.value_or(0)),
          fmt::format("最小の個数が {} から {} になりました。", from.min.value_or(0), *to.min));
    }
    if (to.max && *to.max < from.max.value_or(unbounded)) {
      add(true, id, fmt::format("At most {} now.", *to.max),
          fmt::format("最大の個数が {} になりました。", *to.max));
    }
    changed(id, "fixed value", "固定値", from.fixed, to.fixed);
    changed(id, "pattern", "パターン", from.pattern, to.pattern);
    if (to.max_length > 0 && (from.max_length == 0 || to.max_length < from.max_length)) {
      add(true, id, fmt::format("At most {} characters now.", to.max_length),
          fmt::format("最大の文字数が {} になりました。", to.max_length));
    }
    types(id, from, to);
    if (to.strength == Strength::required &&
        (from.strength != Strength::required || from.value_set != to.value_set)) {
      add(true, id, fmt::format("The value set {} is required now.", to.value_set),
          fmt::format("値セット {} が必須になりました。", to.value_set));
    }
    if (to.is_sliced && to.rules == SliceRules::closed &&
        !(from.is_sliced && from.rules == SliceRules::closed))
      add(true, id, "Only the named kinds are allowed now.", "名前のある種類だけが許されます。");
    for (const Constraint& rule : to.constraints) {
      const auto before = std::ranges::find(from.constraints, rule.key, &Constraint::key);
      const bool is_new = before == from.constraints.end();
      if (rule.is_error && (is_new || before->expression != rule.expression || !before->is_error)) {
        add(true, id,
            fmt::format("The rule {} is {}: {}", rule.key, is_new ? "new" : "another", rule.human),
            fmt::format("規則 {} が{}: {}", rule.key, is_new ? "増えました" : "変わりました",
                        rule.human));
      }
    }
  }

  void changed(std::string_view id, std::string_view english, std::string_view japanese,
               const std::string& from, const std::string& to) {
    if (to.empty() || from == to) return;
    add(true, id,
        fmt::format("The {} is {} now{}.", english, to, from.empty() ? "" : ", was " + from),
        fmt::format("{}が {} になりました{}。", japanese, to,
                    from.empty() ? "" : " (前は " + from + ")"));
  }

  void types(std::string_view id, const ProfileNode& from, const ProfileNode& to) {
    if (to.types.empty() || from.types == to.types) return;
    std::set<std::string> before, now;
    const auto names = [](const ProfileNode& node, std::set<std::string>& out) {
      for (const AllowedType& type : node.types) {
        if (type.targets.empty()) out.insert(type.code);
        for (const std::string& target : type.targets)
          out.insert(type.code + " " + target);
      }
    };
    names(from, before);
    names(to, now);
    std::string gone;
    for (const std::string& one : before) {
      if (!now.contains(one)) gone += (gone.empty() ? "" : ", ") + one;
    }
    if (!gone.empty()) {
      add(true, id, fmt::format("No longer allowed: {}.", gone),
          fmt::format("使えなくなったもの: {}。", gone));
    } else if (before.empty()) {
      std::string all;
      for (const std::string& one : now)
        all += (all.empty() ? "" : ", ") + one;
      add(true, id, fmt::format("Only {} now.", all), fmt::format("{} だけになりました。", all));
    }
  }

  std::string canonical_;
  std::vector<Difference> all_;
};

}  // namespace

std::vector<Difference> differences(const PackageImage& from, const PackageImage& to) {
  std::vector<Difference> all;
  for (const PackageEntry& old_entry : from.entries()) {
    if (old_entry.url.empty()) continue;
    const PackageEntry* entry = to.find(old_entry.type, old_entry.url);
    const std::string canonical(old_entry.url);
    if (entry == nullptr) {
      all.push_back({true,
                     canonical,
                     {},
                     fmt::format("{} is gone.", old_entry.type),
                     fmt::format("{} がなくなりました。", old_entry.type)});
      continue;
    }
    if (entry->sum == old_entry.sum) continue;
    if (old_entry.type != "StructureDefinition") {
      if (old_entry.type == "CodeSystem" || old_entry.type == "ValueSet") {
        all.push_back({false,
                       canonical,
                       {},
                       fmt::format("The content of this {} changed.", old_entry.type),
                       fmt::format("この {} の内容が変わりました。", old_entry.type)});
      }
      continue;
    }
    const auto before = read_structure(old_entry.body), now = read_structure(entry->body);
    if (!before || !now) continue;
    Comparison comparison(canonical);
    comparison.compare(*before, *now);
    std::ranges::move(comparison.take(), std::back_inserter(all));
  }
  return all;
}

}  // namespace tasuki::fhir
