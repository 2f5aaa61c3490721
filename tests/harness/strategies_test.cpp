#include "harness/strategies/strategy.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <set>

#include "harness/lock_states.hpp"
#include "harness/run.hpp"
#include "harness/strategies/stroke.hpp"
#include "harness/sweep.hpp"

namespace lockstep {
namespace {

DrawOptions plain_lease() {
  DrawOptions options;
  options.base.duration = 4s;
  fill_defaults(options.base);
  options.base.lock_settings.put("lease", Duration(1s));
  options.base.workload_settings.put("work_max", Duration(200ms));
  options.faults = {"gc-pause", "crash", "clock-jump", "partition", "delay", "loss"};
  options.fault_every = Duration::zero();
  return options;
}

struct Searched {
  std::vector<Scenario> scenarios;
  SweepResult result;
};

Searched search(const Strategy& strategy, std::uint64_t first_seed, std::uint64_t runs,
                unsigned workers) {
  Searched searched;
  SweepOptions options;
  options.first_seed = first_seed;
  options.runs = runs;
  options.workers = workers;
  options.count_states = true;
  const auto seeker = strategy.begin(plain_lease());
  searched.result = sweep(*seeker, strategy.learns, options);
  return searched;
}

class EachStrategy : public testing::TestWithParam<std::string> {
 protected:
  static const Strategy& strategy() { return *find_strategy(GetParam()); }
};

TEST_P(EachStrategy, GivesTheSameRunsWhateverTheNumberOfWorkers) {
  for (const std::uint64_t seed : {1u, 77u}) {
    const SweepResult one = search(strategy(), seed, 60, 1).result;
    for (const unsigned workers : {2u, 5u}) {
      const SweepResult more = search(strategy(), seed, 60, workers).result;
      EXPECT_EQ(one.digest, more.digest) << workers << " workers";
      EXPECT_EQ(one.states, more.states);
      EXPECT_EQ(one.kept, more.kept);
      EXPECT_EQ(one.violations, more.violations);
    }
  }
}

TEST_P(EachStrategy, FindsThatAPlainLeaseDoesNotExclude) {
  const SweepResult result = search(strategy(), 1, 200, 2).result;
  EXPECT_GT(count_of(result, "belief-exclusion").violated, 0u);
  EXPECT_EQ(result.failures, 0u) << result.first_failure;
}

TEST_P(EachStrategy, MakesScenariosThatCanBeRun) {
  const auto seeker = strategy().begin(plain_lease());
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    const Scenario scenario = seeker->next(seed);
    EXPECT_EQ(scenario.seed, seed);
    for (const Problem& problem : problems_of(scenario)) {
      ADD_FAILURE() << "seed " << seed << ": " << problem.where << ": " << problem.what;
    }
  }
}

TEST_P(EachStrategy, UsesNoFaultsButThoseItWasGiven) {
  DrawOptions options = plain_lease();
  options.faults = {"clock-jump", "loss"};
  const auto seeker = strategy().begin(options);
  std::set<std::string> used;
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    for (const Fault& fault : seeker->next(seed).faults) used.insert(fault.kind);
  }
  EXPECT_EQ(used, (std::set<std::string>{"clock-jump", "loss"}));
}

TEST_P(EachStrategy, WithoutFaultsIsCalm) {
  DrawOptions options = plain_lease();
  options.faults.clear();
  EXPECT_TRUE(strategy().begin(options)->next(1).faults.empty());
}

std::vector<std::string> names() {
  std::vector<std::string> all;
  for (const Strategy& strategy : all_strategies()) all.emplace_back(strategy.name);
  return all;
}
INSTANTIATE_TEST_SUITE_P(Search, EachStrategy, testing::ValuesIn(names()),
                         [](const auto& each) { return each.param; });

TEST(Targeted, BeginsWithWhatBreaksMostLocks) {
  const Strategy& targeted = *find_strategy("targeted");
  int aimed = 0;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {  // each the first run of a search of its own
    const Scenario first = targeted.begin(plain_lease())->next(seed);
    aimed += std::ranges::any_of(first.faults, [](const Fault& fault) {
      const bool pause = fault.kind == "gc-pause" && fault.targets.front() == "self";
      return pause && fault.when.step != "acquiring" && fault.lasts > 1s;
    });
  }
  EXPECT_GT(aimed, 45);
}

