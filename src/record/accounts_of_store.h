// Makes the Accounts that are kept in a store.
#pragma once

#include <memory>

#include "record/accounts.h"
#include "store/store.h"

namespace tasuki::record {

std::unique_ptr<Accounts> accounts_of(store::Store& store);

}  // namespace tasuki::record
