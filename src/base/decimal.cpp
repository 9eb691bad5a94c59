#include "base/decimal.h"

#include <fmt/core.h>

#include <array>
#include <charconv>
#include <cmath>

namespace tasuki {
namespace {

using Digits = Decimal::Digits;

constexpr std::array<Digits, 39> powers = [] {
  std::array<Digits, 39> all{};
  all[0] = 1;
  for (size_t i = 1; i < all.size(); ++i)
    all[i] = all[i - 1] * 10;
  return all;
}();
constexpr Digits limit = powers[38];  // exclusive

Digits magnitude(Digits digits) {
  return digits < 0 ? -digits : digits;
}

int count(Digits digits) {
  const auto positive = magnitude(digits);
  int result = 0;
  while (result < 38 && powers[static_cast<size_t>(result)] <= positive)
    ++result;
  return result;
}

// One place fewer, half away from zero.
Digits shortened(Digits digits, int places) {
  if (places > 38) return 0;
  if (places == 38) return magnitude(digits) >= limit / 2 ? (digits < 0 ? -1 : 1) : 0;
  const auto power = powers[static_cast<size_t>(places)];
  const auto rest = magnitude(digits % power);
  return digits / power + (rest >= power - rest ? (digits < 0 ? -1 : 1) : 0);
}

std::optional<Digits> lengthened(Digits digits, int places) {
  if (digits == 0) return digits;
  if (places > 37 || count(digits) + places > 38) return std::nullopt;
  return digits * powers[static_cast<size_t>(places)];
}

std::optional<Decimal> in_range(Digits digits, int exponent) {
  if (exponent > Decimal::exponent_max || exponent < -Decimal::exponent_max) {
    if (digits == 0) return Decimal();
    return std::nullopt;
  }
  return Decimal(digits, exponent);
}

void note(bool* rounded, bool lost) {
  if (rounded != nullptr && lost) *rounded = true;
}

}  // namespace

std::optional<Decimal> Decimal::parse(std::string_view text) {
  size_t at = 0;
  const bool is_negative = text.starts_with('-');
  if (is_negative || text.starts_with('+')) ++at;
  Digits digits = 0;
  int exponent = 0, written = 0;
  bool is_fraction = false;
  for (; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '.' && !is_fraction && written > 0) {
      is_fraction = true;
      if (at + 1 == text.size()) return std::nullopt;
      continue;
    }
    if (c < '0' || c > '9') break;
    if (digits >= limit / 10) return std::nullopt;
    digits = digits * 10 + (c - '0');
    ++written;
    if (is_fraction) --exponent;
  }
  if (written == 0) return std::nullopt;
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    if (at < text.size() && text[at] == '+' && at + 1 < text.size() && text[at + 1] != '-') ++at;
    int power = 0;
    const auto [end, problem] = std::from_chars(text.data() + at, text.data() + text.size(), power);
    if (problem != std::errc() || end != text.data() + text.size()) return std::nullopt;
    if (power > exponent_max || power < -exponent_max) return std::nullopt;
    exponent += power;
    at = text.size();
  }
  if (at != text.size()) return std::nullopt;
  return in_range(is_negative ? -digits : digits, exponent);
}

std::optional<Decimal> Decimal::near(double value, int significant) {
  if (!std::isfinite(value)) return std::nullopt;
  const auto parsed = parse(fmt::format("{:.{}e}", value, significant - 1));
  if (!parsed) return std::nullopt;
  auto result = parsed->trimmed();
  if (result.exponent_ > 0) result = result.rounded(0).value_or(result);
  return result;
}

std::string Decimal::text() const {
  std::string digits;
  for (auto rest = magnitude(digits_); rest > 0; rest /= 10)
    digits.insert(digits.begin(), static_cast<char>('0' + static_cast<int>(rest % 10)));
  if (exponent_ >= 0) {
    if (digits_ != 0) digits.append(static_cast<size_t>(exponent_), '0');
    if (digits.empty()) digits = "0";
  } else {
    const auto places = static_cast<size_t>(-exponent_);
    if (digits.size() <= places) digits.insert(0, places + 1 - digits.size(), '0');
    digits.insert(digits.size() - places, ".");
  }
  return digits_ < 0 ? "-" + digits : digits;
}

double Decimal::value() const {
  const auto small = magnitude(digits_);
  // Both exact in a double: one correctly rounded operation.
  if (small < (Digits{1} << 53) && exponent_ >= -22 && exponent_ <= 22) {
    const auto power = static_cast<double>(powers[static_cast<size_t>(std::abs(exponent_))]);
    return exponent_ < 0 ? static_cast<double>(digits_) / power
                         : static_cast<double>(digits_) * power;
  }
  const auto written = fmt::format("{}e{}", Decimal(digits_, 0).text(), exponent_);
  double result = 0;
  const auto [end, problem] =
      std::from_chars(written.data(), written.data() + written.size(), result);
  if (problem == std::errc::result_out_of_range)
    return exponent_ < 0 ? 0.0 : (digits_ < 0 ? -HUGE_VAL : HUGE_VAL);
  return result;
}

bool Decimal::is_whole() const {
  return trimmed().exponent_ >= 0;
}

std::optional<int64_t> Decimal::integer() const {
  const auto short_form = trimmed();
  if (short_form.exponent_ < 0) return std::nullopt;
  const auto digits = lengthened(short_form.digits_, short_form.exponent_);
  if (!digits || *digits > INT64_MAX || *digits < INT64_MIN) return std::nullopt;
  return static_cast<int64_t>(*digits);
}

