// Operations: "$name" on the system, on a type or on one resource. FHIR R4 operations.html
//
// One table (operations.cpp) says which there are: requests are answered from it and /metadata is
// written from it. A new operation is a file here with one function, and one row there.
#pragma once

#include <span>
#include <string_view>

#include "server/api/call.h"
#include "server/api/operation/input.h"

namespace tasuki::server::api {

enum Levels : uint8_t { on_system = 1, on_type = 2, on_instance = 4 };

struct Operation {
  std::string_view name;        // "everything", without $
  uint8_t levels = on_system;   // Levels, added up
  std::string_view types = {};  // "Patient Encounter"; empty: every type
  // GET only where nothing changes: operations.html#executing "affectsState".
  enum class Effect : uint8_t { reads, writes } effect = Effect::reads;
  // "_since:instant _type:code* resource:Resource!": name, type, * = many, ! = required. A name
  // that is not here is refused (law 6), unless the list ends in "..." (a search's parameters).
  std::string_view parameters = {};
  Reply (*run)(Call& call, const Input& input) = nullptr;
  std::string_view definition = {};  // canonical of its OperationDefinition
  bool is_job = false;  // only with Prefer: respond-async; asked twice, to accept and to run
};

std::span<const Operation> operations();

// Is it served on the type, or on the system (type empty)?
bool is_on(const Operation& operation, std::string_view type);

// Does the path end in the name of an operation that is_job?
bool runs_as_job(std::string_view path);

// The row for what a target names. not_found: names the nearest, or where it is served.
Result<const Operation*> operation_of(const Call& call);

// GET or POST [base]/.../$name, by the table.
Reply operate(std::string_view method, Call& call);

// Operations, each in a file of its name.
Reply export_all(Call& call, const Input& input);
Reply import_all(Call& call, const Input& input);
Reply subscription_status(Call& call, const Input& input);
Reply subscription_events(Call& call, const Input& input);
Reply websocket_token(Call& call, const Input& input);
Reply erase(Call& call, const Input& input);
Reply meta(Call& call, const Input& input);
Reply everything(Call& call, const Input& input);
Reply patient_summary(Call& call, const Input& input);
Reply document(Call& call, const Input& input);
Reply graphql_query(Call& call, const Input& input);
Reply lastn(Call& call, const Input& input);
Reply stats(Call& call, const Input& input);
Reply reindex(Call& call, const Input& input);
Reply meta_add(Call& call, const Input& input);
Reply meta_delete(Call& call, const Input& input);
Reply validate(Call& call, const Input& input);

Reply expand(Call& call, const Input& input);
Reply validate_code_in_value_set(Call& call, const Input& input);
Reply validate_code_in_system(Call& call, const Input& input);
Reply batch_validate_code(Call& call, const Input& input);
Reply lookup(Call& call, const Input& input);
Reply subsumes(Call& call, const Input& input);
Reply translate(Call& call, const Input& input);
Reply closure(Call& call, const Input& input);

}  // namespace tasuki::server::api
