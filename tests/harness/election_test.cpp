// The election workload, run on a lock with a token and judged under each policy of the resource.
#include <gtest/gtest.h>

#include "harness/run.hpp"
#include "harness/sweep.hpp"

namespace lockstep {
namespace {

/// How many of 60 elections, whose leaders are paused for longer than their lease, violate each.
struct Counts {
  int two_in_a_term = 0;
  int deposed = 0;
  int appended = 0;  // entries that were accepted
};

Counts elections(ResourcePolicy policy) {
  Counts counts;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    Scenario scenario;
    scenario.lock = "redis-fence-atomic";
    scenario.workload = "election";
    scenario.resource = policy;
    scenario.seed = seed;
    scenario.duration = 20s;
    fill_defaults(scenario);
    scenario.lock_settings.put("lease", Duration(2s));
    Fault pause;
    pause.kind = "gc-pause";
    pause.targets = {"self"};
    pause.lasts = 3s;
    pause.when.step = "checked";
    pause.when.occurrence = 4;
    scenario.faults.push_back(pause);
    const Outcome outcome = run(scenario);
    EXPECT_EQ(outcome.failure, "");
    for (const Verdict& verdict : outcome.verdicts) {
      if (verdict.status != Status::violated) continue;
      counts.two_in_a_term += verdict.property == "leader-per-term";
      counts.deposed += verdict.property == "deposed-leader";
    }
    for (const ResourceEvent& event : outcome.record.resource) {
      counts.appended += event.access.write && event.access.accepted;
    }
  }
  return counts;
}

TEST(Election, LetsADeposedLeaderAppendWhereNothingChecks) {
  const Counts counts = elections(ResourcePolicy::none);
  EXPECT_EQ(counts.two_in_a_term, 0);
  EXPECT_GT(counts.deposed, 0);
  EXPECT_GT(counts.appended, 60);
}

TEST(Election, IsSafeWhereTheResourceChecksTerms) {
  for (const ResourcePolicy policy : {ResourcePolicy::fence_writes, ResourcePolicy::fence_all}) {
    const Counts counts = elections(policy);
    EXPECT_EQ(counts.deposed, 0);
    EXPECT_GT(counts.appended, 60);
  }
}

}  // namespace
}  // namespace lockstep
