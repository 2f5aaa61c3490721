#include "harness/run.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include "backends/backend.hpp"
#include "harness/draw.hpp"
#include "harness/expected_verdicts.hpp"
#include "nemesis/fault_kind.hpp"

namespace lockstep {
namespace {

Scenario small(std::string lock) {
  Scenario scenario;
  scenario.lock = std::move(lock);
  scenario.duration = 5s;
  fill_defaults(scenario);
  scenario.lock_settings.put("lease", Duration(1s));
  scenario.workload_settings.put("work_max", Duration(100ms));
  return scenario;
}

Status status_of(const Outcome& outcome, std::string_view property) {
  for (const Verdict& verdict : outcome.verdicts) {
    if (verdict.property == property) return verdict.status;
  }
  ADD_FAILURE() << "nobody judged " << property;
  return Status::unknown;
}

/// client-1 stops for three leases between its check and its write.
Scenario paused_between_check_and_write() {
  Scenario scenario = small("redis-setpx");
  scenario.clients = 2;
  Fault pause;
  pause.kind = "gc-pause";
  pause.targets = {"self"};
  pause.when.step = "checked";
  pause.lasts = 3s;
  scenario.faults = {pause};
  return scenario;
}

class EveryLock : public testing::TestWithParam<std::string> {};

TEST_P(EveryLock, RunsTwiceTheSame) {
  DrawOptions options;
  options.base = small(GetParam());
  for (const FaultKind& kind : all_fault_kinds()) options.faults.emplace_back(kind.name);
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    const Scenario scenario = draw(options, seed);
    const Outcome first = run(scenario);
    EXPECT_EQ(first.failure, "");
    EXPECT_EQ(first.digest, run(scenario).digest) << "seed " << seed;
    RunOptions traced;
    traced.trace = true;
    EXPECT_EQ(first.digest, run(scenario, traced).digest) << "traced, seed " << seed;
  }
}

/// Some get stuck without any fault, and the matrix's column 0 says so.
bool gets_stuck_by_itself(const std::string& lock) {
  for (const ExpectedRow& row : expected_verdicts()) {
    if (row.lock == lock) return row.cells.front().find('L') != std::string::npos;
  }
  return false;
}

TEST_P(EveryLock, LetsClientsTakeTurnsWhenNothingIsWrong) {
  if (gets_stuck_by_itself(GetParam())) GTEST_SKIP() << "it gets stuck by itself";
  Scenario scenario = small(GetParam());
  const Outcome outcome = run(scenario);
  EXPECT_EQ(outcome.failure, "");
  EXPECT_GE(outcome.stats.holds, 5u);
  EXPECT_EQ(status_of(outcome, "deadlock-freedom"), Status::holds);
}

std::vector<std::string> lock_names() {
  std::vector<std::string> names;
  for (const Backend& backend : all_backends()) names.emplace_back(backend.name);
  return names;
}

INSTANTIATE_TEST_SUITE_P(Locks, EveryLock, testing::ValuesIn(lock_names()), [](const auto& test) {
  std::string name = test.param;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
});

TEST(Run, APauseBetweenCheckAndWriteBreaksAnUnfencedLock) {
  const Outcome outcome = run(paused_between_check_and_write());
  EXPECT_EQ(status_of(outcome, "belief-exclusion"), Status::violated);
  EXPECT_EQ(status_of(outcome, "no-lost-update"), Status::violated);
  EXPECT_EQ(status_of(outcome, "service-exclusion"), Status::holds);
}

TEST(Run, TheExplanationNamesThePauseTheExpiryTheSecondGrantAndTheStaleWrite) {
  const Outcome outcome = run(paused_between_check_and_write());
  const auto lost = std::find_if(outcome.verdicts.begin(), outcome.verdicts.end(),
                                 [](const Verdict& v) { return v.property == "no-lost-update"; });
  ASSERT_NE(lost, outcome.verdicts.end());
  EXPECT_THAT(lost->explanation,
              testing::MatchesRegex("client-1 paused for 3 s, .*expired at .* client-2 was granted "
                                    "lock-1 at .*client-1's stale write .*"));
  EXPECT_TRUE(std::is_sorted(lost->witness.begin(), lost->witness.end(),
                             [](const Evidence& a, const Evidence& b) { return a.at < b.at; }));
}

TEST(Run, TheSamePauseIsHarmlessToAResourceThatComparesVersions) {
  Scenario scenario = paused_between_check_and_write();
  scenario.resource = ResourcePolicy::compare_version;
  const Outcome outcome = run(scenario);
  EXPECT_EQ(status_of(outcome, "belief-exclusion"), Status::violated);
  EXPECT_EQ(status_of(outcome, "no-lost-update"), Status::holds);
}

TEST(Run, AFaultIsToldWithItsSpanAndMeetsAHold) {
  const Outcome outcome = run(paused_between_check_and_write());
  ASSERT_EQ(outcome.record.faults.size(), 1u);
  const FaultSpan& span = outcome.record.faults.front();
  EXPECT_EQ(span.to - span.from, 3s);
  EXPECT_THAT(span.text, testing::HasSubstr("paused for 3 s"));
  EXPECT_EQ(outcome.stats.faults_in_hold, 1u);
}

TEST(Run, EveryFaultHasEndedOnceHealed) {
  DrawOptions options;
  options.base = small("redis-setpx");
  for (const FaultKind& kind : all_fault_kinds()) options.faults.emplace_back(kind.name);
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    const Outcome outcome = run(draw(options, seed));
    for (const FaultSpan& span : outcome.record.faults) {
      if (span.kind == "clock-jump") continue;
      EXPECT_LE(span.to, outcome.record.healed_at) << span.text;
    }
  }
}

