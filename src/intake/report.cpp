// What a conversion tells people and programs: the resources as a Bundle, the findings and coverage
// as JSON.
#include <algorithm>

#include <fmt/format.h>

#include "intake/convert.h"
#include "json/print.h"

namespace tasuki::intake {
namespace {

constexpr size_t findings_max = 200;

void member(std::string& out, std::string_view name, std::string_view text) {
  out += ",\"";
  out += name;
  out += "\":";
  json::print_string(text, out);
}

std::string_view word(formats::Finding::Severity severity) {
  switch (severity) {
    case formats::Finding::Severity::information:
      return "information";
    case formats::Finding::Severity::warning:
      return "warning";
    case formats::Finding::Severity::error:
      return "error";
  }
  return "error";
}

void print(const Finding& finding, const Program* program, std::string& out) {
  out += "{\"severity\":\"";
  out += word(finding.severity);
  out += '"';
  member(out, "code", finding.code);
  if (!finding.location.empty()) member(out, "location", finding.location);
  member(out, "message", finding.message);
  if (finding.byte_end > 0)
    out += fmt::format(",\"bytes\":[{},{}]", finding.byte_begin, finding.byte_end);
  if (finding.line > 0) out += fmt::format(",\"line\":{}", line_of(finding.line));
  if (finding.line > 0 && program != nullptr && file_of(finding.line) > 0)
    member(out, "file", program->files[file_of(finding.line)]);
  if (!finding.table.empty()) member(out, "table", finding.table);
  if (!finding.value.empty()) member(out, "value", finding.value);
  if (finding.task) out += ",\"task\":true";
  out += '}';
}

}  // namespace

std::string Converted::bundle() const {
  std::string out = R"({"resourceType":"Bundle","type":"transaction","entry":[)";
  bool first = true;
  for (const Made& made : resources) {
    if (!first) out += ',';
    first = false;
    const std::string url = std::string(made.resource.text_of("resourceType")) + "/" + made.id;
    out += "{\"resource\":";
    json::print(made.resource, out);
    out += ",\"request\":{\"method\":\"PUT\"";
    member(out, "url", url);
    if (made.ensure) member(out, "ifNoneMatch", "*");
    out += "}}";
  }
  out += "]}";
  return out;
}

std::string Converted::report() const {
  constexpr std::string_view states[] = {"done", "held", "refused"};
  std::string out = "{\"state\":\"";
  out += states[static_cast<size_t>(state)];
  out += '"';
  if (!reason.empty()) {
    member(out, "code", reason_code);
    member(out, "reason", reason);
  }
  member(out, "kind", kind);
  if (!mapping.empty()) member(out, "mapping", mapping);
  out += fmt::format(",\"resources\":{}", resources.size());
  out += ",\"findings\":[";
  for (size_t i = 0; i < std::min(findings.size(), findings_max); ++i) {
    if (i > 0) out += ',';
    print(findings[i], program, out);
  }
  out += fmt::format("],\"coverage\":{{\"fields\":{},\"carried\":{}", coverage.fields,
                     coverage.carried);
  for (const bool aside : {false, true}) {
    out += aside ? ",\"aside\":[" : ",\"notCarried\":[";
    bool first = true;
    for (const Coverage::Field& field : coverage.not_carried) {
      if (field.aside != aside) continue;
      if (!first) out += ',';
      first = false;
      out += fmt::format("{{\"field\":\"{}\",\"count\":{},\"bytes\":[{},{}]}}", field.location,
                         field.count, field.byte_begin, field.byte_end);
    }
    out += ']';
  }
  out += "}}";
  return out;
}

}  // namespace tasuki::intake
