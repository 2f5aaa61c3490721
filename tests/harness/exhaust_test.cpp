#include "harness/exhaust.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "core/random.hpp"
#include "harness/run.hpp"

namespace lockstep {
namespace {

ExhaustOptions small(std::string lock, ResourcePolicy resource = ResourcePolicy::none) {
  ExhaustOptions options;
  options.base.lock = std::move(lock);
  options.base.resource = resource;
  fill_defaults(options.base);
  make_small(options.base, {});
  options.properties = exhaustive_properties(options.base);
  options.workers = 2;
  return options;
}

/// Where a pause can come, counted anew: before each event of a client or of the server.
std::set<std::pair<WorldTime, std::string>> instants(const Scenario& scenario) {
  std::set<std::pair<WorldTime, std::string>> all;
  const Outcome outcome = run(scenario, {.trace = true});
  for (const TraceEntry& entry : outcome.trace.entries) {
    const std::string& node = outcome.trace.nodes[entry.node];
    const bool acts = entry.kind == TraceKind::send || entry.kind == TraceKind::receive ||
                      entry.kind == TraceKind::step;
    if (acts && node != "resource" && entry.at < outcome.record.healed_at) {
      all.insert({entry.at, node});
    }
  }
  return all;
}

Scenario paused(Scenario scenario, WorldTime at, const std::string& node) {
  Fault fault;
  fault.kind = "gc-pause";
  fault.targets = {node};
  fault.when.at = at;
  fault.lasts = 2s;
  scenario.faults.push_back(fault);
  return scenario;
}

TEST(Exhaust, LeavesASemaphoreOnePermitLessThanClients) {
  ExhaustOptions options = small("sem-permit-expirable");
  EXPECT_EQ(options.base.lock_settings.number("permits"), 1);
  options.kinds = {"pause"};
  EXPECT_TRUE(exhaust(options).violation);
  Scenario kept;
  kept.lock = "sem-permit-expirable";
  fill_defaults(kept);
  kept.lock_settings.put("permits", std::int64_t{2});
  make_small(kept, {"permits"});
  EXPECT_EQ(kept.lock_settings.number("permits"), 2);
}

TEST(Exhaust, RunsAsManyPlacementsAsThereAre) {
  ExhaustOptions options = small("redis-fence-atomic", ResourcePolicy::fence_all);
  options.base.workload_settings.put("operations", std::int64_t{1});
  options.faults = 2;
  options.kinds = {"pause"};
  const ExhaustResult result = exhaust(options);
  EXPECT_FALSE(result.violation);
  const auto first = instants(options.base);
  std::uint64_t pairs = 0;
  for (const auto& [at, node] : first) {
    for (const auto& [later, other] : instants(paused(options.base, at, node))) {
      pairs += later > at || (later == at && other > node);
    }
  }
  EXPECT_EQ(result.placements, (std::vector<std::uint64_t>{1, first.size(), pairs}));
  EXPECT_EQ(result.runs, 1 + first.size() + pairs);
  EXPECT_GT(pairs, first.size());
}

TEST(Exhaust, NoPauseAtAnyOtherInstantBreaksWhatItFoundToHold) {
  ExhaustOptions options = small("redis-fence-atomic", ResourcePolicy::fence_all);
  options.kinds = {"pause"};
  options.properties = {"effect-exclusion", "no-lost-update"};
  ASSERT_FALSE(exhaust(options).violation);
  const WorldTime end = run(options.base).record.ended_at;
  Random random(1, "instants");
  for (int i = 0; i < 300; ++i) {
    const WorldTime at = WorldTime{} + random.between(0ns, end - WorldTime{});
    const std::string node = random.below(2) == 0 ? "client-1" : "client-2";
    for (const Verdict& verdict : run(paused(options.base, at, node)).verdicts) {
      if (verdict.property != "effect-exclusion" && verdict.property != "no-lost-update") continue;
      EXPECT_EQ(verdict.status, Status::holds)
          << verdict.property << " at " << to_text(at - WorldTime{});
    }
  }
}

TEST(Exhaust, EndsAtTheSameViolationWhateverTheNumberOfWorkers) {
  ExhaustOptions options = small("redis-fence-clock", ResourcePolicy::fence_all);
  options.faults = 2;
  options.kinds = {"pause", "late"};
  options.workers = 1;
  const ExhaustResult one = exhaust(options);
  ASSERT_TRUE(one.violation);
  options.workers = 3;
  const ExhaustResult three = exhaust(options);
  EXPECT_EQ(one.violation, three.violation);
  EXPECT_EQ(one.placements, three.placements);
  EXPECT_EQ(one.property, three.property);
}

TEST(Exhaust, AViolationHasAsFewFaultsAsThereCanBe) {
  ExhaustOptions options = small("redis-setpx");
  options.faults = 3;
  options.kinds = {"pause"};
  const ExhaustResult result = exhaust(options);
  ASSERT_TRUE(result.violation);
  EXPECT_EQ(result.violation->faults.size(), 1u);
  const Outcome again = run(*result.violation);
  bool violated = false;
  for (const Verdict& verdict : again.verdicts) {
    violated |= verdict.property == result.property && verdict.status == Status::violated;
  }
  EXPECT_TRUE(violated);
}

TEST(Exhaust, FindsThatALockWithoutALeaseDiesWithItsHolder) {
  ExhaustOptions options = small("redis-setnx");
  options.kinds = {"crash"};
  const ExhaustResult result = exhaust(options);
  ASSERT_TRUE(result.violation);
  EXPECT_EQ(result.property, "deadlock-freedom");
}

TEST(Exhaust, SaysWhatItDidNotTest) {
  ExhaustOptions options = small("redis-fence-atomic");
  options.properties = {"belief-exclusion", "fenced-safety"};  // no resource checks tokens here
  options.faults = 0;
  EXPECT_THAT(exhaust(options).unjudged, testing::ElementsAre("fenced-safety"));
}

TEST(Exhaust, WhatWasSetStaysSet) {
  Scenario scenario;
  fill_defaults(scenario);
  scenario.clients = 5;
  scenario.lock_settings.put("lease", Duration(7s));
  make_small(scenario, {"lease", "clients"});
  EXPECT_EQ(scenario.lock_settings.duration("lease"), 7s);
  EXPECT_EQ(scenario.clients, 5);
  EXPECT_EQ(scenario.workload_settings.number("operations"), 2);
}

}  // namespace
}  // namespace lockstep
