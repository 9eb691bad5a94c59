// Words of the screen for things of the record.
#pragma once

#include <string_view>

#include "record/session.h"

namespace tasuki::server::faces {

inline std::string_view role_ja(record::Role role) {
  using enum record::Role;
  switch (role) {
    case doctor:
      return "医師";
    case pharmacist:
      return "薬剤師";
    case nurse:
      return "看護師";
    case care_worker:
      return "介護職";
    case clerk:
      return "事務";
    case patient:
      return "患者";
    case feed:
      return "受信";
    case system:
      return "システム";
  }
  return "";
}

inline std::string_view role_code(record::Role role) {
  using enum record::Role;
  switch (role) {
    case doctor:
      return "doctor";
    case pharmacist:
      return "pharmacist";
    case nurse:
      return "nurse";
    case care_worker:
      return "care_worker";
    case clerk:
      return "clerk";
    case patient:
      return "patient";
    case feed:
      return "feed";
    case system:
      return "system";
  }
  return "";
}

}  // namespace tasuki::server::faces
