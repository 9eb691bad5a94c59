#include "formats/hl7v2/grammar.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "base/check.h"
#include "formats/hl7v2/grammar_table.h"

namespace tasuki::hl7v2 {
namespace {

struct Node {
  std::string_view name;
  bool required = true, repeats = false, is_group = false;
  std::vector<Node> children;

  bool may_open_with(std::string_view segment) const;
};

// Order groups open with ORC or OBR, whichever comes; RXE, RXA and SPM open one where the sender
// left ORC out.
bool is_starter(std::string_view segment) {
  static constexpr std::string_view starters[] = {"ORC", "OBR", "RXE", "RXA", "SPM", "PID"};
  return std::ranges::find(starters, segment) != std::end(starters);
}

bool Node::may_open_with(std::string_view segment) const {
  bool leading = true;  // up to the first that must be there
  for (const auto& child : children) {
    const bool fits = child.is_group ? child.may_open_with(segment) : child.name == segment;
    if (fits && (leading || is_starter(segment))) return true;
    leading = leading && !child.required;
  }
  return false;
}

// "A B? GROUP(C D*)+" from at on, to the closing parenthesis or the end.
std::vector<Node> nodes_of(std::string_view grammar, size_t& at) {
  std::vector<Node> nodes;
  while (at < grammar.size() && grammar[at] != ')') {
    if (grammar[at] == ' ') {
      ++at;
      continue;
    }
    Node node;
    const size_t end = std::min(grammar.find_first_of(" ?*+()", at), grammar.size());
    node.name = grammar.substr(at, end - at);
    at = end;
    if (at < grammar.size() && grammar[at] == '(') {
      node.is_group = true;
      node.children = nodes_of(grammar, ++at);
      ++at;
    }
    const char mark = at < grammar.size() ? grammar[at] : ' ';
    node.required = mark != '?' && mark != '*';
    node.repeats = mark == '*' || mark == '+';
    if (mark == '?' || mark == '*' || mark == '+') ++at;
    nodes.push_back(std::move(node));
  }
  return nodes;
}

const Node* grammar_of(std::string_view structure) {
  static const auto all = [] {
    std::map<std::string_view, Node> grammars;
    for (const auto& row : detail::structures) {
      size_t at = 0;
      grammars[row.name] = Node{row.name, true, false, true, nodes_of(row.grammar, at)};
      CHECK(at == row.grammar.size());
    }
    return grammars;
  }();
  const auto found = all.find(structure);
  return found == all.end() ? nullptr : &found->second;
}

// Places segment after segment, remembering the groups that are open.
class Placer {
 public:
  Placer(const Node& grammar, Group& root) {
    open_.push_back({&grammar, {}, 0, false, &root});
    count_children();
  }

  enum class Fit : uint8_t { in_order, out_of_order, nowhere };

  Fit place(const Segment& segment) {
    if (join_head(segment)) return Fit::in_order;
    for (size_t level = open_.size(); level-- > 0;)
      if (forward(level, segment)) return Fit::in_order;
    for (size_t level = open_.size(); level-- > 0;)
      if (backward(level, segment)) return Fit::out_of_order;
    open_.back().group->segments.push_back(segment);
    return Fit::nowhere;
  }

  // Required parts that the groups opened so far never got.
  template <class F>
  void close(F&& missing) {
    while (!open_.empty()) {
      report(open_.back(), missing);
      open_.pop_back();
    }
    for (const auto& [group, name] : missed_)
      missing(group, name);
  }

 private:
  struct Open {
    const Node* node;
    std::vector<uint32_t> counts;  // of each child
    size_t cursor;                 // the child used last
    bool has_groups;               // a group was opened inside
    Group* group;
  };

  void count_children() { open_.back().counts.assign(open_.back().node->children.size(), 0); }

  template <class F>
  static void report(const Open& open, F&& missing) {
    for (size_t i = 0; i < open.counts.size(); ++i)
      if (open.node->children[i].required && open.counts[i] == 0)
        missing(open.node->name, open.node->children[i].name);
  }

  // OBR, ORC or ORC, OBR: the second joins the first as long as nothing deeper was opened.
  bool join_head(const Segment& segment) {
    auto& innermost = open_.back();
    if (!is_starter(segment.name()) || innermost.has_groups || open_.size() == 1) return false;
    for (size_t i = 0; i < innermost.cursor; ++i) {
      const auto& child = innermost.node->children[i];
      if (child.is_group || child.name != segment.name() || innermost.counts[i] > 0) continue;
      ++innermost.counts[i];
      innermost.group->segments.push_back(segment);
      return true;
    }
    return false;
  }

  bool forward(size_t level, const Segment& segment) {
    const auto& here = open_[level];
    for (size_t i = here.cursor; i < here.node->children.size(); ++i)
      if (take(level, i, segment)) {
        open_[level].cursor = i;
        return true;
      }
    return false;
  }

  bool backward(size_t level, const Segment& segment) {
    if (is_starter(segment.name())) return false;
    for (size_t i = 0; i < open_[level].cursor; ++i)
      if (take(level, i, segment)) return true;
    return false;
  }

