// What a field of a query stands for, by where it is asked. FHIR R4 graphql.html
//
// The root holds Patient(id:), PatientList(...) and PatientConnection(...); a resource its elements
// and, backwards, ObservationList(_reference: patient); a Reference also what it leads to, as
// `resource`.
#pragma once

#include "fhir/graphql/document.h"
#include "fhir/model/definitions.h"

namespace tasuki::fhir::graphql {

struct Scope {
  enum class Kind : uint8_t { root, typed, connection, edge };
  Kind kind = Kind::root;
  TypeId type = no_type;  // of a typed value; of a connection or edge: of its resources
};

struct Field {
  enum class Kind : uint8_t {
    type_name,      // __typename
    resource_type,  // resourceType
    element,        // name, birthDate
    sibling,        // _birthDate: id and extensions of a primitive
    reference,      // resource, of a Reference
    read,           // Patient(id:)
    list,           // PatientList(...)
    connection,     // PatientConnection(...)
    part,           // count, next ... of a connection; mode, score of an edge
    edges,
    edge_resource,
  };
  Kind kind = Kind::element;
  TypeId type = no_type;             // of the value, where it has one
  const Element* element = nullptr;  // of element and sibling

  bool is_object(const Definitions& definitions) const;  // its fields must be chosen
  bool is_list() const;
  Scope scope() const;  // where these stand
};

// invalid: names the nearest.
Result<Field> field_of(const Definitions& definitions, const Scope& scope,
                       const Selection& selection);

bool is_resource(const Definitions& definitions, TypeId type);

// Does a fragment on the type apply to a value of type `actual`?
bool applies(const Definitions& definitions, std::string_view on, TypeId actual);

}  // namespace tasuki::fhir::graphql
