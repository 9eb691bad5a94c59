// What the session may see of one person, loaded once and sorted into the lists that the overview
// draws from.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "json/value.h"
#include "record/person.h"
#include "record/session.h"

namespace tasuki::server::faces {

struct ChartItem {
  std::unique_ptr<json::Document> document;
  std::string facility;   // of the Patient record it is about
  std::string reference;  // "Observation/o1"
  std::string day;        // 2026-11-18; empty when the resource says none

  const json::Value& resource() const { return document->root; }
};

struct Chart {
  record::Person person;
  std::string today;         // in Japan
  std::string own_facility;  // of the reader
  std::vector<ChartItem> allergies, problems, visits, reports, images, medicines, observations,
      consents;  // newest first
};

Result<Chart> load_chart(record::Session& session, const fhir::Definitions& definitions,
                         std::string_view person_id);

// Reading resources. All give an empty text where nothing stands.
std::string_view text_at(
    const json::Value& value,
    std::initializer_list<std::string_view> path);  // "code", "text"; arrays: their first
const json::Value* value_at(const json::Value& value, std::initializer_list<std::string_view> path);
std::string_view concept_text(
    const json::Value* codeable);  // text, else the first display, else the first code
bool has_code(const json::Value* codeable, std::string_view code);  // in any coding
std::string day_of(std::string_view date_time);  // in Japan; "2026-11" stays as it is

std::string add_days(std::string_view day, int64_t count);  // "2026-11-23" only; otherwise empty
int64_t days_between(std::string_view from, std::string_view to);  // both whole days

}  // namespace tasuki::server::faces
