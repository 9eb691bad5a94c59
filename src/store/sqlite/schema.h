// The tables, their version, and what an opened database must be.
#pragma once

#include <string>

#include "base/result.h"
#include "store/sqlite/connection.h"

namespace tasuki::store::sqlite {

constexpr int schema_version = 3;

// Makes the tables in an empty database; refuses one made by a newer program.
Result<void> prepare_schema(Connection& connection);

// 16 random bytes made with the database: they key the hash that records are found by, so that
// nobody outside can choose ids that collide.
Result<std::string> salt_of(Connection& connection);

}  // namespace tasuki::store::sqlite
