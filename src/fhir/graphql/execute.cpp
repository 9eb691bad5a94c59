#include "fhir/graphql/execute.h"

#include <fmt/core.h>

#include <algorithm>

#include "base/text.h"
#include "base/utf8.h"
#include "fhir/graphql/check.h"
#include "fhir/graphql/collect.h"
#include "fhir/graphql/errors.h"
#include "fhir/graphql/fetch.h"
#include "fhir/graphql/filter.h"
#include "fhir/graphql/output.h"
#include "json/print.h"

namespace tasuki::fhir::graphql {
namespace {

// Where the answer stands: the value whose fields are asked, and the resource it is part of.
struct Focus {
  Scope scope;
  path::Item item;
  json::Value resource;                  // null at the root
  const Source::Found* found = nullptr;  // of a connection
};

// What a @flatten above has left behind for the fields below.
struct Shape {
  bool in_list = false;  // values are gathered into lists
  std::string suffix;
};

class Executor {
 public:
  Executor(const Definitions& definitions, Source& source, const Document& document,
           const Inputs& inputs)
      : definitions_(definitions),
        inputs_(inputs),
        collector_(definitions, document, inputs, budget_),
        fetch_(definitions, source, inputs),
        filter_(definitions, inputs, arena_),
        output_(arena_) {}

  Result<std::string> run(const Operation& operation, const std::optional<Instance>& instance) {
    Focus focus;
    if (instance) focus = of_resource(instance->resource);
    json::Value data = json::Value::object();
    TRY(fields(chosen(operation.selections), focus, {}, data));
    std::string text = R"({"data":)" + json::print(data);
    if (!errors_.empty()) text += R"(,"errors":)" + errors_.text();
    return text + '}';
  }

 private:
  Focus of_resource(const json::Value& resource) const {
    Focus focus;
    focus.item = path::root(definitions_, resource);
    focus.scope = {Scope::Kind::typed, focus.item.type};
    focus.resource = resource;
    return focus;
  }

  // ---- fields

  Result<void> fields(const Chosen& list, const Focus& focus, const Shape& shape,
                      json::Value& target) {
    const auto asked = TRY(collector_.collect(list, focus.item.type));
    for (const Asked& each : asked) {
      const Errors::Step step(errors_, each.selection->key());
      auto done = field(each, focus, shape, target);
      if (done) continue;
      // What the query itself has wrong, or what costs too much, ends it.
      const auto kind = done.error().kind;
      const bool own = kind == Error::Kind::not_found || kind == Error::Kind::forbidden;
      if (!own || !errors_.add(done.error(), each.selection->place)) return done;
    }
    return {};
  }

  Result<void> field(const Asked& asked, const Focus& focus, const Shape& shape,
                     json::Value& target) {
    const Selection& selection = *asked.selection;
    const Field field = TRY(field_of(definitions_, focus.scope, selection));
    switch (field.kind) {
      case Field::Kind::type_name:
        return put(asked, shape, target, text(type_name(focus)));
      case Field::Kind::resource_type:
        return put(asked, shape, target, text(definitions_.name(focus.item.type)));
      case Field::Kind::element:
      case Field::Kind::sibling:
        return element(asked, field, focus, shape, target);
      case Field::Kind::reference:
        return reference(asked, focus, shape, target);
      case Field::Kind::read:
        return read(asked, field, shape, target);
      case Field::Kind::list:
        return list(asked, field, focus, shape, target);
      case Field::Kind::connection:
        return connection(asked, field, focus, shape, target);
      case Field::Kind::part:
        return part(asked, focus, shape, target);
      case Field::Kind::edges:
        return edges(asked, field, focus, shape, target);
      case Field::Kind::edge_resource:
        return object(asked, of_resource(focus.resource), shape, false, target);
    }
    return {};
  }

  std::string_view type_name(const Focus& focus) const {
    if (focus.scope.kind == Scope::Kind::root) return "Query";
    return focus.scope.kind == Scope::Kind::typed ? definitions_.name(focus.item.type)
                                                  : std::string_view("Connection");
  }

