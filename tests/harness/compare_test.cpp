#include "harness/compare.hpp"

#include <gtest/gtest.h>

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
    const auto& [name, pairs] = alone.properties[i];
    Pairs expected;
    for (std::uint64_t seed = 5; seed < 35; ++seed) {
      const bool in_a = violation_of(run(of_a(seed)), name) != nullptr;
      const bool in_b = violation_of(run(of_b(seed)), name) != nullptr;
      ++(in_a && in_b ? expected.both
         : in_a       ? expected.only_a
         : in_b       ? expected.only_b
                      : expected.neither);
    }
    for (const Pairs& got : {pairs, together.properties[i].second}) {
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
  for (const auto& [name, pairs] : compare(of_a, of_a, options).properties) {
    EXPECT_EQ(pairs.only_a + pairs.only_b, 0u) << name;
  }
}

}  // namespace
}  // namespace lockstep
