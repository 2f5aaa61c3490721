#include "harness/compare.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include "harness/draw.hpp"
#include "harness/run.hpp"
#include "harness/witness_pattern.hpp"

namespace lockstep {
namespace {

DrawOptions pauses(const std::string& lock) {
  DrawOptions options;
  options.base.lock = lock;
  options.base.duration = 20s;
  fill_defaults(options.base);
  options.base.lock_settings.put("lease", Duration(1s));
  options.faults = {"gc-pause"};
  return options;
}

TEST(Compare, CountsTheSameSeedsOnBothSides) {
  const DrawOptions a = pauses("redis-setpx");
  const DrawOptions b = pauses("redis-setpx-lease");
  const auto of_a = [&](std::uint64_t seed) { return draw(a, seed); };
  const auto of_b = [&](std::uint64_t seed) { return draw(b, seed); };
  CompareOptions options;
  options.first_seed = 5;
  options.runs = 30;
  options.workers = 1;
  const Comparison alone = compare(of_a, of_b, options);
  options.workers = 3;
  const Comparison together = compare(of_a, of_b, options);
  ASSERT_FALSE(alone.properties.empty());
  ASSERT_EQ(alone.properties.size(), together.properties.size());
  for (std::size_t i = 0; i < alone.properties.size(); ++i) {
    const auto& [name, side_a, side_b, pairs] = alone.properties[i];
    EXPECT_EQ(side_a.judged, 30u) << name;
    Pairs expected;
    for (std::uint64_t seed = 5; seed < 35; ++seed) {
      const bool in_a = violation_of(run(of_a(seed)), name) != nullptr;
      const bool in_b = violation_of(run(of_b(seed)), name) != nullptr;
      ++(in_a && in_b ? expected.both
         : in_a       ? expected.only_a
         : in_b       ? expected.only_b
                      : expected.neither);
    }
    for (const Pairs& got : {pairs, together.properties[i].pairs}) {
      EXPECT_EQ(got.both, expected.both) << name;
      EXPECT_EQ(got.only_a, expected.only_a) << name;
      EXPECT_EQ(got.only_b, expected.only_b) << name;
      EXPECT_EQ(got.neither, expected.neither) << name;
    }
  }
}

TEST(Compare, AConfigurationDoesNotDifferFromItself) {
  const DrawOptions a = pauses("redis-setpx");
  const auto of_a = [&](std::uint64_t seed) { return draw(a, seed); };
  CompareOptions options;
  options.runs = 20;
  for (const ComparedProperty& one : compare(of_a, of_a, options).properties) {
    EXPECT_EQ(one.pairs.only_a + one.pairs.only_b, 0u) << one.name;
  }
}

const ComparedProperty* find(const Comparison& result, std::string_view name) {
  const auto at = std::ranges::find(result.properties, name, &ComparedProperty::name);
  return at == result.properties.end() ? nullptr : &*at;
}

TEST(Compare, WhatOneSideIsNotJudgedByIsNoDifference) {
  const DrawOptions a = pauses("redis-setpx");
  DrawOptions b = a;
  b.base.resource = ResourcePolicy::fence_all;
  CompareOptions options;
  options.runs = 40;
  const Comparison result = compare([&](std::uint64_t seed) { return draw(a, seed); },
                                    [&](std::uint64_t seed) { return draw(b, seed); }, options);
  const ComparedProperty* fenced = find(result, "fenced-safety");
  ASSERT_NE(fenced, nullptr);
  EXPECT_TRUE(fenced->one_sided());
  EXPECT_EQ(fenced->a.judged, 0u);
  EXPECT_EQ(fenced->b.judged, 40u);
  EXPECT_GT(fenced->b.violated, 0u);
  EXPECT_EQ(fenced->pairs.total(), 0u);
}

TEST(Compare, CountsOnlySeedsThatAreDecidedOnBothSides) {
  const DrawOptions a = pauses("redis-setpx");
  const auto of_a = [&](std::uint64_t seed) { return draw(a, seed); };
  CompareOptions options;
  options.runs = 10;
  options.bounds.events = 10;
  const Comparison result = compare(of_a, of_a, options);
  EXPECT_EQ(result.given_up.count, 20u);
  EXPECT_EQ(result.given_up.seed, 1u);
  EXPECT_EQ(result.given_up.side, 'A');
  const ComparedProperty* belief = find(result, "belief-exclusion");
  ASSERT_NE(belief, nullptr) << "what is undecided is told";
  EXPECT_EQ(belief->a.judged, 10u);
  EXPECT_EQ(belief->a.decided, 0u);
  EXPECT_EQ(belief->pairs.total(), 0u);
}

TEST(Compare, NeedsNoMemoryForTheRunsThatAreToCome) {
  const DrawOptions a = pauses("redis-setpx");
  std::atomic<bool> interrupted{false};
  const auto of_a = [&](std::uint64_t seed) {
    if (seed == 3) interrupted = true;
    return draw(a, seed);
  };
  CompareOptions options;
  options.runs = std::numeric_limits<std::uint64_t>::max() / 2;
  options.workers = 1;
  options.interrupted = &interrupted;
  const Comparison result = compare(of_a, of_a, options);
  EXPECT_EQ(result.runs, 3u);
  EXPECT_TRUE(result.interrupted);
}

}  // namespace
}  // namespace lockstep
