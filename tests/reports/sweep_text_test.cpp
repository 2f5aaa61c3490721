// Many runs summed up: counts, the seed that shows it, and what was not tested.
#include "reports/sweep_text.hpp"

#include <gmock/gmock.h>

#include "reports/odds_page.hpp"

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
  const std::string text = tell(summary(), false, "lockstep run redis-setpx --seed 7");
  EXPECT_THAT(text, HasSubstr("FAIL     belief-exclusion   11 of 2,000 runs, first at seed 7"));
  EXPECT_THAT(text, HasSubstr("PASS     service-exclusion  2,000 of 2,000 runs"));
  EXPECT_THAT(text, HasSubstr("1,000 runs/s"));
  EXPECT_THAT(text, HasSubstr("see one   lockstep run redis-setpx --seed 7"));
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

TEST(SweepText, WhatWasNotTestedIsNoPass) {
  SweepSummary sweep = summary();
  sweep.untested = "no fault ever met a hold: nothing was tested";
  const std::string text = tell(sweep, false);
  EXPECT_THAT(text, HasSubstr("UNKNOWN  service-exclusion"));
  EXPECT_THAT(text, HasSubstr("FAIL     belief-exclusion"));
  EXPECT_THAT(text, Not(HasSubstr("PASS")));
  EXPECT_THAT(text, HasSubstr("warning  no fault ever met a hold: nothing was tested"));
}

TEST(SweepText, NoTimeAtAllIsNoDivisionByZero) {
  SweepSummary sweep = summary();
  sweep.wall = Duration::zero();
  EXPECT_EQ(runs_per_second(sweep), 0u);
}

OddsPage odds() {
  OddsPage page{.lock = "redis-setpx", .seed = 7, .property = "belief-exclusion", .futures = 40};
  page.points = {
      {WorldTime(0s), "the run begins", 2, 40, 0.006, 0.17, "5 % (0.6 to 17 %)"},
      {WorldTime(3s), "client-1 <b>paused</b>", 39, 40, 0.87, 0.999, "98 % (87 to 100 %)"},
      {WorldTime(9s), "belief-exclusion is violated", 40, 40, 1, 1, "100 %"}};
  page.jump = 1;
  return page;
}

TEST(OddsPage, NamesTheJumpInWordsAndInThePicture) {
  const std::string page = odds_page(odds());
  EXPECT_THAT(page,
              HasSubstr("It became likely at 3.000 s: <b>client-1 &lt;b&gt;paused&lt;/b&gt;</b>."
                        " Before, it was 5 % (0.6 to 17 %); after, 98 % (87 to 100 %)."));
  EXPECT_THAT(page, HasSubstr("<tr class=\"rise\"><td>\u25c6 jump</td><td class=\"n\">3.000</td>"));
  EXPECT_THAT(page,
              HasSubstr("role=\"img\" aria-label=\"Chance of belief-exclusion from 0.000 s to "
                        "9.000 s. It rises from 5 % (0.6 to 17 %) to 98 % (87 to 100 %)"));
  EXPECT_THAT(page, Not(HasSubstr("<b>paused")));
}

TEST(OddsPage, ARiseWithinTheIntervalsIsNotCalledOne) {
  OddsPage page = odds();
  page.points[1].low = 0.1;
  EXPECT_THAT(odds_page(page), HasSubstr("It rose most at 3.000 s"));
  EXPECT_THAT(odds_page(page), HasSubstr("this may be chance"));
  page.jump = 0;
  EXPECT_THAT(odds_page(page), HasSubstr("No event made it likelier"));
}

TEST(OddsPage, TellsWhatThereIsOfAnInterruptedMeasurement) {
  OddsPage page = odds();
  page.interrupted = true;
  EXPECT_THAT(odds_page(page), Not(HasSubstr("\u2715 violated</td>")));
  EXPECT_THAT(odds_page(page), HasSubstr("So far it rose most at 3.000 s"));
  page.jump = 0;
  EXPECT_THAT(odds_page(page), Not(HasSubstr("No event made it likelier")));
  page.points.clear();
  EXPECT_THAT(odds_page(page), HasSubstr("interrupted before the first instant"));
}

}  // namespace
}  // namespace lockstep::reports
