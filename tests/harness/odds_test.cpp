#include "harness/odds.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <string>
#include <vector>

namespace lockstep {
namespace {

double chance_of_at_most(std::uint64_t hits, std::uint64_t trials, double p) {
  double sum = 0;
  for (std::uint64_t k = 0; k <= hits; ++k) {
    const auto n = static_cast<double>(trials);
    const auto i = static_cast<double>(k);
    sum += std::exp(std::lgamma(n + 1) - std::lgamma(i + 1) - std::lgamma(n - i + 1) +
                    i * std::log(p) + (n - i) * std::log1p(-p));
  }
  return sum;
}

RC_GTEST_PROP(Odds, EachEndIsWhereSoManyHitsBecomeUnlikely, ()) {
  const auto trials = *rc::gen::inRange<std::uint64_t>(2, 400);
  const auto hits = *rc::gen::inRange<std::uint64_t>(1, trials);
  const Odds odds = odds_of(hits, trials);
  RC_ASSERT(std::abs(chance_of_at_most(hits, trials, odds.high) - 0.025) < 1e-6);
  RC_ASSERT(std::abs(1 - chance_of_at_most(hits - 1, trials, odds.low) - 0.025) < 1e-6);
  RC_ASSERT(odds.low < odds.share());
  RC_ASSERT(odds.share() < odds.high);
}

RC_GTEST_PROP(Odds, WithoutAHitNearlyThreeInAsManyTrialsAreStillPossible, ()) {
  const auto trials = *rc::gen::inRange<std::uint64_t>(1, 1'000'000);
  const Odds odds = odds_of(0, trials);
  RC_ASSERT(odds.low == 0);
  RC_ASSERT(std::abs(std::pow(1 - odds.high, static_cast<double>(trials)) - 0.05) < 1e-6);
  RC_ASSERT(odds.high * static_cast<double>(trials) <= 3);
}

TEST(Odds, NothingTriedIsNothingKnown) {
  EXPECT_EQ(odds_of(0, 0).high, 1);
  EXPECT_EQ(percent(odds_of(0, 0)), "unknown");
  EXPECT_EQ(percent(odds_of(0, 1000)), "under 0.3 %");
  EXPECT_EQ(per_million(odds_of(0, 1'000'000), "holds"), "under 3 per million holds");
  EXPECT_EQ(percent(odds_of(5, 5)), "100 % (54 to 100 %)");
}

/// The numbers of "98.9 % (96.1 to 99.9 %)".
std::vector<double> numbers_in(const std::string& text) {
  std::vector<double> numbers;
  for (std::size_t i = 0; i < text.size();) {
    if (text[i] < '0' || text[i] > '9') {
      ++i;
      continue;
    }
    std::size_t length = 0;
    numbers.push_back(std::stod(text.substr(i), &length));
    i += length;
  }
  return numbers;
}

RC_GTEST_PROP(Odds, AnIntervalIsNeverToldNarrowerThanItIs, ()) {
  const auto trials = *rc::gen::inRange<std::uint64_t>(1, 100'000);
  const auto hits = *rc::gen::inRange<std::uint64_t>(1, trials + 1);
  const Odds odds = odds_of(hits, trials);
  const auto of_percent = numbers_in(percent(odds));
  RC_ASSERT(of_percent.size() == 3u);
  RC_ASSERT(of_percent[1] <= odds.low * 100 * (1 + 1e-9));
  RC_ASSERT(of_percent[2] >= odds.high * 100 * (1 - 1e-9));
  const auto of_million = numbers_in(per_million(odds, "holds"));
  RC_ASSERT(of_million.size() == 3u);
  RC_ASSERT(of_million[1] <= odds.low * 1e6 * (1 + 1e-9));
  RC_ASSERT(of_million[2] >= odds.high * 1e6 * (1 - 1e-9));
}

TEST(Odds, AnEndOfAnIntervalIsRoundedOutwards) {
  EXPECT_EQ(percent({200, 200, 0.985, 1}), "100 % (98 to 100 %)");
  EXPECT_EQ(percent({1, 1000, 0.000'025'3, 0.005'56}), "0.1 % (0.0025 to 0.56 %)");
  EXPECT_EQ(per_million({99'999'700, 1'000'000'000'000, 0.000'099'6, 0.000'100'4}, "holds"),
            "100 per million holds (99 to 101)");
}

RC_GTEST_PROP(Difference, ChangesItsSignWithTheSides, ()) {
  Pairs pairs;
  pairs.both = *rc::gen::inRange<std::uint64_t>(0, 500);
  pairs.only_a = *rc::gen::inRange<std::uint64_t>(0, 500);
  pairs.only_b = *rc::gen::inRange<std::uint64_t>(0, 500);
  pairs.neither = *rc::gen::inRange<std::uint64_t>(1, 500);
  Pairs swapped = pairs;
  std::swap(swapped.only_a, swapped.only_b);
  const Difference one = difference_of(pairs);
  const Difference other = difference_of(swapped);
  RC_ASSERT(std::abs(one.estimate + other.estimate) < 1e-12);
  RC_ASSERT(std::abs(one.low + other.high) < 1e-12);
  RC_ASSERT(std::abs(one.p - other.p) < 1e-9);
  RC_ASSERT(one.low < one.high);
}

TEST(Difference, IsSureOnlyOfWhatChanceDoesNotDo) {
  EXPECT_EQ(difference_of({0, 5, 5, 90}).p, 1);
  EXPECT_NEAR(difference_of({0, 1, 9, 90}).p, 0.021484375, 1e-12) << "2 * (1 + 10) / 2^10";
  EXPECT_LT(difference_of({10, 0, 50, 940}).high, 0);
}

}  // namespace
}  // namespace lockstep
