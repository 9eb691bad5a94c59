// Literals of the text as values: strings without escapes, numbers, dates, quantities. FHIRPath N1
// 4.1, 10.
#pragma once

#include <span>
#include <string>

#include "base/result.h"
#include "fhir/path/moment.h"
#include "fhir/path/token.h"
#include "fhir/path/tree.h"

namespace tasuki::fhir::path {

// Also of delimited names. An escape that is none stands for its letter.
std::string unescaped(std::string_view text);

// true, 'text', 4, 4L, 4.5, @2012-01, @T12:00. The quantity a number becomes by its unit is made
// with quantity_literal.
Result<Node> literal(Tree& tree, const Token& token);
Result<void> make_quantity(Tree& tree, Node& number, std::string_view unit, Precision calendar);

// Variables that every expression has: %resource, %ucum, %`vs-name`. FHIRPath N1 9; FHIR R4
// fhirpath.html#variables. Others are left as they are.
void take_builtin(Tree& tree, Node& variable);
std::span<const std::string_view> builtin_variables();

}  // namespace tasuki::fhir::path