TEST(Draw, IsAFunctionOfOptionsAndSeed) {
  DrawOptions options;
  options.base = small("redis-setpx");
  for (const FaultKind& kind : all_fault_kinds()) options.faults.emplace_back(kind.name);
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    const Scenario scenario = draw(options, seed);
    EXPECT_EQ(scenario, draw(options, seed));
    for (const Problem& problem : problems_of(scenario)) {
      ADD_FAILURE() << "seed " << seed << ": " << problem.where << ": " << problem.what;
    }
  }
}

TEST(Draw, StrikesAboutAsOftenAsAsked) {
  DrawOptions options;
  options.base = small("redis-setpx");
  options.base.duration = 100s;
  options.faults = {"gc-pause", "partition"};
  for (const Duration every : {Duration(1s), Duration(10s)}) {
    options.fault_every = every;
    std::size_t faults = 0;
    for (std::uint64_t seed = 1; seed <= 200; ++seed) faults += draw(options, seed).faults.size();
    const std::size_t wanted = 200 * static_cast<std::size_t>(100s / every);
    EXPECT_GT(faults, wanted * 8 / 10);
    EXPECT_LT(faults, wanted * 12 / 10);
  }
}

TEST(Problems, NameThePlaceAndTheNearestKnownName) {
  Scenario scenario = small("redis-setpx");
  scenario.lock = "redis-setxp";
  const auto problems = problems_of(scenario);
  ASSERT_FALSE(problems.empty());
  EXPECT_EQ(problems.front().where, "lock");
  EXPECT_THAT(problems.front().what, testing::HasSubstr("did you mean \"redis-setpx\"?"));
}

TEST(Problems, RefuseWhatCanNotBe) {
  const auto says = [](const Scenario& scenario, std::string_view where) {
    const auto problems = problems_of(scenario);
    return std::any_of(problems.begin(), problems.end(),
                       [&](const Problem& p) { return p.where == where; });
  };
  Scenario scenario = small("redis-setpx");
  EXPECT_TRUE(problems_of(scenario).empty());
  scenario.lock_settings.put("lease", Duration(-1s));
  scenario.lock_settings.put("laese", Duration(1s));
  scenario.clients = 0;
  scenario.duration = 0s;
  scenario.network.latency_max = 1ns;
  EXPECT_TRUE(says(scenario, "lock_settings.lease"));
  EXPECT_TRUE(says(scenario, "lock_settings.laese"));
  EXPECT_TRUE(says(scenario, "clients"));
  EXPECT_TRUE(says(scenario, "duration"));
  EXPECT_TRUE(says(scenario, "network.latency_max"));
  Scenario faulty = small("redis-setpx");
  Fault fault;
  fault.kind = "gc-puase";
  faulty.faults.push_back(fault);
  fault.kind = "clock-drift";
  fault.targets = {"client-9"};
  fault.amount = -1'000'000'000;
  faulty.faults.push_back(fault);
  EXPECT_TRUE(says(faulty, "faults[0].kind"));
  EXPECT_TRUE(says(faulty, "faults[1].targets[0]"));
  EXPECT_TRUE(says(faulty, "faults[1].amount"));
}

TEST(Problems, RefuseSettingsThatNoServerTakes) {
  Scenario scenario = small("redis-setpx");
  scenario.lock_settings.put("persistence", std::string("tape"));
  scenario.lock_settings.put("maxmemory_policy", std::string("none-lru"));
  scenario.lock_settings.put("save_interval", Duration(0s));
  scenario.lock_settings.put("lease", Duration(0s));
  std::vector<std::string> places;
  for (const Problem& problem : problems_of(scenario)) places.push_back(problem.where);
  EXPECT_THAT(places, testing::UnorderedElementsAre(
                          "lock_settings.persistence", "lock_settings.maxmemory_policy",
                          "lock_settings.save_interval", "lock_settings.lease"));
}

TEST(Problems, RefuseAFaultThatCouldNotStrike) {
  const auto says = [](const Fault& fault) {
    Scenario scenario = small("redis-setpx");
    scenario.faults.push_back(fault);
    const auto problems = problems_of(scenario);
    return problems.empty() ? "" : problems.front().where + ": " + problems.front().what;
  };
  Fault pause{.kind = "gc-pause", .targets = {"self"}, .when = {.step = "checked"}};
  EXPECT_EQ(says(pause), "");
  pause.when.client = "client-9";
  EXPECT_THAT(says(pause), testing::HasSubstr("faults[0].client: there is no client"));
  pause.when = {.step = "renewing"};
  EXPECT_THAT(says(pause), testing::HasSubstr("the steps are acquiring, granted"));
  pause.when = {};
  EXPECT_THAT(says(pause), testing::HasSubstr("self is the client that reached"));
  pause.targets = {"counter"};
  EXPECT_THAT(says(pause), testing::HasSubstr("the nodes are client-1 to client-"));
  Fault jump;
  jump.kind = "clock-jump";
  jump.targets = {"redis-1"};
  EXPECT_THAT(says(jump), testing::HasSubstr("does nothing; give its amount: how far"));
  jump.amount = std::numeric_limits<std::int64_t>::min();
  EXPECT_THAT(says(jump), testing::HasSubstr("at most a century"));
}

}  // namespace
}  // namespace lockstep