  json::Value text(std::string_view value) { return json::Value::string(arena_, value); }

  Result<void> put(const Asked& asked, const Shape& shape, json::Value& target, json::Value value,
                   bool as_list = false) {
    TRY(budget_.take(1));
    const bool single = asked.selection->directive("singleton") != nullptr;
    const bool listed = (as_list || shape.in_list) && !single;
    return output_.put(target, asked.selection->key() + shape.suffix, value, listed,
                       asked.selection->place);
  }

  // One value with fields of its own: where @flatten stands, these go into the target itself.
  Result<void> object(const Asked& asked, const Focus& inside, const Shape& shape, bool as_list,
                      json::Value& target) {
    if (asked.selection->directive("flatten") != nullptr) {
      Shape below = shape;
      below.in_list = shape.in_list || as_list;
      return fields(asked.inside, inside, below, target);
    }
    json::Value value = json::Value::object();
    TRY(fields(asked.inside, inside, {}, value));
    return put(asked, shape, target, value, as_list);
  }

  // ---- inside a resource

  path::Items values_of(const Field& field, const Selection& selection, const Focus& focus) const {
    path::Items items;
    const json::Value* value = focus.item.value.find(selection.name);
    if (value == nullptr) return items;
    const auto add = [&](const json::Value& each) {
      if (each.is_null()) return;
      path::Item item;
      item.value = each;
      item.type = field.type;
      item.element = field.kind == Field::Kind::element ? field.element : nullptr;
      // A contained resource is of its own type.
      if (definitions_.category(field.type) == Category::resource)
        item = path::root(definitions_, each);
      items.push_back(std::move(item));
    };
    if (!value->is_array()) {
      add(*value);
    } else {
      for (const json::Value& each : value->items())
        add(each);
    }
    return items;
  }

  Result<void> element(const Asked& asked, const Field& field, const Focus& focus,
                       const Shape& shape, json::Value& target) {
    const Selection& selection = *asked.selection;
    auto items = TRY(filter_.chosen(selection, values_of(field, selection, focus), focus.resource));
    for (size_t i = 0; i < items.size(); ++i) {
      std::optional<Errors::Step> step;
      if (field.is_list()) step.emplace(errors_, i);
      Shape own = shape;
      own.suffix += TRY(filter_.suffix(selection, items[i], i, focus.resource));
      if (!field.is_object(definitions_)) {
        TRY(put(asked, own, target, json::clone(items[i].value, arena_), field.is_list()));
        continue;
      }
      const Focus inside{{Scope::Kind::typed, items[i].type}, items[i], focus.resource};
      TRY(object(asked, inside, own, field.is_list(), target));
    }
    return {};
  }

  // ---- references

  Result<void> reference(const Asked& asked, const Focus& focus, const Shape& shape,
                         json::Value& target) {
    const Selection& selection = *asked.selection;
    const auto resource =
        TRY(fetch_.resolved(focus.item.value.text_of("reference"), focus.resource));
    const Argument* type = selection.argument("type");
    const bool other = resource && type != nullptr &&
                       resource->text_of("resourceType") != inputs_.text(type->value).value_or("");
    if (other) return {};
    if (resource) return object(asked, of_resource(*resource), shape, false, target);
    const Argument* optional = selection.argument("optional");
    if (optional != nullptr && inputs_.text(optional->value) == "true") return {};
    return Error{Error::Kind::not_found,
                 fmt::format("The reference \"{}\" leads to nothing here.",
                             utf8::head(focus.item.value.text_of("reference"), 200)),
                 {}};
  }

  // ---- from the root, and backwards

