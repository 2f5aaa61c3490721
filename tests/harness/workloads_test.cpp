// Every workload under a correct lock keeps what it must keep, and a broken lock, a wrong order or
// a section that is not atomic is seen for what it is.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "backends/backend.hpp"
#include "harness/run.hpp"
#include "workloads/workload.hpp"

namespace lockstep {
namespace {

using ::testing::HasSubstr;

Scenario scenario_of(std::string lock, std::string workload, std::uint64_t seed = 1) {
  Scenario scenario;
  scenario.lock = std::move(lock);
  scenario.workload = std::move(workload);
  scenario.seed = seed;
  scenario.duration = 20s;
  fill_defaults(scenario);
  scenario.workload_settings.put("work_max", Duration(100ms));
  return scenario;
}

const Verdict& verdict_of(const Outcome& outcome, std::string_view property) {
  const auto found = std::find_if(outcome.verdicts.begin(), outcome.verdicts.end(),
                                  [&](const Verdict& v) { return v.property == property; });
  EXPECT_NE(found, outcome.verdicts.end()) << "nobody judged " << property;
  return *found;
}

std::string violated_in(const Outcome& outcome) {
  std::string names;
  for (const Verdict& verdict : outcome.verdicts) {
    if (verdict.status != Status::violated) continue;
    names += verdict.property + ": " + verdict.explanation + "\n";
  }
  return names + outcome.failure;
}

struct Variant {
  std::string workload;
  std::string setting{};
  std::string word{};
};

class EveryWorkload : public testing::TestWithParam<Variant> {};

TEST_P(EveryWorkload, KeepsItsInvariantUnderACorrectLockAndEveryPolicyWhileAllIsCalm) {
  for (const ResourcePolicy policy :
       {ResourcePolicy::none, ResourcePolicy::fence_writes, ResourcePolicy::fence_all,
        ResourcePolicy::compare_version, ResourcePolicy::same_store}) {
    for (std::uint64_t seed = 1; seed <= 5; ++seed) {
      Scenario scenario = scenario_of("redis-fence-atomic", GetParam().workload, seed);
      if (!GetParam().setting.empty()) {
        scenario.workload_settings.put(GetParam().setting, GetParam().word);
      }
      scenario.resource = policy;
      ASSERT_TRUE(problems_of(scenario).empty()) << problems_of(scenario).front().what;
      const Outcome outcome = run(scenario);
      EXPECT_EQ(violated_in(outcome), "") << name_of(policy) << ", seed " << seed;
      EXPECT_GT(outcome.stats.holds, 10u);
    }
  }
}

TEST_P(EveryWorkload, IsSafeUnderPausesWhereTheResourceChecksTokensOfReadsAndWrites) {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    Scenario scenario = scenario_of("redis-fence-atomic", GetParam().workload, seed);
    if (!GetParam().setting.empty()) {
      scenario.workload_settings.put(GetParam().setting, GetParam().word);
    }
    scenario.lock_settings.put("lease", Duration(1s));
    scenario.resource = ResourcePolicy::fence_all;
    for (const char* step : {"checked", "wrote", "read"}) {
      Fault pause{.kind = "gc-pause", .targets = {"self"}, .when = {.step = step}};
      pause.when.occurrence = static_cast<std::uint32_t>(seed);
      pause.lasts = 2500ms;
      scenario.faults.push_back(pause);
    }
    const Outcome outcome = run(scenario);
    for (const Verdict& verdict : outcome.verdicts) {
      const bool effect = verdict.property != "belief-exclusion" && verdict.claimed;
      EXPECT_FALSE(effect && verdict.status == Status::violated)
          << "seed " << seed << ": " << verdict.explanation;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Workloads, EveryWorkload,
                         testing::Values(Variant{"counter"}, Variant{"session-store"},
                                         Variant{"job"}, Variant{"job", "promise", "at-most-once"},
                                         Variant{"inventory"}, Variant{"inventory", "locks", "one"},
                                         Variant{"transfer"},
                                         Variant{"transfer", "order", "trylock"},
                                         Variant{"transfer", "mode", "atomic"},
                                         Variant{"transfer", "mode", "journal"}),
                         [](const auto& test) {
                           std::string name = test.param.workload + "_" + test.param.word;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

// Money

/// client-1 is paused for longer than its leases between its debit and its credit.
Scenario fenced_between_debit_and_credit(std::string mode) {
  Scenario scenario = scenario_of("redis-fence-atomic", "transfer");
  scenario.clients = 2;
  scenario.resource = ResourcePolicy::fence_all;
  scenario.workload_settings.put("mode", std::move(mode));
  scenario.lock_settings.put("lease", Duration(2s));
  Fault pause{.kind = "gc-pause", .targets = {"self"}, .when = {.step = "wrote"}, .lasts = 6s};
  pause.when.client = "client-1";
  scenario.faults.push_back(pause);
  return scenario;
}

TEST(Transfer, FencedBetweenDebitAndCreditLosesMoneyUnderACorrectLock) {
  const Outcome outcome = run(fenced_between_debit_and_credit("naive"));
  const Verdict& money = verdict_of(outcome, "money-conserved");
  EXPECT_EQ(money.status, Status::violated);
  EXPECT_FALSE(money.claimed);
  EXPECT_THAT(money.explanation, HasSubstr("non-atomic section: client-1"));
  EXPECT_THAT(money.explanation, HasSubstr("was refused"));
}

TEST(Transfer, LosesNoneThereWhenItWritesAtOnceOrKeepsAJournal) {
  for (const char* mode : {"atomic", "journal"}) {
    const Outcome outcome = run(fenced_between_debit_and_credit(mode));
    EXPECT_EQ(verdict_of(outcome, "money-conserved").status, Status::holds) << mode;
  }
}

Scenario in_any_order(std::string lock, Duration patience) {
  Scenario scenario = scenario_of(std::move(lock), "transfer");
  scenario.clients = 4;
  scenario.network.latency_min = 1ms;
  scenario.network.latency_max = 5ms;
  scenario.workload_settings.put("think_max", Duration(5ms));
  scenario.workload_settings.put("order", std::string("unordered"));
  scenario.workload_settings.put("patience", patience);
  return scenario;
}

TEST(Transfer, EveryDeadlockIsToldWithItsCycle) {
  for (const char* lock : {"redis-setnx", "redis-watchdog"}) {
    int deadlocks = 0;
    for (std::uint64_t seed = 1; seed <= 10; ++seed) {
      Scenario scenario = in_any_order(lock, 1h);
      scenario.seed = seed;
      const Outcome outcome = run(scenario);
      const Verdict& stuck = verdict_of(outcome, "deadlock-freedom");
      const Verdict& cycle = verdict_of(outcome, "no-wait-cycle");
      EXPECT_EQ(cycle.status, stuck.status) << lock << ", seed " << seed;
      if (stuck.status != Status::violated) continue;
      ++deadlocks;
      EXPECT_THAT(cycle.explanation, HasSubstr("waits for lock-1, which client-"));
      EXPECT_THAT(cycle.explanation, HasSubstr("waits for lock-2, which client-"));
      EXPECT_THAT(cycle.explanation, HasSubstr("it never ended"));
      EXPECT_THAT(stuck.explanation, HasSubstr("cycle: client-"));
      EXPECT_FALSE(stuck.claimed);
    }
    EXPECT_GE(deadlocks, 8) << lock;
  }
}

TEST(Transfer, OneOrderForAllLeavesNoCycle) {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    Scenario scenario = in_any_order("redis-watchdog", 1h);
    scenario.workload_settings.put("order", std::string("ordered"));
    scenario.seed = seed;
    EXPECT_EQ(violated_in(run(scenario)), "");
  }
}

TEST(Transfer, PatienceEndsADeadlock) {
  int ended = 0;
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    Scenario scenario = in_any_order("redis-watchdog", 2s);
    scenario.seed = seed;
    const Outcome outcome = run(scenario);
    EXPECT_EQ(verdict_of(outcome, "deadlock-freedom").status, Status::holds) << "seed " << seed;
    const Verdict& cycle = verdict_of(outcome, "no-wait-cycle");
    ended += cycle.status == Status::violated;
    if (cycle.status == Status::violated) {
      EXPECT_THAT(cycle.explanation, HasSubstr("gave up at"));
    }
  }
  EXPECT_GE(ended, 8);
}

TEST(Transfer, ALeaseEndsItByBreakingTheExclusion) {
  const Outcome outcome = run(in_any_order("redis-setpx", 1h));
  EXPECT_THAT(verdict_of(outcome, "no-wait-cycle").explanation,
              HasSubstr("not the deadlock was resolved but the exclusion broken"));
  EXPECT_EQ(verdict_of(outcome, "deadlock-freedom").status, Status::holds);
  EXPECT_EQ(verdict_of(outcome, "belief-exclusion").status, Status::violated);
}

// Stock

TEST(Inventory, TheLockOfOnesHomeDoesNotKeepOthersOut) {
  Scenario scenario = scenario_of("redis-fence-atomic", "inventory");
  scenario.workload_settings.put("locks", std::string("home"));
  const Outcome outcome = run(scenario);
  EXPECT_EQ(verdict_of(outcome, "belief-exclusion").status, Status::holds);
  const Verdict& stock = verdict_of(outcome, "no-overselling");
  EXPECT_EQ(stock.status, Status::violated);
  EXPECT_FALSE(stock.claimed);
  EXPECT_THAT(stock.explanation, HasSubstr("which are not the same lock"));
}

// Jobs

/// Without a done-flag, and client-2's clock 400 ms behind.
Scenario late_clock(Duration at_least_for) {
  Scenario scenario = scenario_of("redis-setpx", "job");
  scenario.clients = 2;
  Settings& work = scenario.workload_settings;
  work.put("done_flag", false);
  work.put("patience", Duration(0));
  work.put("at_least_for", at_least_for);
  Fault jump;
  jump.kind = "clock-jump";
  jump.targets = {"client-2"};
  jump.amount = -400'000'000;
  scenario.faults.push_back(jump);
  return scenario;
}

TEST(Job, RunsTwiceWhenTheLockIsFreeAgainBeforeTheLateClockStrikes) {
  const Verdict job = verdict_of(run(late_clock(Duration(0))), "job-once");
  EXPECT_EQ(job.status, Status::violated);
  EXPECT_THAT(job.explanation, HasSubstr("had let go of lock-1"));
}

TEST(Job, RunsOnceWhenTheLockIsKeptForLongerThanClocksDiffer) {
  const Outcome outcome = run(late_clock(Duration(1s)));
  EXPECT_EQ(verdict_of(outcome, "job-once").status, Status::holds);
  EXPECT_THAT(verdict_of(outcome, "job-once").explanation, HasSubstr("none of 4 jobs"));
}

// Permits

TEST(Throttled, UnderAMutexTheServiceHasOneUser) {
  const Outcome outcome = run(scenario_of("redis-setpx", "throttled"));
  EXPECT_EQ(violated_in(outcome), "");
  EXPECT_EQ(verdict_of(outcome, "permits-conserved").status, Status::holds);
}

TEST(Throttled, TakingStockFindsAPermitThatLeaked) {
  Scenario scenario = scenario_of("redis-setnx", "throttled");
  Fault crash{.kind = "crash", .targets = {"self"}, .when = {.step = "granted"}, .lasts = 1s};
  crash.when.occurrence = 5;
  scenario.faults.push_back(crash);
  const Outcome outcome = run(scenario);
  const Verdict& permits = verdict_of(outcome, "permits-conserved");
  EXPECT_EQ(permits.status, Status::violated);
  EXPECT_THAT(permits.explanation, HasSubstr("1 of 1 permits leaked"));
  EXPECT_FALSE(permits.claimed) << "this lock never said that its grants expire";
}

}  // namespace
}  // namespace lockstep
