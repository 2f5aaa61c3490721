#include "harness/odds.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <boost/math/distributions/binomial.hpp>
#include <cassert>
#include <cmath>

namespace lockstep {
namespace {

using Binomial = boost::math::binomial_distribution<double>;

constexpr double doubt = 0.05;

enum class Towards { lower, higher };

/// An end of an interval: two digits, or a whole number from 100 up, never rounded into it.
std::string rough(double end, Towards towards) {
  if (end <= 0) return "0";
  const double unit = end >= 100 ? 1 : std::pow(10, std::floor(std::log10(end)) - 1);
  constexpr double slack = 1e-9;  // 0.3 is 3 tenths, though a little more in binary
  const double count =
      towards == Towards::lower ? std::floor(end / unit + slack) : std::ceil(end / unit - slack);
  const double rounded = count * unit;
  return rounded >= 100 ? fmt::format("{:.0f}", rounded) : fmt::format("{:.2g}", rounded);
}

std::string rough_low(double end) {
  return rough(end, Towards::lower);
}

std::string rough_high(double end) {
  return rough(end, Towards::higher);
}

}  // namespace

Odds odds_of(std::uint64_t hits, std::uint64_t trials) {
  assert(hits <= trials);
  Odds odds{hits, trials, 0, 1};
  if (trials == 0) return odds;
  const auto n = static_cast<double>(trials);
  const auto k = static_cast<double>(hits);
  const double side = hits == 0 || hits == trials ? doubt : doubt / 2;
  if (hits > 0) odds.low = Binomial::find_lower_bound_on_p(n, k, side);
  if (hits < trials) odds.high = Binomial::find_upper_bound_on_p(n, k, side);
  return odds;
}

std::string percent(const Odds& odds) {
  if (odds.trials == 0) return "unknown";
  if (odds.hits == 0) return fmt::format("under {} %", rough_high(odds.high * 100));
  return fmt::format("{:.3g} % ({} to {} %)", odds.share() * 100, rough_low(odds.low * 100),
                     rough_high(odds.high * 100));
}

std::string per_million(const Odds& odds, const std::string& of_what) {
  if (odds.trials == 0) return "unknown";
  if (odds.hits == 0) {
    return fmt::format("under {} per million {}", rough_high(odds.high * 1e6), of_what);
  }
  const double count = odds.share() * 1e6;
  return fmt::format("{} per million {} ({} to {})",
                     count >= 99.5 ? fmt::format("{:.0f}", count) : fmt::format("{:.2g}", count),
                     of_what, rough_low(odds.low * 1e6), rough_high(odds.high * 1e6));
}

Difference difference_of(const Pairs& pairs) {
  Difference difference;
  if (pairs.total() == 0) return difference;
  const auto n = static_cast<double>(pairs.total());
  const auto a = static_cast<double>(pairs.only_a);
  const auto b = static_cast<double>(pairs.only_b);
  difference.estimate = (a - b) / n;
  const double adjusted_a = (a + 1) / (n + 2);
  const double adjusted_b = (b + 1) / (n + 2);
  const double middle = adjusted_a - adjusted_b;
  constexpr double z = 1.959963984540054;  // of 95 %
  const double reach = z * std::sqrt((adjusted_a + adjusted_b - middle * middle) / (n + 2));
  difference.low = std::max(-1.0, middle - reach);
  difference.high = std::min(1.0, middle + reach);
  const double unequal = a + b;
  if (unequal > 0) {
    const Binomial fair(unequal, 0.5);
    difference.p = std::min(1.0, 2 * boost::math::cdf(fair, std::min(a, b)));
  }
  return difference;
}

}  // namespace lockstep
