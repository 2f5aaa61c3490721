#include "harness/shrink.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <set>
#include <utility>

#include "backends/backend.hpp"
#include "harness/fault_class.hpp"
#include "harness/run.hpp"
#include "harness/shrinking.hpp"
#include "harness/witness_pattern.hpp"

namespace lockstep {
namespace {

std::optional<std::string> pattern_in(const Scenario& scenario, const std::string& property) {
  const Outcome outcome = run(scenario);
  const Verdict* verdict = violation_of(outcome, property);
  if (verdict == nullptr) return std::nullopt;
  return witness_pattern(outcome, *verdict);
}

struct Bug {
  const char* lock;
  const char* fault;
};

void PrintTo(const Bug& bug, std::ostream* out) {
  *out << bug.lock << " " << bug.fault;
}

/// The first run of that cell of the matrix that violates anything.
Scenario violating(const Bug& bug, std::uint64_t first = 1) {
  for (std::uint64_t seed = first; seed < first + 500; ++seed) {
    const Scenario scenario = aimed_scenario(*find_backend(bug.lock), *find_fault_class(bug.fault),
                                             ResourcePolicy::none, seed);
    if (first_violation_of(run(scenario)) != nullptr) return scenario;
  }
  ADD_FAILURE() << "no violation in 500 runs of " << bug.lock << " " << bug.fault;
  return {};
}

class Shrinks : public testing::TestWithParam<Bug> {};

TEST_P(Shrinks, ToWhatLosesTheBugWithoutAnyOneFaultClientOrOperation) {
  const Scenario found = violating(GetParam());
  const auto shrunk = shrink(found);
  ASSERT_TRUE(shrunk);
  EXPECT_TRUE(shrunk->minimal);
  EXPECT_EQ(pattern_in(shrunk->scenario, shrunk->property), shrunk->pattern);
  for (const Scenario& smaller : smaller_by_one(shrunk->scenario)) {
    EXPECT_NE(pattern_in(smaller, shrunk->property), shrunk->pattern)
        << smaller.clients << " clients, " << smaller.faults.size() << " faults";
  }
}

TEST_P(Shrinks, ToTwoClientsAndThreeFaultsAtMost) {
  const auto shrunk = shrink(violating(GetParam()), {.property = {}});
  ASSERT_TRUE(shrunk);
  EXPECT_LE(shrunk->scenario.clients, 2) << shrunk->pattern;
  EXPECT_LE(shrunk->scenario.faults.size(), 3u) << shrunk->pattern;
  EXPECT_GE(shrunk->scenario.workload_settings.number("operations"), 1);
}

INSTANTIATE_TEST_SUITE_P(Zoo, Shrinks,
                         testing::Values(Bug{"redis-setnx-expire", "G"}, Bug{"redis-setpx", "G"},
                                         Bug{"redis-setpx", "W"}, Bug{"redis-setpx-del", "G"},
                                         Bug{"redis-setpx-lease-wall", "Jc"},
                                         Bug{"redis-getset-ts", "Jc"}, Bug{"redis-watchdog", "G"},
                                         Bug{"redis-setpx-pid", "W"}, Bug{"redis-failover", "Fo"},
                                         Bug{"redlock", "G"}, Bug{"redlock-minority", "0"},
                                         Bug{"pg-session", "Ps"}, Bug{"row-ttl-clienttime", "Jc"},
                                         Bug{"k8s-lease", "G"}, Bug{"dynamodb-no-check", "G"},
                                         Bug{"zk-ephemeral", "G"}));

/// Three clients, when one thing goes at a time.
Scenario of_three_clients() {
  return aimed_scenario(*find_backend("pg-session-pooler"), *find_fault_class("C"),
                        ResourcePolicy::none, 5);
}

TEST(Shrink, HuntsAfreshWhereSingleStepsLeaveMoreThanTwoClients) {
  const ShrinkOptions single_steps{.property = "belief-exclusion", .events_afresh = 0};
  const auto stuck = shrink(of_three_clients(), single_steps);
  const auto shrunk = shrink(of_three_clients(), {.property = "belief-exclusion"});
  ASSERT_TRUE(stuck && shrunk);
  EXPECT_EQ(stuck->scenario.clients, 3);
  EXPECT_TRUE(stuck->minimal);
  EXPECT_EQ(shrunk->scenario.clients, 2);
  EXPECT_TRUE(shrunk->minimal);
  EXPECT_EQ(shrunk->pattern, stuck->pattern);
  EXPECT_EQ(pattern_in(shrunk->scenario, shrunk->property), shrunk->pattern);
}

TEST(Shrink, HuntsAfreshInTheSameWayEveryTime) {
  const ShrinkOptions options{.property = "belief-exclusion"};
  EXPECT_EQ(shrink(of_three_clients(), options)->scenario,
            shrink(of_three_clients(), options)->scenario);
}

/// Bugs that a third client makes much more frequent: over fast links two hardly ever meet them.
class RareOfTwo : public testing::TestWithParam<std::uint64_t> {};

TEST_P(RareOfTwo, BecomesOneOfTwoAllTheSame) {
  const Scenario found = aimed_scenario(*find_backend("pg-session-pooler"), *find_fault_class("T"),
                                        ResourcePolicy::none, GetParam());
  const auto shrunk = shrink(found, {.property = "belief-exclusion"});
  ASSERT_TRUE(shrunk);
  EXPECT_EQ(shrunk->scenario.clients, 2);
  EXPECT_TRUE(shrunk->minimal);
  EXPECT_EQ(pattern_in(shrunk->scenario, shrunk->property), shrunk->pattern);
}

INSTANTIATE_TEST_SUITE_P(Seeds, RareOfTwo, testing::Values(10, 49));

TEST(Shrink, JoinsFaultsOfWhichNoneCanGo) {
  const Scenario found = aimed_scenario(*find_backend("raft-single-server-change"),
                                        *find_fault_class("Fo"), ResourcePolicy::none, 30);
  const auto shrunk =
      shrink(found, {.property = "belief-exclusion", .events = 3'000'000, .events_afresh = 0});
  ASSERT_TRUE(shrunk);
  EXPECT_EQ(shrunk->scenario.clients, 2);
  EXPECT_EQ(shrunk->scenario.faults.size(), 3u) << "four, of which none can go";
  EXPECT_TRUE(shrunk->minimal);
  EXPECT_EQ(pattern_in(shrunk->scenario, shrunk->property), shrunk->pattern);
}

Fault lossy(std::vector<std::string> targets, std::int64_t amount) {
  Fault fault;
  fault.kind = "loss";
  fault.targets = std::move(targets);
  fault.amount = amount;
  fault.lasts = 3s;
  return fault;
}

TEST(JoinedFault, OfTwoLinksIsAboutAllLinksOfTheirCommonNode) {
  Fault one = lossy({"client-1", "redis-1"}, 100'000);
  one.when.step = "granted";
  const Fault other = lossy({"client-2", "redis-1"}, 200'000);
  const auto joined = joined_fault(one, other);
  ASSERT_TRUE(joined);
  EXPECT_EQ(joined->targets, std::vector<std::string>{"redis-1"});
  EXPECT_EQ(joined->amount, 200'000);
  EXPECT_EQ(joined->when, one.when);
  EXPECT_FALSE(joined_fault(one, lossy({"client-2", "redis-2"}, 1))) << "no node in common";
}

TEST(JoinedFault, LastsForGoodWhenOneOfTheTwoDoes) {
  Fault one = lossy({"client-1", "redis-1"}, 1);
  Fault other = lossy({"client-1", "redis-2"}, 1);
  other.lasts = 5s;
  EXPECT_EQ(joined_fault(one, other)->lasts, Duration(5s));
  one.lasts = Duration(0);
  EXPECT_EQ(joined_fault(one, other)->lasts, Duration(0));
  EXPECT_EQ(joined_fault(other, one)->lasts, Duration(0));
}

Fault cut(std::vector<std::string> targets, std::string detail = "pair") {
  Fault fault = lossy(std::move(targets), 0);
  fault.kind = "partition";
  fault.detail = std::move(detail);
  return fault;
}

TEST(JoinedFault, OfTwoCutsIsAroundTheNodeThatBothAreAround) {
  const Fault one = cut({"raft-1", "raft-2"});
  const auto same_front = joined_fault(one, cut({"raft-1", "raft-2", "raft-3"}));
  ASSERT_TRUE(same_front);
  EXPECT_EQ(same_front->targets, (std::vector<std::string>{"raft-1", "raft-2", "raft-3"}));
  const auto turned = joined_fault(one, cut({"client-1", "raft-2"}));
  ASSERT_TRUE(turned);
  EXPECT_EQ(turned->targets, (std::vector<std::string>{"raft-2", "raft-1", "client-1"}));
  EXPECT_FALSE(joined_fault(one, cut({"raft-3", "raft-2", "raft-4"}))) << "that is around raft-3";
}

TEST(JoinedFault, OfACutOfOneWayIsOfOneWayOnlyWithOneOfTheSame) {
  const Fault one = cut({"raft-1", "raft-2"}, "pair-one-way");
  EXPECT_EQ(joined_fault(one, cut({"raft-1", "raft-3"}, "pair-one-way"))->detail, "pair-one-way");
  EXPECT_EQ(joined_fault(one, cut({"raft-3", "raft-1"}, "pair-one-way"))->detail, "pair");
  EXPECT_EQ(joined_fault(one, cut({"raft-1", "raft-3"}))->detail, "pair");
}

using Link = std::pair<std::string, std::string>;  // from, to

std::set<Link> links_of(const Fault& cut) {
  std::set<Link> links;
  for (std::size_t i = 1; i < cut.targets.size(); ++i) {
    links.emplace(cut.targets[0], cut.targets[i]);
    if (cut.detail == "pair") links.emplace(cut.targets[i], cut.targets[0]);
  }
  return links;
}

Fault any_cut() {
  std::vector<std::string> nodes = {"a", "b", "c", "d"};
  const auto first = *rc::gen::inRange<std::ptrdiff_t>(0, 4);
  std::rotate(nodes.begin(), nodes.begin() + first, nodes.end());
  nodes.resize(*rc::gen::inRange<std::size_t>(2, 5));
  return cut(nodes, *rc::gen::arbitrary<bool>() ? "pair" : "pair-one-way");
}

RC_GTEST_PROP(JoinedFault, CutsEveryLinkThatTheTwoCut, ()) {
  const Fault a = any_cut();
  const Fault b = any_cut();
  const auto joined = joined_fault(a, b);
  RC_ASSERT(joined.has_value() || a.targets.front() != b.targets.front());
  if (!joined) return;
  std::set<Link> cut_by_two = links_of(a);
  cut_by_two.merge(links_of(b));
  const std::set<Link> cut_by_one = links_of(*joined);
  RC_ASSERT(
      std::includes(cut_by_one.begin(), cut_by_one.end(), cut_by_two.begin(), cut_by_two.end()));
}

TEST(JoinedFault, IsNeverOneOfTwoKindsNorAPauseOfTwo) {
  const Fault loss = lossy({"client-1", "redis-1"}, 1);
  Fault pause = lossy({"client-1"}, 0);
  pause.kind = "gc-pause";
  EXPECT_FALSE(joined_fault(loss, pause));
  EXPECT_FALSE(joined_fault(pause, pause));
}

TEST(Shrink, HasNothingToSayOfARunThatViolatesNothing) {
  Scenario calm;
  calm.duration = 2s;
  fill_defaults(calm);
  EXPECT_FALSE(shrink(calm));
  Scenario broken = violating({"redis-setpx", "G"});
  EXPECT_FALSE(shrink(broken, {.property = "token-order"}));
}

TEST(Shrink, GivesTheSameEveryTime) {
  const Scenario found = violating({"redis-setpx", "G"});
  EXPECT_EQ(shrink(found)->scenario, shrink(found)->scenario);
}

TEST(Shrink, OfWhatIsSmallAlreadyLeavesItSo) {
  const auto once = shrink(violating({"redis-setpx", "G"}));
  const auto twice = shrink(once->scenario, {.property = once->property});
  ASSERT_TRUE(twice);
  EXPECT_EQ(twice->scenario.clients, once->scenario.clients);
  EXPECT_EQ(twice->scenario.faults.size(), once->scenario.faults.size());
  EXPECT_EQ(twice->pattern, once->pattern);
}

TEST(Shrink, EndsWithinItsBudgetAndSaysThatItIsNotDone) {
  const auto shrunk = shrink(violating({"redis-setpx", "G"}), {.property = {}, .most_events = 1});
  ASSERT_TRUE(shrunk);
  EXPECT_FALSE(shrunk->minimal);
  EXPECT_EQ(pattern_in(shrunk->scenario, shrunk->property), shrunk->pattern);
}

TEST(Shrink, ATakenClientTakesItsFaultsAndTheOthersKeepTheirs) {
  Scenario scenario;
  scenario.clients = 3;
  for (const char* target : {"client-1", "client-2", "client-3", "redis-1"}) {
    Fault fault;
    fault.kind = "gc-pause";
    fault.targets = {target};
    fault.when.client = target == std::string("redis-1") ? "client-3" : "";
    scenario.faults.push_back(fault);
  }
  const Scenario fewer = without_client(scenario, 2);
  ASSERT_EQ(fewer.faults.size(), 3u);
  EXPECT_EQ(fewer.clients, 2);
  EXPECT_EQ(fewer.faults[0].targets[0], "client-1");
  EXPECT_EQ(fewer.faults[1].targets[0], "client-2") << "it was client-3";
  EXPECT_EQ(fewer.faults[2].when.client, "client-2");
}

RC_GTEST_PROP(RoundNumbers, RiseFromLowToBelowHighAndHaveTwoDigits, ()) {
  const auto low = *rc::gen::inRange<std::int64_t>(1, 2'000'000'000);
  const auto high = *rc::gen::inRange<std::int64_t>(1, 2'000'000'000);
  std::int64_t last = 0;
  for (std::int64_t number : round_numbers(low, high)) {
    RC_ASSERT(number >= low);
    RC_ASSERT(number < high);
    RC_ASSERT(number > last);
    last = number;
    while (number >= 100) {
      RC_ASSERT(number % 10 == 0);
      number /= 10;
    }
  }
}

RC_GTEST_PROP(KeepLeast, FindsWhereAThresholdLies, ()) {
  const auto values = round_numbers(1, 100'000);
  const auto threshold = *rc::gen::inRange<std::int64_t>(1, 120'000);
  std::int64_t kept = 0;
  const bool any = keep_least(values, [&](std::int64_t value) {
    if (value < threshold) return false;
    kept = value;
    return true;
  });
  const auto least = std::lower_bound(values.begin(), values.end(), threshold);
  RC_ASSERT(any == (least != values.end()));
  if (any) RC_ASSERT(kept == *least);
}

}  // namespace
}  // namespace lockstep