Decimal Decimal::trimmed() const {
  if (digits_ == 0) return {};
  Decimal result = *this;
  while (result.digits_ % 10 == 0) {
    result.digits_ /= 10;
    ++result.exponent_;
  }
  return result;
}

std::optional<Decimal> Decimal::plus(const Decimal& other, bool* rounded) const {
  const bool is_first_coarse = exponent_ > other.exponent_;
  Decimal coarse = is_first_coarse ? *this : other;
  const Decimal& fine = is_first_coarse ? other : *this;
  if (coarse.is_zero()) return fine;
  const int distance = coarse.exponent_ - fine.exponent_;
  const int room = std::min(distance, 37 - count(coarse.digits_));
  if (room > 0) {
    coarse.digits_ *= powers[static_cast<size_t>(room)];
    coarse.exponent_ -= room;
  }
  const int lost = coarse.exponent_ - fine.exponent_;
  const auto rest = lost > 0 ? shortened(fine.digits_, lost) : fine.digits_;
  note(rounded, lost > 0);
  auto sum = coarse.digits_ + rest;  // each below 10^38, the sum below 2^127.3: checked first
  int exponent = coarse.exponent_;
  if (magnitude(coarse.digits_) > limit / 2 || magnitude(rest) > limit / 2) {
    sum = shortened(coarse.digits_, 1) + shortened(rest, 1);
    exponent += 1;
    note(rounded, true);
  }
  return in_range(sum, exponent);
}

std::optional<Decimal> Decimal::times(const Decimal& other, bool* rounded) const {
  Decimal left = *this, right = other;
  if (count(left.digits_) + count(right.digits_) > 38) {
    left = left.trimmed();
    right = right.trimmed();
  }
  while (count(left.digits_) + count(right.digits_) > 38) {
    auto& longer = count(left.digits_) >= count(right.digits_) ? left : right;
    longer = {shortened(longer.digits_, 1), longer.exponent_ + 1};
    note(rounded, true);
  }
  return in_range(left.digits_ * right.digits_, left.exponent_ + right.exponent_);
}

std::optional<Decimal> Decimal::divided(const Decimal& by, bool* rounded) const {
  if (by.is_zero()) return std::nullopt;
  auto divisor = by.trimmed();
  while (count(divisor.digits_) > 36) {  // the remainder times ten must fit
    divisor = {shortened(divisor.digits_, 1), divisor.exponent_ + 1};
    note(rounded, true);
  }
  const auto bottom = magnitude(divisor.digits_);
  auto quotient = magnitude(digits_) / bottom;
  auto rest = magnitude(digits_) % bottom;
  int exponent = exponent_ - divisor.exponent_;
  while (rest != 0 && count(quotient) < quotient_digits && exponent > -exponent_max) {
    rest *= 10;
    quotient = quotient * 10 + rest / bottom;
    rest %= bottom;
    --exponent;
  }
  if (rest != 0) note(rounded, true);
  if (rest >= bottom - rest && rest != 0) ++quotient;
  return in_range(is_negative() == divisor.is_negative() ? quotient : -quotient, exponent);
}

std::optional<Decimal> Decimal::power(int exponent) const {
  auto result = std::optional(Decimal(1, 0));
  auto base = std::optional(*this);
  for (; exponent > 0 && result && base; exponent /= 2) {
    if (exponent % 2 != 0) result = result->times(*base);
    if (exponent > 1) base = base->times(*base);
  }
  return exponent > 0 ? std::nullopt : result;
}

std::optional<Decimal> Decimal::rounded(int decimals, Rounding rounding) const {
  const int drop = -decimals - exponent_;
  if (drop <= 0) {
    const auto digits = lengthened(digits_, -drop);
    if (!digits) return std::nullopt;
    return Decimal(*digits, -decimals);
  }
  if (rounding == Rounding::half_up) return Decimal(shortened(digits_, drop), -decimals);
  const auto power = drop >= 38 ? limit : powers[static_cast<size_t>(drop)];
  const bool has_rest = digits_ % power != 0;
  Digits digits = digits_ / power;
  if (has_rest && rounding == Rounding::floor && digits_ < 0) --digits;
  if (has_rest && rounding == Rounding::ceiling && digits_ > 0) ++digits;
  return Decimal(digits, -decimals);
}

std::strong_ordering Decimal::operator<=>(const Decimal& other) const {
  if (exponent_ == other.exponent_) return digits_ <=> other.digits_;
  const auto left = trimmed(), right = other.trimmed();
  const int left_sign = (left.digits_ > 0) - (left.digits_ < 0);
  const int right_sign = (right.digits_ > 0) - (right.digits_ < 0);
  if (left_sign != right_sign || left_sign == 0) return left_sign <=> right_sign;
  const int left_size = count(left.digits_) + left.exponent_;
  const int right_size = count(right.digits_) + right.exponent_;
  if (left_size != right_size)
    return left_sign > 0 ? left_size <=> right_size : right_size <=> left_size;
  // Of one size: the one with fewer digits gets as many.
  const int places = left.exponent_ - right.exponent_;
  const auto a = places > 0 ? left.digits_ * powers[static_cast<size_t>(places)] : left.digits_;
  const auto b = places < 0 ? right.digits_ * powers[static_cast<size_t>(-places)] : right.digits_;
  return a <=> b;
}

}  // namespace tasuki
