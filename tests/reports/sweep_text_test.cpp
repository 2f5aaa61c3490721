// Many runs summed up: counts, the seed that shows it, and what was not tested.
#include "reports/sweep_text.hpp"

#include <gmock/gmock.h>

namespace lockstep::reports {
namespace {

using testing::HasSubstr;
using testing::Not;

SweepSummary summary() {
  return {.what = "redis-setpx counter, RP0, 3 clients",
          .first_seed = 1,
          .last_seed = 2000,
          .runs = 2000,
          .overlapping_runs = 1500,
          .with_faults = true,
          .simulated = 3600s,
          .wall = 2s,
          .properties = {{.property = "belief-exclusion", .violated = 11, .first_seed = 7},
                         {.property = "service-exclusion", .holds = 2000},
                         {.property = "deadlock-freedom", .holds = 1999, .unknown = 1}}};
}

TEST(SweepText, CountsEachPropertyAndNamesTheFirstSeed) {
  const std::string text = tell(summary(), false, "lockstep run redis-setpx");
  EXPECT_THAT(text, HasSubstr("FAIL     belief-exclusion   11 of 2,000 runs, first at seed 7"));
  EXPECT_THAT(text, HasSubstr("PASS     service-exclusion  2,000 of 2,000 runs"));
  EXPECT_THAT(text, HasSubstr("1,000 runs/s"));
  EXPECT_THAT(text, HasSubstr("see one   lockstep run redis-setpx --seed 7"));
}

TEST(SweepText, ABrokenPromiseIsShownBeforeWhatWasNeverPromised) {
  SweepSummary sweep = summary();
  sweep.properties.insert(
      sweep.properties.begin(),
      {.property = "effect-exclusion", .claimed = false, .violated = 30, .first_seed = 2});
  EXPECT_THAT(tell(sweep, false, "lockstep run a"), HasSubstr("see one   lockstep run a --seed 7"));
  sweep.properties = {sweep.properties.front()};
  EXPECT_THAT(tell(sweep, false, "lockstep run a"), HasSubstr("see one   lockstep run a --seed 2"));
}

TEST(SweepText, OneUndecidedRunIsNoPass) {
  const std::string text = tell(summary(), false);
  EXPECT_THAT(text, HasSubstr("UNKNOWN  deadlock-freedom"));
  EXPECT_THAT(text, HasSubstr("UNKNOWN is never a pass"));
}

TEST(SweepText, RunsWhoseFaultsMetNoHoldTestedNothing) {
  SweepSummary sweep = summary();
  EXPECT_THAT(tell(sweep, false), HasSubstr("in 500 of 2,000 runs no fault met a hold"));
  sweep.overlapping_runs = 2000;
  EXPECT_THAT(tell(sweep, false), Not(HasSubstr("tested nothing")));
}

TEST(SweepText, NoTimeAtAllIsNoDivisionByZero) {
  SweepSummary sweep = summary();
  sweep.wall = Duration::zero();
  EXPECT_EQ(runs_per_second(sweep), 0u);
}

}  // namespace
}  // namespace lockstep::reports
