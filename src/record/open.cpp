// Opens the door: key, store, definitions, consent, person index, audit file.
#include <fcntl.h>
#include <openssl/rand.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>

#include <fmt/core.h>

#include "base/check.h"
#include "record/audit/seal.h"
#include "record/base64.h"
#include "record/inside.h"
#include "record/parameters.h"

namespace tasuki::record {

namespace {

constexpr size_t key_bytes = 32;
constexpr const char* credential_name = "tasuki-key";

Result<std::string> key_of(std::string_view digits, std::string_view from) {
  while (digits.ends_with('\n') || digits.ends_with('\r') || digits.ends_with(' '))
    digits.remove_suffix(1);
  auto key = from_hex(digits);
  if (key && key->size() == key_bytes) return std::move(*key);
  return Error{Error::Kind::invalid,
               fmt::format("The key in {} must be 64 hexadecimal digits; it has {} characters.",
                           from, digits.size()),
               std::string(from)};
}

Result<std::string> read_key(const std::filesystem::path& file) {
  struct stat status {};
  if (::stat(file.c_str(), &status) == 0 && (status.st_mode & 0077) != 0) {
    return Error{
        Error::Kind::forbidden,
        fmt::format("The key file {} can be read by others. Set its mode to 0600.", file.string()),
        file};
  }
  std::ifstream stream(file, std::ios::binary);
  std::string digits;
  if (!std::getline(stream, digits))
    return Error{Error::Kind::unavailable, "The key file cannot be read.", file};
  return key_of(digits, file.string());
}

// Exclusive, 0600 from the first byte, on the disk before any data needs it: a database without its
// key is lost.
Result<std::string> make_key(const std::filesystem::path& file) {
  std::string key(key_bytes, '\0');
  CHECK(RAND_bytes(reinterpret_cast<unsigned char*>(key.data()), static_cast<int>(key.size())) ==
        1);
  const std::string digits = hex(key) + "\n";
  const int descriptor = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (descriptor < 0) return Error{Error::Kind::unavailable, "The key file cannot be made.", file};
  const bool written =
      ::write(descriptor, digits.data(), digits.size()) == static_cast<ssize_t>(digits.size()) &&
      ::fsync(descriptor) == 0;
  ::close(descriptor);
  const int folder = ::open(file.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder >= 0) {
    ::fsync(folder);
    ::close(folder);
  }
  if (!written) return Error{Error::Kind::unavailable, "The key file cannot be written.", file};
  return key;
}

Result<std::string> find_key(const DoorSettings& settings) {
  if (!settings.key_from_environment.empty())
    return key_of(settings.key_from_environment, "the environment");
  auto credentials = settings.credentials_folder;
  if (const char* folder = std::getenv("CREDENTIALS_DIRECTORY");
      credentials.empty() && folder != nullptr)
    credentials = folder;
  if (!credentials.empty() && std::filesystem::exists(credentials / credential_name)) {
    return read_key(credentials / credential_name);
  }
  const auto file = settings.folder / "key";
  if (std::filesystem::exists(file)) return read_key(file);
  if (std::filesystem::exists(settings.folder / "tasuki.db")) {
    return Error{Error::Kind::not_found,
                 fmt::format("There is a database but no key: {} is missing. Put the key back; "
                             "without it the data cannot be read.",
                             file.string()),
                 file};
  }
  return make_key(file);
}

// Terms are hashed under a key of their own: a change of the database's key leaves the index as it
// is.
Result<HashKey> index_key(store::Store& store) {
  const auto stored = TRY(store.read()->item(table::settings, "index-key"));
  std::string bytes = stored.value_or("");
  if (bytes.empty()) {
    bytes.resize(sizeof(HashKey));
    CHECK(RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()),
                     static_cast<int>(bytes.size())) == 1);
    const store::Work keep = [&](store::Writer& writer) -> Result<void> {
      TRY(writer.set_item(table::settings, "index-format", std::to_string(Indexer::format_now)));
      return writer.set_item(table::settings, "index-key", hex(bytes));
    };
    TRY(store.write(keep));
  } else {
    bytes = from_hex(bytes).value_or("");
  }
  if (bytes.size() != sizeof(HashKey))
    return Error{Error::Kind::internal, "The index key is damaged.", {}};
  HashKey key;
  std::memcpy(&key, bytes.data(), sizeof key);
  return key;
}

// What the oldest of its records may have been indexed by.
Result<unsigned> index_format(store::Store& store) {
  const auto stored = TRY(store.read()->item(table::settings, "index-format"));
  return stored ? static_cast<unsigned>(std::strtoul(stored->c_str(), nullptr, 10)) : 1U;
}

// Dates without a zone are indexed as instants of the default zone: another zone would answer
// wrong.
Result<void> check_zone(store::Store& store, std::chrono::minutes zone) {
  const auto minutes = std::to_string(zone.count());
  const auto stored = TRY(store.read()->item(table::settings, "zone"));
  if (!stored) {
    return store.write(
        [&](store::Writer& writer) { return writer.set_item(table::settings, "zone", minutes); });
  }
  if (*stored == minutes) return {};
  return Error{Error::Kind::invalid,
               fmt::format("The database was made with dates in the zone of {} minutes, the "
                           "settings say {}. Set search.zone back.",
                           *stored, minutes),
               "search.zone"};
}

}  // namespace

Result<std::unique_ptr<Door>> Door::open(const DoorSettings& settings,
                                         std::shared_ptr<const fhir::Definitions> definitions) {
  std::error_code error;
  // Ours alone, when it is us who make it.
  if (std::filesystem::create_directories(settings.folder, error)) {
    std::filesystem::permissions(settings.folder, std::filesystem::perms::owner_all, error);
  }
  if (error)
    return Error{Error::Kind::unavailable, "The data folder cannot be made: " + error.message(),
                 settings.folder};
  const auto key = TRY(find_key(settings));

  store::SqliteSettings sqlite;
  sqlite.file = settings.folder / "tasuki.db";
  sqlite.key = key;
  sqlite.cache_bytes = settings.cache_bytes;
  auto store = TRY(store::open_sqlite(sqlite));
  const auto hash_key = TRY(index_key(*store));
  const auto format = TRY(index_format(*store));
  TRY(check_zone(*store, definitions->zone()));
  const auto audit_folder = settings.folder / "audit";
  auto audit = TRY(AuditLog::open(audit_folder, key));
  auto inside = std::make_unique<Inside>(std::move(definitions), std::move(store), hash_key,
                                         std::move(audit), audit_folder, key, settings.terminology);
  inside->set_gate(settings.gate);
  inside->set_index_format(format);
  TRY(inside->load_kinds());
  TRY(inside->load_feeds());
  TRY(inside->load_policies());
  TRY(inside->load_terminology());
  TRY(inside->parameters().load());
  return std::unique_ptr<Door>(std::move(inside));
}

}  // namespace tasuki::record
