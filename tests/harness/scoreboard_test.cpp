#include "harness/scoreboard.hpp"

#include <gtest/gtest.h>

#include "harness/expected_verdicts.hpp"
#include "harness/run.hpp"

namespace lockstep {
namespace {

ScoreOptions quick(std::vector<std::string> strategies) {
  ScoreOptions options;
  options.strategies = std::move(strategies);
  options.repetitions = 3;
  options.most_runs = 300;
  return options;
}

TEST(Scoreboard, HasABugForEachLockThatSomethingBreaks) {
  const std::vector<KnownBug> bugs = known_bugs({}, false);
  EXPECT_GT(bugs.size(), 100u);
  for (const KnownBug& bug : bugs) {
    EXPECT_FALSE(bug.properties.empty()) << bug.name;
    for (std::uint64_t seed = 1; seed <= 5; ++seed) {
      const Scenario calm = bug.options.base_of(seed);
      EXPECT_EQ(calm.lock, bug.name);
      for (const Fault& fault : calm.faults) EXPECT_EQ(fault.kind, "clock-jump") << bug.name;
    }
  }
  EXPECT_GT(known_bugs({}, true).size(), 4 * bugs.size());
}

TEST(Scoreboard, EveryStrategyFindsAnEasyBugAndSpendsTheSameRunsEachTime) {
  const auto bugs = known_bugs({"redis-setpx"}, false);
  ASSERT_EQ(bugs.size(), 1u);
  const ScoreOptions options = quick({"swarm", "random", "targeted", "guided"});
  const auto first = measure_scoreboard(bugs, options, [](const ScoreLine&) {});
  const auto again = measure_scoreboard(bugs, options, [](const ScoreLine&) {});
  ASSERT_EQ(first.size(), 1u);
  for (std::size_t i = 0; i < options.strategies.size(); ++i) {
    const Score& score = first[0].scores[i];
    EXPECT_EQ(score.found, 3u) << score.strategy;
    EXPECT_EQ(score.failure, "") << score.strategy;
    EXPECT_EQ(score.worst_runs, again[0].scores[i].worst_runs) << score.strategy;
  }
}

TEST(Scoreboard, AimingBeatsChanceOnAWindowOfMilliseconds) {
  Scenario scenario;
  scenario.clients = 2;
  scenario.duration = 5s;
  fill_defaults(scenario);
  scenario.lock_settings.put("lease", Duration(1s));
  scenario.workload_settings.put("work_max", Duration(2ms));
  scenario.faults.push_back({.kind = "gc-pause", .targets = {"self"}, .when = {}, .lasts = 3s});
  const auto lines = measure_scoreboard({known_bug("stale write", scenario, {"effect-exclusion"})},
                                        quick({"targeted", "random"}), [](const ScoreLine&) {});
  EXPECT_EQ(lines[0].scores[0].found, 3u);
  EXPECT_LT(lines[0].scores[0].median_runs * 10, lines[0].scores[1].median_runs);
  const auto all = standings(lines);
  EXPECT_EQ(all[0].strategy, "targeted");
  EXPECT_GE(all[0].times_fewer_tenths, 100u);
}

}  // namespace
}  // namespace lockstep
