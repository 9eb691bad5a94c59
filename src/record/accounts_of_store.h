// Makes the Accounts that are kept in a store; signing in and out leaves its trace.
#pragma once

#include <memory>

#include "record/accounts.h"
#include "record/audit/log.h"
#include "store/store.h"

namespace tasuki::record {

std::unique_ptr<Accounts> accounts_of(store::Store& store, AuditLog& audit);

}  // namespace tasuki::record