  Result<void> read(const Asked& asked, const Field& field, const Shape& shape,
                    json::Value& target) {
    const Argument* id = asked.selection->argument("id");
    if (id == nullptr) id = asked.selection->argument("_id");
    const std::string wanted = inputs_.text(id->value).value_or("");
    const auto resource = TRY(fetch_.one(field.type, wanted));
    if (resource) return object(asked, of_resource(*resource), shape, false, target);
    return Error{Error::Kind::not_found,
                 fmt::format("{}/{} is not here.", asked.selection->name, utf8::head(wanted, 64)),
                 {}};
  }

  Result<void> list(const Asked& asked, const Field& field, const Focus& focus, const Shape& shape,
                    json::Value& target) {
    const Source::Found result =
        TRY(fetch_.found(*asked.selection, field.type, focus.resource, false));
    if (result.resources.empty()) return output_.begin_list(target, asked.selection->key());
    for (size_t i = 0; i < result.resources.size(); ++i) {
      const Errors::Step step(errors_, i);
      Shape own = shape;
      own.suffix += TRY(filter_.suffix(
          *asked.selection, path::root(definitions_, result.resources[i]), i, result.resources[i]));
      TRY(object(asked, of_resource(result.resources[i]), own, true, target));
      if (asked.selection->directive("first") != nullptr) break;
    }
    return {};
  }

  Result<void> connection(const Asked& asked, const Field& field, const Focus& focus,
                          const Shape& shape, json::Value& target) {
    const bool counts = std::ranges::any_of(
        asked.inside, [](const Selection* each) { return each->name == "count"; });
    const Source::Found result =
        TRY(fetch_.found(*asked.selection, field.type, focus.resource, counts));
    Focus inside;
    inside.scope = field.scope();
    inside.found = &result;
    return object(asked, inside, shape, false, target);
  }

  Result<void> part(const Asked& asked, const Focus& focus, const Shape& shape,
                    json::Value& target) {
    const std::string& name = asked.selection->name;
    if (name == "mode") return put(asked, shape, target, text("match"));
    if (focus.found == nullptr) return {};
    if (name == "count" && focus.found->total)
      return put(asked, shape, target, number(*focus.found->total));
    if (name == "pagesize") return put(asked, shape, target, number(focus.found->resources.size()));
    if (name == "next" && !focus.found->next.empty())
      return put(asked, shape, target, text(focus.found->next));
    return {};
  }

  json::Value number(uint64_t value) {
    return json::Value::number(arena_, static_cast<int64_t>(value));
  }

  Result<void> edges(const Asked& asked, const Field& field, const Focus& focus, const Shape& shape,
                     json::Value& target) {
    if (focus.found->resources.empty()) return output_.begin_list(target, asked.selection->key());
    for (size_t i = 0; i < focus.found->resources.size(); ++i) {
      const Errors::Step step(errors_, i);
      Focus inside;
      inside.scope = field.scope();
      inside.resource = focus.found->resources[i];
      TRY(object(asked, inside, shape, true, target));
    }
    return {};
  }

  const Definitions& definitions_;
  const Inputs& inputs_;
  json::Arena arena_;
  Budget budget_;
  Collector collector_;
  Fetch fetch_;
  Filter filter_;
  Output output_;
  Errors errors_;
};

Result<std::string> answered(const Definitions& definitions, Source& source,
                             const Request& request) {
  if (!is_utf8(request.query))
    return Error{Error::Kind::invalid, "The query is not UTF-8.", "query"};
  const Document document = TRY(parse(request.query));
  const Operation* operation = TRY(operation_of(document, request.operation));
  const Scope root = request.instance ? Scope{Scope::Kind::typed, request.instance->type} : Scope{};
  TRY(check(definitions, document, *operation, root));
  const Inputs inputs = TRY(Inputs::of(*operation, request.variables));
  return Executor(definitions, source, document, inputs).run(*operation, request.instance);
}

}  // namespace

std::string answer(const Definitions& definitions, Source& source, const Request& request) {
  auto text = answered(definitions, source, request);
  return text ? *std::move(text) : refusal(text.error());
}

}  // namespace tasuki::fhir::graphql
