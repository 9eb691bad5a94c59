// The lists of the overview, each written by its own file. docs/care-api.md
#pragma once

#include "server/faces/chart.h"
#include "server/faces/text.h"

namespace tasuki::server::faces {

void write_cautions(const Chart& chart, Text& text);
void write_problems(const Chart& chart, Text& text);
void write_visits(const Chart& chart, Text& text);
void write_tests(const Chart& chart, Text& text);
void write_medicines(const Chart& chart, Text& text);
void write_labs(const Chart& chart, Text& text);
void write_arrivals(const Chart& chart, Text& text);

bool is_lab(const ChartItem& observation);  // a laboratory result, by category

}  // namespace tasuki::server::faces
