// The people who sign in to a demo database, one of each role, by one press.
#pragma once

#include "record/accounts.h"

namespace tasuki::app {

// patient_person: person id of 山田 花子, who signs in as 患者.
Result<void> make_demo_accounts(record::Accounts& accounts, const std::string& patient_person);

}  // namespace tasuki::app
