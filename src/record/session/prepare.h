// A change made ready outside the writer thread: checked, made canonical, indexed, packed.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "record/identity/normal.h"
#include "record/inside.h"

namespace tasuki::record {

struct Prepared {
  const Change* change = nullptr;
  store::Put put;                // empty body for a removal
  std::string body;              // canonical, without stamps; or let go: body_of()
  std::string patient;           // "Patient/p1": whom it is about, alone; empty otherwise
  std::optional<Traits> traits;  // of a Patient
  uint32_t generation = 0;       // of the type's search parameters, when it was indexed
};

enum class Believes : uint8_t { nothing, recent };

// On Error of kind invalid, `findings` says everything that is wrong. Who believes in what was
// recent (recent.h) gets a change that stands already without its index and bytes: the unit of work
// then fails as if an assumption had, should another body stand after all.
Result<Prepared> prepare(Inside& inside, const Principal& principal, const Change& change,
                         std::vector<fhir::Finding>& findings,
                         Believes believes = Believes::nothing);

// The same without asking whether it may be written and meets its profiles: for what stood before
// and is brought back.
Prepared prepare_unasked(Inside& inside, const Principal& principal, const Change& change);

// The canonical text: as it was kept, or out of the bytes to be stored.
Result<std::string> body_of(const Prepared& prepared);

// What a stored resource is found by, under the parameters of this moment; without _lastUpdated.
store::Index index_of(const Inside& inside, fhir::TypeId type, const json::Value& resource);

// {"resourceType":...,"id":...,"meta":{...},...}: members in their order otherwise, numbers as
// written; versionId and lastUpdated are the store's to say and are left out.
std::string canonical(std::string_view type, std::string_view id, const json::Value& resource);

}  // namespace tasuki::record
