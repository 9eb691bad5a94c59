// Days on which Japan rests: national holidays (国民の祝日), their substitutes, and the turn of the
// year.
//
// Why: a hospital's messages follow the week and the holidays; a feed that is quiet on 春分の日 is
// well.
//
// 国民の祝日に関する法律 (昭和23年法律第178号) as amended to 2018, art. 2 (the days), art. 3-2
// (substitute 振替休日), art. 3-3 (a day between two holidays 国民の休日); the special laws for
// 2019 (即位), 2020 and 2021 (Olympic games). Equinoxes are fixed by the cabinet each February for
// the next year; the astronomical formula has agreed with all of them since 1980.
#pragma once

#include <chrono>
#include <string_view>

namespace tasuki {

// "勤労感謝の日", "振替休日", "国民の休日"; empty for any other day. Known from 2007 (the law as it
// stands since then) to 2099; empty outside.
std::string_view holiday_name(std::chrono::year_month_day day);

// Saturday is a working day for half of Japan's clinics, so it is not counted here. Sunday, a
// national holiday, or 29 December to 3 January, when offices and outpatient departments are closed
// (行政機関の休日に関する法律 art. 1).
bool is_rest_day(std::chrono::year_month_day day);

}  // namespace tasuki
