#pragma once
// How often, and how sure that is: shares of runs and of holds with confidence intervals.

#include <cstdint>
#include <string>

namespace lockstep {

/// So many of so many, and where the true share lies.
struct Odds {
  std::uint64_t hits = 0;
  std::uint64_t trials = 0;
  double low = 0;
  double high = 1;

  double share() const {
    return trials == 0 ? 0 : static_cast<double>(hits) / static_cast<double>(trials);
  }
};

/// The exact interval of Clopper and Pearson (Biometrika 1934), right at least 95 times in 100.
/// Without a hit it has one end, and all of the doubt is on that side: the exact "rule of three".
/// Needs hits <= trials.
Odds odds_of(std::uint64_t hits, std::uint64_t trials);

/// "1.2 % (0.98 to 1.5 %)"; "under 0.3 %" without a hit.
std::string percent(const Odds& odds);
/// "12 per million holds (4.1 to 30)"; "under 30 per million holds" without a hit.
std::string per_million(const Odds& odds, const std::string& of_what);

/// What became of the same seeds under A and under B.
struct Pairs {
  std::uint64_t both = 0;
  std::uint64_t only_a = 0;
  std::uint64_t only_b = 0;
  std::uint64_t neither = 0;

  std::uint64_t total() const { return both + only_a + only_b + neither; }
};

/// How much likelier it is under A than under B.
struct Difference {
  double estimate = 0;
  double low = 0;  // 95 %: Bonett and Price, adjusted Wald interval for paired shares (2012)
  double high = 0;
  double p = 1;  // that chance alone does this, both being equal: McNemar's exact test, two-sided
};
Difference difference_of(const Pairs& pairs);

}  // namespace lockstep
