#include "store/sqlite/tokenizer.h"

#include <sqlite3.h>

#include <fmt/core.h>

#include "base/check.h"
#include "store/sqlite/connection.h"

namespace tasuki::store::sqlite {
namespace {

using Emit = int (*)(void*, int, const char*, int, int, int);

int value_of(char digit) {
  return digit <= '9' ? digit - '0' : digit - 'a' + 10;
}

int tokenize_query(void* context, std::string_view hex, Emit emit) {
  std::string term;
  for (size_t i = 0; i + 1 < hex.size(); i += 2) {
    term += static_cast<char>(value_of(hex[i]) * 16 + value_of(hex[i + 1]));
  }
  return emit(context, 0, term.data(), static_cast<int>(term.size()), 0,
              static_cast<int>(hex.size()));
}

int tokenize_document(void* context, std::string_view document, Emit emit) {
  for (size_t at = 0; at < document.size();) {
    const auto size = static_cast<unsigned char>(document[at]);
    if (at + 1 + size > document.size()) return SQLITE_CORRUPT;
    const int code = emit(context, 0, document.data() + at + 1, size, static_cast<int>(at + 1),
                          static_cast<int>(at + 1 + size));
    if (code != SQLITE_OK) return code;
    at += 1U + size;
  }
  return SQLITE_OK;
}

int create(void*, const char**, int, Fts5Tokenizer** tokenizer) {
  static char nothing;  // it has no state, but null would mean none
  *tokenizer = reinterpret_cast<Fts5Tokenizer*>(&nothing);
  return SQLITE_OK;
}

void destroy(Fts5Tokenizer*) {}

int tokenize(Fts5Tokenizer*, void* context, int flags, const char* text, int size, Emit emit) {
  const std::string_view bytes(text, static_cast<size_t>(size));
  return flags & FTS5_TOKENIZE_QUERY ? tokenize_query(context, bytes, emit)
                                     : tokenize_document(context, bytes, emit);
}

// The documented way to FTS5's own interface: it is handed out through a bound pointer.
// sqlite.org/fts5.html, 7.
fts5_api* fts5_of(sqlite3* database) {
  fts5_api* api = nullptr;
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_prepare_v2(database, "SELECT fts5(?1)", -1, &statement, nullptr) != SQLITE_OK)
    return nullptr;
  sqlite3_bind_pointer(statement, 1, &api, "fts5_api_ptr", nullptr);
  sqlite3_step(statement);
  sqlite3_finalize(statement);
  return api;
}

}  // namespace

Result<void> register_tokenizer(sqlite3* database) {
  auto* api = fts5_of(database);
  if (!api) return error_of(database, sqlite3_errcode(database));
  fts5_tokenizer methods{create, destroy, tokenize};
  const int code = api->xCreateTokenizer(api, "terms", nullptr, &methods, nullptr);
  if (code != SQLITE_OK) return error_of(database, code);
  return {};
}

std::string term_of(std::string_view bytes) {
  std::string term = "t";
  return term += bytes;
}

std::string kind_term(uint16_t kind) {
  return fmt::format("k{:04x}", kind);
}

void append_term(std::string& document, std::string_view term) {
  CHECK(term.size() <= term_bytes_max + 1);
  document += static_cast<char>(static_cast<unsigned char>(term.size()));
  document += term;
}

std::string quoted(std::string_view term) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text = "\"";
  for (const char byte : term) {
    text += digits[static_cast<unsigned char>(byte) >> 4U];
    text += digits[static_cast<unsigned char>(byte) & 15U];
  }
  return text += '"';
}

}  // namespace tasuki::store::sqlite
