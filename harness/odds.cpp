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

/// Two digits, and "100" rather than "1e+02".
std::string rough(double percent) {
  return percent >= 99.5 ? "100" : fmt::format("{:.2g}", percent);
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
  if (odds.hits == 0) return fmt::format("under {} %", rough(odds.high * 100));
  return fmt::format("{:.3g} % ({} to {} %)", odds.share() * 100, rough(odds.low * 100),
                     rough(odds.high * 100));
}

std::string per_million(const Odds& odds, const std::string& of_what) {
  const auto number = [](double share) {
    const double count = share * 1e6;
    return count >= 100 ? fmt::format("{:.0f}", count) : fmt::format("{:.2g}", count);
  };
  if (odds.trials == 0) return "unknown";
  if (odds.hits == 0) return fmt::format("under {} per million {}", number(odds.high), of_what);
  return fmt::format("{} per million {} ({} to {})", number(odds.share()), of_what,
                     number(odds.low), number(odds.high));
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
