// One code system under one name in what is answered: the URL, where the sender wrote the OID.
//
// Why: what was stored stays as it was sent, so two hospitals' codes of one system may bear two
// names; a receiver that knows one of them would see the other as foreign. The table of names is
// definitions/system-names.csv, the same by which search and validation take them as one.
#pragma once

#include <string>

#include "fhir/terminology/terminology.h"

namespace tasuki::server::api {

// body: FHIR as JSON, of our own making. Every member "system" whose text is another name of a
// system is written with the name that terminology writes; the rest stays as it is.
std::string under_one_name(const fhir::terminology::Terminology& terms, std::string body);

}  // namespace tasuki::server::api
