// path-bench <definitions image> <folder of resources>: how long search extraction takes for a
// resource, and how many times a second an invariant is evaluated. Counts CPU time of one thread.
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

#include <fmt/core.h>

#include "fhir/path/expression.h"
#include "fhir/search/value.h"
#include "json/parse.h"

namespace {

using namespace tasuki;

double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

std::vector<json::Document> read_folder(const char* folder) {
  std::vector<json::Document> documents;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() != ".json" || entry.file_size() > 100'000) continue;
    std::ifstream stream(entry.path(), std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(stream), {}};
    if (auto document = json::parse(text)) documents.push_back(*std::move(document));
  }
  return documents;
}

void measure_extraction(const fhir::Definitions& definitions,
                        const std::vector<json::Document>& documents) {
  size_t values = 0;
  const auto all = [&] {
    for (const auto& document : documents) {
      const auto type = definitions.resource_type(document.root.text_of("resourceType"));
      if (type) values += fhir::search::extract(definitions, *type, document.root).size();
    }
  };
  all();
  constexpr int rounds = 20;
  const double begin = cpu_seconds();
  for (int i = 0; i < rounds; ++i)
    all();
  const double each = (cpu_seconds() - begin) / rounds / static_cast<double>(documents.size());
  fmt::print("search extraction: {:.0f} ns a resource ({} resources, {} parameters found)\n",
             each * 1e9, documents.size(), values / (rounds + 1));
}

// Typical invariants of R4, with the type they are asked of.
struct Invariant {
  const char *key, *type, *expression;
};
constexpr Invariant invariants[] = {
    {"dom-2", "DomainResource", "contained.contained.empty()"},
    {"dom-3", "DomainResource",
     "contained.where((('#'+id in (%resource.descendants().reference | "
     "%resource.descendants().as(canonical) | %resource.descendants().as(uri) | "
     "%resource.descendants().as(url))) or descendants().where(reference = '#').exists() or "
     "descendants().where(as(canonical) = '#').exists() or descendants().where(as(canonical) = "
     "'#').exists()).not()).trace('unmatched', id).empty()"},
    {"ele-1", "Resource", "hasValue() or (children().count() > id.count())"},
    {"obs-7", "Observation",
     "value.empty() or "
     "component.code.where(coding.intersect(%resource.code.coding).exists()).empty()"},
    {"pat-1", "Patient",
     "contact.all(name.exists() or telecom.exists() or address.exists() or organization.exists())"},
    {"per-1", "Resource",
     "descendants().where($this is Period).all(start.empty() or end.empty() or start <= end)"},
    {"que-2", "Questionnaire", "descendants().linkId.isDistinct()"},
    {"name", "ValueSet", "name.matches('[A-Z]([A-Za-z0-9_]){0,254}')"},
    {"qty", "Observation",
     "value.ofType(Quantity).where(system.exists()).all($this > 1 'mg' or true)"},
};

void measure_invariants(const fhir::Definitions& definitions,
                        const std::vector<json::Document>& documents) {
  for (const auto& each : invariants) {
    const fhir::path::Options options{.as_takes_many = true};
    const auto expression = fhir::path::Expression::compile(definitions, each.expression, options);
    if (!expression) {
      fmt::print("{}: {}\n", each.key, expression.error().message);
      continue;
    }
    const auto type = *definitions.type(each.type);
    size_t count = 0;
    const double begin = cpu_seconds();
    while (cpu_seconds() - begin < 0.3) {
      for (const auto& document : documents) {
        const auto item = fhir::path::root(definitions, document.root);
        if (!fhir::path::is_a(definitions, item.type, type)) continue;
        json::Arena arena;
        fhir::path::Environment environment;
        environment.resource = item;
        (void)expression->holds(item, environment, arena);
        ++count;
      }
    }
    const double each_ns = (cpu_seconds() - begin) / static_cast<double>(count) * 1e9;
    fmt::print("{:6} {:9.0f} ns, {:9.0f}/s\n", each.key, each_ns, 1e9 / each_ns);
  }
}

}  // namespace

int main(int count, char** words) {
  if (count != 3) {
    fmt::print(stderr, "usage: path-bench <definitions image> <folder of resources>\n");
    return 2;
  }
  const auto definitions = fhir::Definitions::open(words[1]);
  if (!definitions) {
    fmt::print(stderr, "{}\n", definitions.error().message);
    return 1;
  }
  const auto documents = read_folder(words[2]);
  measure_extraction(**definitions, documents);
  measure_invariants(**definitions, documents);
  return 0;
}