  bool take(size_t level, size_t i, const Segment& segment) {
    const auto& child = open_[level].node->children[i];
    if (open_[level].counts[i] > 0 && !child.repeats) return false;
    const bool fits =
        child.is_group ? child.may_open_with(segment.name()) : child.name == segment.name();
    if (!fits) return false;
    close_above(level);
    ++open_[level].counts[i];
    if (!child.is_group) {
      open_[level].group->segments.push_back(segment);
      return true;
    }
    open_[level].has_groups = true;
    Group* const parent = open_[level].group;
    parent->groups.push_back(Group{child.name, {}, {}});
    open_.push_back({&child, {}, 0, false, &parent->groups.back()});
    count_children();
    return forward(open_.size() - 1, segment) || opened_late(segment);
  }

  // A starter that is not the group's first: everything before it was left out.
  bool opened_late(const Segment& segment) {
    open_.back().group->segments.push_back(segment);
    return true;
  }

  void close_above(size_t level) {
    while (open_.size() > level + 1) {
      report(open_.back(), [&](std::string_view group, std::string_view name) {
        missed_.emplace_back(group, name);
      });
      open_.pop_back();
    }
  }

  std::vector<Open> open_;
  std::vector<std::pair<std::string_view, std::string_view>> missed_;
};

void collect_paths(const Node& node, const std::string& before, std::vector<std::string>& paths) {
  for (const auto& child : node.children) {
    if (!child.is_group) continue;
    const std::string path =
        before.empty() ? std::string(child.name) : before + "." + std::string(child.name);
    paths.push_back(path);
    collect_paths(child, path, paths);
  }
}

void collect(const Group& group, std::string_view path, std::vector<const Group*>& found) {
  if (path.empty()) {
    found.push_back(&group);
    return;
  }
  const size_t dot = std::min(path.find('.'), path.size());
  const auto rest = dot == path.size() ? std::string_view{} : path.substr(dot + 1);
  for (const auto& inner : group.groups)
    if (inner.name == path.substr(0, dot)) collect(inner, rest, found);
}

formats::Finding unexpected(const Message& message, const Segment& segment,
                            std::string_view structure, bool known_elsewhere) {
  const auto range = segment.whole().bytes();
  return {formats::Finding::Severity::warning,
          known_elsewhere ? "structure.order" : "structure.unexpected-segment",
          known_elsewhere
              ? fmt::format("{} の並び順が {} の決まりと違います。読めた所に置きました。/ {} "
                            "stands out of order in {}; placed where it fits.",
                            segment.name(), structure, segment.name(), structure)
              : fmt::format("{} は {} にないセグメントです。そのまま残しました。/ {} has no place "
                            "in {}; kept beside the mapping.",
                            segment.name(), structure, segment.name(), structure),
          location_of(message, segment, 0),
          range.begin,
          range.end};
}

}  // namespace

Segment Group::first(std::string_view segment_name) const {
  const auto found = std::ranges::find(segments, segment_name, &Segment::name);
  return found == segments.end() ? Segment{} : *found;
}

std::vector<Segment> Group::all(std::string_view segment_name) const {
  std::vector<Segment> found;
  std::ranges::copy_if(segments, std::back_inserter(found),
                       [&](const Segment& one) { return one.name() == segment_name; });
  return found;
}

std::vector<const Group*> Group::each(std::string_view path) const {
  std::vector<const Group*> found;
  collect(*this, path, found);
  return found;
}

Structure structure_of(const Message& message) {
  const std::string written = message.structure();
  const Node* grammar = grammar_of(written);
  if (grammar == nullptr) grammar = grammar_of(shared_structure_of(written));
  Structure structure{
      Group{grammar == nullptr ? std::string_view("MESSAGE") : grammar->name, {}, {}},
      grammar != nullptr,
      {},
      {}};
  if (grammar == nullptr) {
    for (int i = 1; i <= message.segment_count(); ++i)
      structure.root.segments.push_back(message.segment(i));
    return structure;
  }
  Placer placer(*grammar, structure.root);
  for (int i = 1; i <= message.segment_count(); ++i) {
    const auto segment = message.segment(i);
    const auto fit = placer.place(segment);
    if (fit == Placer::Fit::nowhere) structure.unknown.push_back(segment);
    if (fit != Placer::Fit::in_order && structure.findings.size() < Decoded::findings_max)
      structure.findings.push_back(
          unexpected(message, segment, grammar->name, fit == Placer::Fit::out_of_order));
  }
  placer.close([&](std::string_view group, std::string_view name) {
    if (structure.findings.size() >= Decoded::findings_max) return;
    structure.findings.push_back(
        {formats::Finding::Severity::warning, "structure.missing",
         fmt::format("{} に {} がありません。/ {} is missing in {}.", group, name, name, group),
         std::string(name), 0, 0});
  });
  return structure;
}

std::vector<std::string> group_paths(std::string_view structure) {
  std::vector<std::string> paths;
  const Node* grammar = grammar_of(structure);
  if (grammar == nullptr) grammar = grammar_of(shared_structure_of(structure));
  if (grammar != nullptr) collect_paths(*grammar, "", paths);
  return paths;
}

}  // namespace tasuki::hl7v2
