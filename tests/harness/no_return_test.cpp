#include "harness/no_return.hpp"

#include <gtest/gtest.h>

#include "harness/run.hpp"
#include "harness/witness_pattern.hpp"

namespace lockstep {
namespace {

/// Whether the second client is granted the lock during the pause is the work of chance.
Scenario paused_holder() {
  Scenario scenario;
  scenario.clients = 2;
  scenario.duration = 30s;
  fill_defaults(scenario);
  scenario.lock_settings.put("lease", Duration(1s));
  scenario.workload_settings.put("think_max", Duration(20s));
  scenario.workload_settings.put("work_max", Duration(200ms));
  Fault fault;
  fault.kind = "gc-pause";
  fault.targets = {"self"};
  fault.when.step = "granted";
  fault.when.occurrence = 3;  // what precedes the first is drawn as the run begins
  fault.lasts = 1500ms;
  scenario.faults = {fault};
  return scenario;
}

std::optional<Scenario> violating() {
  Scenario scenario = paused_holder();
  for (scenario.seed = 1; scenario.seed < 200; ++scenario.seed) {
    if (violation_of(run(scenario), "belief-exclusion") != nullptr) return scenario;
  }
  return std::nullopt;
}

TEST(Reseed, LeavesThePastAsItWasAndChangesTheFuture) {
  Scenario scenario = paused_holder();
  scenario.faults.clear();
  scenario.workload_settings.put("think_max", Duration(200ms));
  const WorldTime at = WorldTime{} + 10s;
  const History one = run(scenario).record.history;
  const History other = run(scenario, {.reseed = Reseed{at, 7}}).record.history;
  std::size_t common = 0;
  while (common < one.size() && one[common].time < at) {
    ASSERT_LT(common, other.size());
    EXPECT_EQ(one[common], other[common]);
    ++common;
  }
  EXPECT_GT(common, 10u);
  EXPECT_NE(one, other);
  EXPECT_EQ(run(scenario, {.reseed = Reseed{at, 7}}).record.history, other);
}

TEST(NoReturn, ChancesBeginBelowOneAndEndAtIt) {
  const auto scenario = violating();
  ASSERT_TRUE(scenario);
  NoReturnOptions options;
  options.futures = 40;
  const auto result = point_of_no_return(*scenario, "belief-exclusion", options);
  ASSERT_TRUE(result);
  ASSERT_GE(result->chances.size(), 3u);
  EXPECT_LT(result->chances.front().odds.share(), 1);
  EXPECT_EQ(result->chances.back().odds.share(), 1);
  EXPECT_EQ(result->chances.back().at, result->violated_at);
  ASSERT_GT(result->jump, 0u);
  for (std::size_t i = 1; i < result->chances.size(); ++i) {
    EXPECT_LE(result->chances[i - 1].at, result->chances[i].at);
    const double rise = result->chances[i].odds.share() - result->chances[i - 1].odds.share();
    const double jump =
        result->chances[result->jump].odds.share() - result->chances[result->jump - 1].odds.share();
    EXPECT_LE(rise, jump);
  }
  options.workers = 1;
  const auto alone = point_of_no_return(*scenario, "belief-exclusion", options);
  EXPECT_EQ(alone->jump, result->jump);
  EXPECT_EQ(alone->chances[alone->jump].odds.hits, result->chances[result->jump].odds.hits);
}

TEST(NoReturn, ThereIsNoneOfARunThatViolatesNothing) {
  Scenario calm = paused_holder();
  calm.faults.clear();
  EXPECT_FALSE(point_of_no_return(calm, ""));
}

TEST(NoReturn, AGroupOfServersIsToldAsOne) {
  Scenario scenario;
  scenario.lock = "consul-api-lock";
  scenario.clients = 2;
  scenario.duration = 3min;
  fill_defaults(scenario);
  scenario.workload_settings.put("work_min", Duration(30s));
  scenario.workload_settings.put("work_max", Duration(35s));
  Fault fault;
  fault.kind = "gc-pause";
  fault.targets = {"self"};
  fault.when.step = "checked";
  fault.lasts = 70s;
  scenario.faults = {fault};
  NoReturnOptions options;
  options.futures = 1;
  const auto found = point_of_no_return(scenario, "belief-exclusion", options);
  ASSERT_TRUE(found);
  std::string events;
  for (const Chance& chance : found->chances) events += chance.event + "\n";
  EXPECT_NE(events.find("consul: lock-1 of client-"), std::string::npos) << events;
  EXPECT_EQ(events.find("consul-"), std::string::npos) << events;
}

}  // namespace
}  // namespace lockstep
