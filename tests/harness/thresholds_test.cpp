#include "harness/thresholds.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "harness/run.hpp"
#include "harness/witness_pattern.hpp"

namespace lockstep {
namespace {

/// A client is paused between its grant and its write, for longer than its lease.
Scenario write_after_pause(Duration lease, Duration pause) {
  Scenario scenario;
  scenario.clients = 2;
  scenario.duration = 60s;
  fill_defaults(scenario);
  scenario.lock_settings.put("lease", lease);
  scenario.workload_settings.put("operations", std::int64_t{1});
  scenario.workload_settings.put("work_max", Duration(1ms));
  Fault fault;
  fault.kind = "gc-pause";
  fault.targets = {"self"};
  fault.when.step = "checked";
  fault.lasts = pause;
  scenario.faults = {fault};
  return scenario;
}

const Threshold* threshold(const std::vector<Threshold>& all, const std::string& parameter) {
  const auto found = std::ranges::find(all, parameter, &Threshold::parameter);
  return found == all.end() ? nullptr : &*found;
}

std::string typed(std::string value) {
  std::erase(value, ' ');
  return value;
}

bool breaks(const Scenario& scenario, const std::string& property) {
  return violation_of(run(scenario), property) != nullptr;
}

TEST(Thresholds, APauseBreaksALeaseOnceItIsAsLong) {
  const Scenario scenario = write_after_pause(10s, 12s);
  ASSERT_TRUE(breaks(scenario, "belief-exclusion"));
  const auto all = thresholds_of(scenario, "belief-exclusion");
  const Threshold* pause = threshold(all, "faults[0].lasts");
  const Threshold* lease = threshold(all, "lock_settings.lease");
  ASSERT_NE(pause, nullptr);
  ASSERT_NE(lease, nullptr);
  Duration least{};
  ASSERT_TRUE(parse_duration(typed(pause->value), least)) << pause->value;
  EXPECT_NEAR(static_cast<double>(least.count()), 1e10, 3e8) << pause->text;
  EXPECT_FALSE(breaks(write_after_pause(10s, least), "belief-exclusion"));
  EXPECT_TRUE(breaks(write_after_pause(10s, least + 100ms), "belief-exclusion"));
  ASSERT_TRUE(parse_duration(typed(lease->value), least)) << lease->value;
  EXPECT_NEAR(static_cast<double>(least.count()), 1.2e10, 3e8) << lease->text;
  EXPECT_FALSE(breaks(write_after_pause(least, 12s), "belief-exclusion"));
  EXPECT_TRUE(breaks(write_after_pause(least - 100ms, 12s), "belief-exclusion"));
}

TEST(Thresholds, WhatIsSaidToVanishDoesSoAtEveryValueThatIsTried) {
  Scenario scenario = write_after_pause(10s, 12s);
  scenario.workload_settings.put("operations", std::int64_t{30});
  scenario.workload_settings.put("work_max", Duration(2s));
  scenario.faults[0].when = {};
  scenario.faults[0].targets = {"client-1"};
  int tried = 0;
  for (scenario.seed = 1; scenario.seed <= 10; ++scenario.seed) {
    scenario.faults[0].when.at = WorldTime{} + scenario.seed * 500ms;
    for (const Threshold& one : thresholds_of(scenario, "belief-exclusion")) {
      if (one.side != "under") continue;
      Duration held{};
      ASSERT_TRUE(parse_duration(typed(one.value), held)) << one.value;
      for (int i = 1; i <= 25; ++i) {
        Scenario changed = scenario;
        if (one.parameter == "faults[0].lasts") {
          changed.faults[0].lasts = held / 25 * i;
        } else {
          ASSERT_EQ(one.parameter, "workload_settings.work_max");
          changed.workload_settings.put("work_max", held / 25 * i);
          const Duration least = changed.workload_settings.duration("work_min");
          changed.workload_settings.put("work_min", std::min<Duration>(least, held / 25 * i));
        }
        EXPECT_FALSE(breaks(changed, "belief-exclusion"))
            << "seed " << scenario.seed << ", " << one.text << ", not at " << i << "/25 of it";
        ++tried;
      }
    }
  }
  EXPECT_GT(tried, 0);
}

TEST(Thresholds, AResourceThatChecksVersionsWouldHaveHelped) {
  const auto all = thresholds_of(write_after_pause(10s, 12s), "belief-exclusion");
  const Threshold* resource = threshold(all, "resource");
  ASSERT_NE(resource, nullptr);
  EXPECT_NE(resource->property, "belief-exclusion") << "no resource changes what clients believe";
  Scenario fixed = write_after_pause(10s, 12s);
  fixed.resource = *resource_policy_named(resource->value);
  EXPECT_TRUE(breaks(write_after_pause(10s, 12s), resource->property));
  EXPECT_FALSE(breaks(fixed, resource->property));
}

TEST(Thresholds, ThereAreNoneWhereNothingBreaks) {
  EXPECT_TRUE(thresholds_of(write_after_pause(10s, 1s), "belief-exclusion").empty());
}

}  // namespace
}  // namespace lockstep
