// Why a signed-in person asks, where the request itself does not say. security.md 2.2
#pragma once

#include "record/session.h"

namespace tasuki::server {

inline record::Purpose purpose_of(const record::Principal& principal) {
  switch (principal.role) {
    case record::Role::patient:
      return record::Purpose::patient_request;
    case record::Role::clerk:
    case record::Role::feed:
    case record::Role::system:
      return record::Purpose::operations;
    case record::Role::doctor:
    case record::Role::pharmacist:
    case record::Role::nurse:
    case record::Role::care_worker:
      return record::Purpose::treatment;
  }
  return record::Purpose::operations;
}

}  // namespace tasuki::server
