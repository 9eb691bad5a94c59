#include "intake/stored.h"

#include "json/parse.h"
#include "json/print.h"

namespace tasuki::intake {

// What only the delivery knew, kept in the report: a replay must judge the message as it was judged
// first, or a file that lies in another patient's folder would be published by asking again.
std::string delivered_as(std::string_view patient, bool withdrawn, std::string_view doubt,
                         std::string_view list) {
  std::string text = R"(,"delivery":{"patient":)";
  json::print_string(patient, text);
  text += R"(,"doubt":)";
  json::print_string(doubt, text);
  if (!list.empty()) {
    text += R"(,"list":)";
    json::print_string(list, text);
  }
  text += withdrawn ? R"(,"withdrawn":true})" : R"(,"withdrawn":false})";
  return text;
}

Delivered delivered_of(std::string_view report) {
  const auto parsed = json::parse(report);
  const json::Value* const delivery = parsed ? parsed->root.find("delivery") : nullptr;
  if (delivery == nullptr) return {};
  const json::Value* const withdrawn = delivery->find("withdrawn");
  return {std::string(delivery->text_of("patient")), std::string(delivery->text_of("doubt")),
          std::string(delivery->text_of("list")), withdrawn != nullptr && withdrawn->boolean()};
}

Converted convert_stored(const record::StoredMessage& message, const Delivered& before,
                         const FeedSettings& feed, const Mappings& mappings) {
  return convert(message.bytes,
                 {.facility = feed.organisation,
                  .facility_name = feed.name,
                  .charset = feed.charset,
                  .kind = feed.connector == Connector::ssmix2 ? message.kind : feed.kind,
                  .patient = before.patient,
                  .validate = false,
                  .withdrawn = before.withdrawn},
                 mappings);
}

}  // namespace tasuki::intake
