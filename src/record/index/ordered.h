// Numbers and points in time as bytes that compare as they do, and the ranges a search prefix
// means.
//
// A group holds every value of a parameter. Of points in time a second one repeats the long ones
// (more than a day), so that "later than t" needs to look only at short values that begin at t
// minus a day or after, and at the few long ones; nearly every number is a span as long as its last
// digit, so numbers are found by their high end as well. FHIR R4 search.html 3.1.1.4.6 (prefixes).
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "fhir/search/query.h"
#include "store/store.h"

namespace tasuki::record {

std::string ordered(int64_t value);  // 8 bytes
std::string ordered(double value);   // 8 bytes; -0 as 0

constexpr int64_t long_moment_us = 24LL * 3600 * 1'000'000;
inline bool is_long(const fhir::search::Moment& moment) {
  return moment.from < moment.to - long_moment_us || moment.from == INT64_MIN ||
         moment.to == INT64_MAX;
}

// Records with a value in the group that satisfies the prefix. `every` holds all moments, `longs`
// the long ones again.
store::Node moment_node(uint64_t every, uint64_t longs, fhir::search::Prefix prefix,
                        fhir::search::Moment asked);
store::Node number_node(uint64_t group, fhir::search::Prefix prefix, fhir::search::Number asked);

// Records with a value that reaches into [from, to); may hold more.
store::Node overlap_node(uint64_t group, fhir::search::Number asked);

// Of a parameter with one value at most: what both ask of that one value. Nothing: a node asks for
// something else, too, or of another group.
std::optional<store::Node> of_one_value(const store::Node& a, const store::Node& b);
void only(store::Node& node);  // its ranges are of such a parameter

// Every range in the node is of a group whose records all have the term.
void imply(store::Node& node, std::string_view term);

// Small builders of nodes.
store::Node node_of(store::Node::Op op, std::string bytes = {});
store::Node either(std::vector<store::Node> nodes);  // none when empty
store::Node both(std::vector<store::Node> nodes);    // all when empty
store::Node except(store::Node first, store::Node second);

}  // namespace tasuki::record
