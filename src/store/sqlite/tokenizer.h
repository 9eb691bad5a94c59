// How terms get into FTS5 and out of it: as they are, byte for byte.
//
// Why: our terms are opaque bytes, already folded and hashed by who made them; FTS5's own
// tokenizers would split and fold them. A document is its terms, each behind one byte that holds
// its length. In a MATCH expression a term is written in hex inside quotes, so that no byte of it
// can mean anything to the expression's parser.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

struct sqlite3;

namespace tasuki::store::sqlite {

constexpr size_t term_bytes_max = 200;  // the length byte carries one more: the letter in front

Result<void> register_tokenizer(sqlite3* database);  // as "terms"

// Terms begin with a letter of ours: 't' the caller's, 'k' the kind that every record is posted
// under.
std::string term_of(std::string_view bytes);
std::string kind_term(uint16_t kind);
void append_term(std::string& document, std::string_view term);
std::string quoted(std::string_view term);  // for MATCH

}  // namespace tasuki::store::sqlite