TEST(Targeted, TurnsToOtherStrokesWhereItsFavouritesDoNothing) {
  const auto seeker = find_strategy("targeted")->begin(plain_lease());
  std::set<std::pair<std::string, std::string>> used;
  for (std::uint64_t seed = 1; seed <= 150; ++seed) {
    for (const Fault& fault : seeker->next(seed).faults) used.insert({fault.kind, fault.when.step});
  }
  const Arsenal arsenal(plain_lease());
  EXPECT_GT(used.size(), arsenal.steps() * 4) << "of " << arsenal.steps() << " steps, 6 kinds";
}

TEST(Arsenal, PromisesSomethingOfEachStrokeAndMostOfAPauseBeforeTheWrite) {
  const Arsenal arsenal(plain_lease());
  std::int64_t most = 0;
  std::string best;
  for (std::size_t step = 0; step < arsenal.steps(); ++step) {
    for (std::size_t blow = 0; blow < arsenal.blows(); ++blow) {
      const std::int64_t promise = arsenal.promise(step, blow);
      EXPECT_LE(promise, 100);
      EXPECT_EQ(promise == 0, arsenal.blow(blow).standing && step > 0);
      if (promise <= most) continue;
      most = promise;
      best = std::string(arsenal.blow(blow).kind) + " " + arsenal.step(step);
    }
  }
  EXPECT_EQ(best, "gc-pause checked");
}

RC_GTEST_PROP(WeightedPick, NeverPicksWhatWeighsNothing, ()) {
  auto weights =
      *rc::gen::container<std::vector<std::int64_t>>(rc::gen::inRange<std::int64_t>(0, 3));
  weights.push_back(1);
  Random random(*rc::gen::arbitrary<std::uint64_t>(), "pick");
  const std::size_t place = weighted_pick(weights, random);
  RC_ASSERT(place < weights.size());
  RC_ASSERT(weights[place] > 0);
}

TEST(Strategies, LearnOnlyWhatTheySay) {
  for (const Strategy& strategy : all_strategies()) {
    const auto naive = strategy.begin(plain_lease());
    const auto taught = strategy.begin(plain_lease());
    bool differ = false;
    for (std::uint64_t seed = 1; seed <= 40; ++seed) {
      const Scenario scenario = taught->next(seed);
      differ |= !(naive->next(seed) == scenario);
      taught->learn({scenario, lock_states(run(scenario)), false});
    }
    EXPECT_EQ(differ, strategy.learns) << strategy.name;
  }
}

TEST(Sweep, AShareOfTheSeedsIsJustThat) {
  const Strategy& swarm = *find_strategy("swarm");
  SweepOptions options;
  options.first_seed = 3;
  options.stride = 4;
  options.runs = 5;
  std::vector<std::uint64_t> seeds;
  options.done = [&](const RunDone& done) { seeds.push_back(done.seed); };
  options.workers = 3;
  sweep(*swarm.begin(plain_lease()), false, options);
  EXPECT_EQ(seeds, (std::vector<std::uint64_t>{3, 7, 11, 15, 19}));
}

TEST(LockStates, DoNotDependOnTheTraceAndDoOnTheFaults) {
  DrawOptions options = plain_lease();
  const Scenario struck = draw(options, 5);
  EXPECT_EQ(lock_states(run(struck)), lock_states(run(struck, {.trace = true})));
  Scenario calm = struck;
  calm.faults.clear();
  EXPECT_NE(lock_states(run(struck)), lock_states(run(calm)));
}

TEST(LockStates, DoNotCareWhichClientItIs) {
  Scenario scenario;
  scenario.clients = 2;
  scenario.duration = 3s;
  fill_defaults(scenario);
  Outcome outcome = run(scenario);
  const std::vector<std::uint64_t> before = lock_states(outcome);
  ASSERT_FALSE(before.empty());
  const auto swapped = [](std::int64_t process) { return process < 0 ? process : 1 - process; };
  for (Op& op : outcome.record.history) op.process = swapped(op.process);
  for (Belief& belief : outcome.record.beliefs) belief.process = swapped(belief.process);
  for (ServiceEvent& event : outcome.record.service) event.holder = swapped(event.holder);
  for (ResourceEvent& event : outcome.record.resource) event.process = swapped(event.process);
  EXPECT_EQ(lock_states(outcome), before);
}

}  // namespace
}  // namespace lockstep
