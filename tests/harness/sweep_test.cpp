#include "harness/sweep.hpp"

#include <gtest/gtest.h>

#include <map>

#include "core/digest.hpp"
#include "harness/draw.hpp"
#include "harness/run.hpp"
#include "harness/state_count.hpp"

namespace lockstep {
namespace {

ScenarioOf small_universes() {
  DrawOptions options;
  options.base.duration = 4s;
  fill_defaults(options.base);
  options.base.lock_settings.put("lease", Duration(1s));
  options.faults = {"gc-pause", "clock-jump", "partition"};
  return [options](std::uint64_t seed) { return draw(options, seed); };
}

TEST(Sweep, GivesTheSameResultWithOneWorkerAndWithThree) {
  SweepOptions options;
  options.runs = 60;
  options.workers = 1;
  const SweepResult alone = sweep(small_universes(), options);
  options.workers = 3;
  const SweepResult together = sweep(small_universes(), options);
  EXPECT_EQ(alone.digest, together.digest);
  EXPECT_EQ(alone.runs, 60u);
  EXPECT_EQ(together.runs, 60u);
  ASSERT_EQ(alone.properties.size(), together.properties.size());
  for (std::size_t i = 0; i < alone.properties.size(); ++i) {
    EXPECT_EQ(alone.properties[i].second.violated, together.properties[i].second.violated);
    EXPECT_EQ(alone.properties[i].second.first_seed, together.properties[i].second.first_seed);
  }
}

TEST(Sweep, CountsTheHoldsUpToTheFirstViolationOfEachRun) {
  SweepOptions options;
  options.runs = 40;
  const SweepResult result = sweep(small_universes(), options);
  std::map<std::string, std::uint64_t> expected;
  std::uint64_t cut = 0;
  for (std::uint64_t seed = 1; seed <= options.runs; ++seed) {
    const Outcome outcome = run(small_universes()(seed));
    for (const Verdict& verdict : outcome.verdicts) {
      std::uint64_t tried = 0;
      for (const Belief& belief : outcome.record.beliefs) {
        tried += verdict.status != Status::violated || belief.from <= *verdict.at;
      }
      cut += tried < outcome.stats.holds;
      if (verdict.status != Status::unknown) expected[verdict.property] += tried;
    }
  }
  EXPECT_GT(cut, 0u);
  for (const auto& [name, count] : result.properties)
    EXPECT_EQ(count.tried, expected[name]) << name;
}

TEST(Sweep, TheChanceOfAHoldDoesNotFallAsRunsGrowLonger) {
  DrawOptions drawn;
  fill_defaults(drawn.base);
  drawn.faults = {"gc-pause"};
  drawn.swarm = false;  // at random times, so that the chance is the same all the time
  const auto chance = [&](Duration length, std::uint64_t runs) {
    drawn.base.duration = length;
    SweepOptions options;
    options.runs = runs;
    const SweepResult result =
        sweep([&](std::uint64_t seed) { return draw(drawn, seed); }, options);
    const PropertyCount count = count_of(result, "belief-exclusion");
    return static_cast<double>(count.violated) / static_cast<double>(count.tried);
  };
  const double ratio = chance(600s, 40) / chance(60s, 150);
  EXPECT_GT(ratio, 0.5) << "violating runs by all holds would be a fifth";
  EXPECT_LT(ratio, 2);
}

TEST(Sweep, AnUndecidedRunTriesNoHold) {
  SweepOptions options;
  options.runs = 5;
  options.bounds.events = 60;
  const SweepResult result = sweep(small_universes(), options);
  EXPECT_EQ(result.given_up, 5u);
  EXPECT_GT(result.holds, 0u);
  const PropertyCount count = count_of(result, "belief-exclusion");
  EXPECT_EQ(count.unknown, 5u);
  EXPECT_EQ(count.tried, 0u);
}

TEST(Sweep, APromiseIsBrokenOnlyByARunThatMadeIt) {
  DrawOptions drawn;
  drawn.base.lock = "redis-watchdog";  // promises effects while nothing strikes, and only then
  drawn.base.duration = 30s;
  fill_defaults(drawn.base);
  drawn.faults = {"partition", "delay"};
  drawn.swarm = true;
  SweepOptions options;
  options.runs = 60;
  const SweepResult result = sweep([&](std::uint64_t seed) { return draw(drawn, seed); }, options);
  for (const auto& [name, count] : result.properties) {
    std::uint64_t broken = 0;
    std::optional<std::uint64_t> first;
    for (std::uint64_t seed = 1; seed <= 60; ++seed) {
      for (const Verdict& verdict : run(draw(drawn, seed)).verdicts) {
        if (verdict.property != name || !verdict.claimed) continue;
        if (verdict.status == Status::violated && ++broken == 1) first = seed;
      }
    }
    EXPECT_EQ(count.broken, broken) << name;
    EXPECT_EQ(count.first_broken_seed, first) << name;
  }
  const PropertyCount effects = count_of(result, "effect-exclusion");
  EXPECT_GT(effects.violated, effects.broken) << "else this test shows nothing";
}

TEST(Sweep, FindsThatAPlainLeaseDoesNotExclude) {
  SweepOptions options;
  options.runs = 200;
  const SweepResult result = sweep(small_universes(), options);
  EXPECT_GT(count_of(result, "belief-exclusion").violated, 0u);
  EXPECT_GT(result.overlapping_runs, 0u);
  EXPECT_EQ(result.failures, 0u) << result.first_failure;
}

TEST(Sweep, EndsAtTheSameRunWhereverTheWorkersStand) {
  SweepOptions options;
  options.runs = 500;
  options.stop_at_first = true;
  options.workers = 1;
  const SweepResult alone = sweep(small_universes(), options);
  options.workers = 4;
  const SweepResult together = sweep(small_universes(), options);
  EXPECT_EQ(alone.runs, together.runs);
  EXPECT_EQ(alone.digest, together.digest);
}

TEST(Sweep, KeepsWhatIsDoneWhenInterrupted) {
  std::atomic<bool> interrupted{false};
  SweepOptions options;
  options.runs = 1'000'000;
  options.workers = 2;
  options.interrupted = &interrupted;
  options.progress = [&](const SweepResult& so_far) {
    if (so_far.runs >= 20) interrupted = true;
  };
  const SweepResult result = sweep(small_universes(), options);
  EXPECT_TRUE(result.interrupted);
  EXPECT_GE(result.runs, 20u);
  EXPECT_LT(result.runs, 1'000'000u);
}

std::vector<std::uint64_t> hashes(std::uint64_t from, std::uint64_t count) {
  std::vector<std::uint64_t> some;
  for (std::uint64_t i = from; i < from + count; ++i) {
    Digest digest;
    digest.fold(i);
    some.push_back(digest.value());
  }
  return some;
}

TEST(StateCount, IsExactOfFewAndNearOfMany) {
  StateCount states;
  EXPECT_EQ(states.count(), 0u);
  for (std::uint64_t from = 0; from < 1000; from += 100) states.add(hashes(from, 200));
  EXPECT_EQ(states.count(), 1100u);
  states.add(hashes(0, 2'000'000));
  EXPECT_NEAR(static_cast<double>(states.count()), 2e6, 2e4);
}

}  // namespace
}  // namespace lockstep
