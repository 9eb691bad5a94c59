#include "intake/mapping/run.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "base/uuid.h"
#include "intake/mapping/runner.h"

namespace tasuki::intake {

std::string id_of(std::string_view facility, std::string_view type, std::string_view key) {
  std::string name;
  name.reserve(type.size() + key.size() + 1);
  name.append(type).append(1, '\x1f').append(key);
  return named_uuid("tasuki facility " + std::string(facility), name);
}

void run(const Program& program, Source& source, const ConvertSettings& settings,
         const Mappings& mappings, Converted& out) {
  Runner(program, source, settings, mappings, out).run();
}

using json::Value;
using Kind = Operation::Kind;

namespace {

constexpr std::string_view profile_base = "http://jpfhir.jp/fhir/core/StructureDefinition/";
// These stand between an order's segments without beginning its body: ORC TQ1 OBR is one group.
constexpr std::array<std::array<char, 3>, 6> in_between{{{'T', 'Q', '1'},
                                                         {'T', 'Q', '2'},
                                                         {'N', 'T', 'E'},
                                                         {'C', 'T', 'D'},
                                                         {'C', 'T', 'I'},
                                                         {'P', 'R', 'T'}}};
constexpr size_t resources_max = 20'000;  // of one message
constexpr int repetitions_max = 1'000;    // of one field; what is beyond stays uncarried

// Puts a value at the end of a path, making the objects on the way.
void put(json::Arena& arena, Value& object, std::span<const std::string> path,
         std::string_view last, Value value, bool is_array) {
  Value* place = &object;
  for (size_t i = 0; i + 1 < path.size(); ++i) {
    Value* inner = place->find(path[i]);
    place = inner != nullptr ? inner : &place->append(arena, path[i], Value::object());
  }
  Value* const there = place->find(last);
  if (is_array) {
    Value& list = there != nullptr ? *there : place->append(arena, last, Value::array());
    list.push(arena, value);
  } else if (there == nullptr) {
    place->append(arena, last, value);
  } else if (there->is_object() && value.is_object()) {
    for (const auto& member : value.members())
      there->set(arena, member.name, member.value);
  } else {
    *there = value;
  }
}

}  // namespace

Runner::Runner(const Program& program, Source& source, const ConvertSettings& settings,
               const Mappings& mappings, Converted& out)
    : program_(program),
      source_(source),
      settings_(settings),
      mappings_(mappings),
      out_(out),
      arena_(*out.arena),
      values_{.arena = arena_,
              .source = source,
              .settings = settings,
              .mappings = mappings,
              .systems = *mappings.table("coding-systems"),
              .units = *mappings.table("units-ucum")},
      names_(program.names.size()),
      set_aside_(program.operations.size()) {
  codeable_ = *mappings.definitions().type("CodeableConcept");
}

void Runner::run() {
  Scope scope{.begin = 0, .end = source_.segment_count(), .own_end = source_.segment_count()};
  block(0, static_cast<uint32_t>(program_.operations.size()), scope, nullptr);
}

void Runner::block(uint32_t begin, uint32_t end, const Scope& scope, Frame* frame) {
  for (uint32_t i = begin; i < end;) {
    const Operation& operation = program_.operations[i];
    const bool is_block = operation.end > i;
    switch (operation.kind) {
      case Kind::each_group:
        each_group(i, scope, frame);
        break;
      case Kind::each_segment:
        each_segment(i, scope, frame);
        break;
      case Kind::each_repetition:
        each_repetition(i, scope, frame);
        break;
      case Kind::when:
        if (holds(operation.condition, scope)) block(i + 1, operation.end, scope, frame);
        break;
      case Kind::resource:
        resource(i, scope);
        break;
      case Kind::contained:
        contained(i, scope, *frame);
        break;
      case Kind::element:
        element(i, scope, *frame);
        break;
      case Kind::assign:
        if (operation.repeats)
          each_repetition(i, scope, frame);
        else
          assign(operation, scope, *frame);
        break;
      case Kind::hold:
        if (holds(operation.condition, scope))
          stop(Converted::State::held, "mapping.hold", operation.text, operation.line);
        break;
      case Kind::check:
        check(operation, scope);
        break;
      case Kind::aside:
        if (!set_aside_[i] && holds(operation.condition, scope)) aside(i);
        break;
    }
    i = is_block ? operation.end : i + 1;
  }
}

// A group begins where a lead segment comes that the open group already has, or that comes after
// other segments: ORC OBR OBX OBX | ORC OBR OBX, and as well OBR ORC OBX | OBR ORC OBX
// (hl7v2-japan.md 7: both orders occur).
void Runner::each_group(uint32_t index, const Scope& scope, Frame* frame) {
  const Operation& operation = program_.operations[index];
  std::vector<uint32_t> starts;
  std::vector<std::array<char, 3>> seen;
  bool in_body = true;  // before the first group
  for (uint32_t i = scope.begin; i < scope.end; ++i) {
    const auto lead = std::ranges::find_if(operation.leads,
                                           [&](const auto& name) { return source_.is(i, name); });
    if (lead == operation.leads.end()) {
      in_body |=
          std::ranges::none_of(in_between, [&](const auto& name) { return source_.is(i, name); });
      continue;
    }
    if (in_body || std::ranges::find(seen, *lead) != seen.end()) {
      starts.push_back(i);
      seen.clear();
      in_body = false;
    }
    seen.push_back(*lead);
  }
  if (starts.empty()) return;
  Scope outer = scope;
  outer.own_end = starts.front();
  for (size_t i = 0; i < starts.size(); ++i) {
    const uint32_t end = i + 1 < starts.size() ? starts[i + 1] : scope.end;
    const Scope inner{.begin = starts[i], .end = end, .own_end = end, .around = &outer};
    round(index, inner, frame);
  }
}

void Runner::each_segment(uint32_t index, const Scope& scope, Frame* frame) {
  const Operation& operation = program_.operations[index];
  const Scope* block = &scope;  // an `each` inside another: every pair of them in the block
  while (block->single && block->around != nullptr)
    block = block->around;
  for (uint32_t i = block->begin; i < block->end; ++i) {
    if (!source_.is(i, operation.leads.front())) continue;
    const Scope inner{.begin = i, .end = i + 1, .own_end = i + 1, .around = &scope, .single = true};
    round(index, inner, frame);
  }
}

void Runner::each_repetition(uint32_t index, const Scope& scope, Frame* frame) {
  const Operation& operation = program_.operations[index];
  Spot spot;
  if (!source_.find_segment(operation.path.segment, scope, spot.segment)) return;
  spot.field = operation.path.field;
  spot.component = operation.path.component;
  const int count = std::min(source_.repetitions(spot.segment, spot.field), repetitions_max);
  const int first = std::max<int>(1, operation.path.repetition);
  const int last = operation.path.repetition == 0 || operation.path.onwards
                       ? count
                       : std::min<int>(first, count);
  for (int i = first; i <= last; ++i) {
    spot.repetition = static_cast<uint16_t>(i);
    if (!source_.has(spot)) continue;
    const Scope inner{
        .begin = 0, .end = 0, .own_end = 0, .around = &scope, .single = true, .repetition = &spot};
    round(index, inner, frame);
  }
}

// One turn of a loop.
void Runner::round(uint32_t index, const Scope& scope, Frame* frame) {
  const Operation& operation = program_.operations[index];
  for (const uint16_t name : operation.inner_names)
    names_[name] = {};
  if (operation.kind == Kind::assign) return assign(operation, scope, *frame);
  if (!holds(operation.condition, scope)) return;
  block(index + 1, operation.end, scope, frame);
}

void Runner::resource(uint32_t index, const Scope& scope) {
  const Operation& operation = program_.operations[index];
  if (!holds(operation.condition, scope) || out_.resources.size() >= resources_max) return;
  const std::string_view type = mappings_.definitions().name(operation.type);
  const auto key = key_of(operation, scope);
  if (!key) return;
  std::string id = id_of(settings_.facility, type, *key);
  // The same key twice in one message: the second is another one, told apart by its place among
  // its equals.
  if (const int before = used_[id]++; before > 0) {
    id = id_of(settings_.facility, type, *key + "\x1f#" + std::to_string(before + 1));
  }

  const auto slot = static_cast<uint32_t>(out_.resources.size());
  out_.resources.push_back(
      {.type = operation.type, .id = id, .resource = {}, .ensure = operation.ensure});
  Frame frame{.object = Value::object(), .slot = slot};
  frame.object.append(arena_, "resourceType", Value::borrowed(json::Kind::string, type));
  frame.object.append(arena_, "id", values_.string(id));
  add_profile(operation, frame.object);
  names_[operation.name] = {
      .id = id, .type = type, .frame = &frame, .slot = slot, .made = true, .contained = false};
  block(index + 1, operation.end, scope, &frame);
  names_[operation.name].frame = nullptr;
  out_.resources[slot].resource = frame.object;
  if (operation.into_resource != 0) refer_from(operation);
}

void Runner::add_profile(const Operation& operation, Value& object) {
  if (operation.profile.empty()) return;
  Value profiles = Value::array();
  profiles.push(arena_, values_.string(std::string(profile_base) + operation.profile));
  Value meta = Value::object();
  meta.append(arena_, "profile", profiles);
  object.append(arena_, "meta", meta);
}

void Runner::refer_from(const Operation& operation) {
  const NamedState& holder = names_[static_cast<size_t>(operation.into_resource - 1)];
  if (!holder.made) return;
  Value& object =
      holder.frame != nullptr ? holder.frame->object : out_.resources[holder.slot].resource;
  put(arena_, object, {}, operation.into_element, reference_to(names_[operation.name]), true);
}

std::optional<std::string> Runner::key_of(const Operation& operation, const Scope& scope) {
  std::string key;
  for (const KeyPart& part : operation.key) {
    const Operand value = evaluate(part.value, operation, scope);
    const std::string text = value.present ? text_of(value) : std::string();
    if (text.empty() && !part.optional) {
      stop(Converted::State::held, "mapping.key-empty",
           fmt::format("{} の識別に必要な項目({})が空です。/ What identifies this {} is empty: {}.",
                       mappings_.definitions().name(operation.type), place_of(part.value),
                       mappings_.definitions().name(operation.type), place_of(part.value)),
           operation.line);
      return std::nullopt;
    }
    if (!key.empty()) key += '\x1f';
    key += text;
  }
  return key;
}

void Runner::contained(uint32_t index, const Scope& scope, Frame& parent) {
  const Operation& operation = program_.operations[index];
  Frame frame{
      .object = Value::object(), .slot = parent.slot, .parent = &parent, .operation = &operation};
  const std::string_view type = mappings_.definitions().name(operation.type);
  frame.object.append(arena_, "resourceType", Value::borrowed(json::Kind::string, type));
  frame.object.append(arena_, "id", values_.string(operation.label));
  add_profile(operation, frame.object);
  block(index + 1, operation.end, scope, &frame);
  if (frame.attempted && !frame.delivered) return;
  names_[operation.name] = {.id = operation.label,
                            .type = type,
                            .frame = nullptr,
                            .slot = 0,
                            .made = true,
                            .contained = true};
  put(arena_, parent.object, {}, "contained", frame.object, true);
  parent.attempted = parent.delivered = true;
}

// A block that has lines with sources is only sent when one of them found something.
void Runner::element(uint32_t index, const Scope& scope, Frame& parent) {
  const Operation& operation = program_.operations[index];
  if (!holds(operation.condition, scope)) {
    parent.attempted = true;
    return;
  }
  Frame frame{
      .object = Value::object(), .slot = parent.slot, .parent = &parent, .operation = &operation};
  if (!operation.url.empty())
    frame.object.append(arena_, "url", Value::borrowed(json::Kind::string, operation.url));
  block(index + 1, operation.end, scope, &frame);
  parent.attempted |= frame.attempted;
  parent.delivered |= frame.delivered;
  if ((frame.attempted && !frame.delivered) || frame.object.size() == 0) return;
  put(arena_, parent.object, operation.target, operation.target.back(), frame.object,
      operation.is_array);
}

void Runner::assign(const Operation& operation, const Scope& scope, Frame& frame) {
  if (!operation.value.constant) frame.attempted = true;
  if (!holds(operation.condition, scope)) {
    frame.attempted = true;
    return;
  }
  Operand value = evaluate(operation.value, operation, scope);
  if (!value.present) return;
  const std::string_view last =
      value.element.empty() ? std::string_view(operation.target.back()) : value.element;
  const Value made = value_of(value, operation);
  if (made.is_null()) return;
  put(arena_, frame.object, operation.target, last, made, operation.is_array);
  if (operation.value.constant) return;
  frame.delivered = true;
  if (!value.has_spot) return;
  const auto bytes = source_.bytes(value.spot);
  out_.traces.push_back({.resource = frame.slot,
                         .line = operation.line,
                         .element = &operation.target,
                         .byte_begin = static_cast<uint32_t>(bytes.begin),
                         .byte_end = static_cast<uint32_t>(bytes.end)});
  if (!settings_.explains) return;
  out_.traces.back().path = path_of(frame, operation.target, last, operation.is_array);
  out_.traces.back().location = source_.location(value.spot);
}

// "dosageInstruction[1].timing.code": from the resource down. The blocks around are not in their
// places yet, so the place an array's next item will have is its size; an item that a line has just
// put there is the last one.
std::string Runner::path_of(const Frame& frame, std::span<const std::string> target,
                            std::string_view last, bool is_array) {
  std::string path;
  if (frame.parent != nullptr) {
    const Operation& block = *frame.operation;
    if (block.kind == Kind::contained) {
      path = "contained[" + block.label + "]";
    } else {
      path = path_of(*frame.parent, block.target, block.target.back(), false);
      const Value* list = &frame.parent->object;
      for (size_t i = 0; list != nullptr && i < block.target.size(); ++i)
        list = list->find(block.target[i]);
      if (block.is_array) path += fmt::format("[{}]", list == nullptr ? 0 : list->size());
    }
  }
  const Value* place = &frame.object;
  for (size_t i = 0; i < target.size(); ++i) {
    const std::string_view name = i + 1 == target.size() ? last : std::string_view(target[i]);
    if (!path.empty()) path += '.';
    path += name;
    if (place != nullptr) place = place->find(name);
  }
  if (is_array && place != nullptr) path += fmt::format("[{}]", place->size() - 1);
  return path;
}

void Runner::aside(uint32_t index) {
  set_aside_[index] = true;
  const Operation& operation = program_.operations[index];
  for (const Path& path : operation.paths) {
    for (uint32_t i = 0; i < source_.segment_count(); ++i) {
      if (source_.is(i, path.segment)) source_.mark(i, path.field, Source::Mark::aside);
    }
  }
}

Value Runner::reference_to(const NamedState& named) {
  Value made = Value::object();
  made.append(
      arena_, "reference",
      values_.string(named.contained ? "#" + named.id : std::string(named.type) + "/" + named.id));
  return made;
}

void Runner::stop(Converted::State state, std::string_view code, std::string reason,
                  uint32_t line) {
  Finding finding;
  finding.severity = formats::Finding::Severity::error;
  finding.code = code;
  finding.message = reason;
  finding.line = line;
  out_.findings.push_back(std::move(finding));
  if (out_.state != Converted::State::done && state != Converted::State::refused) return;
  out_.state = state;
  out_.reason = std::move(reason);
  out_.reason_code = code;
}

void Runner::note(formats::Finding::Severity severity, std::string_view code, std::string message,
                  const Spot* spot, uint32_t line, bool task) {
  Finding finding;
  finding.severity = severity;
  finding.code = code;
  finding.message = std::move(message);
  finding.line = line;
  finding.task = task;
  if (spot != nullptr) {
    finding.location = source_.location(*spot);
    const auto bytes = source_.bytes(*spot);
    finding.byte_begin = bytes.begin;
    finding.byte_end = bytes.end;
  }
  out_.findings.push_back(std::move(finding));
}

}  // namespace tasuki::intake
