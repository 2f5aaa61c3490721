#include "core/random.hpp"

#include <gmock/gmock.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <bit>
#include <limits>
#include <set>
#include <vector>

namespace lockstep {
namespace {

constexpr std::int64_t lowest = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t highest = std::numeric_limits<std::int64_t>::max();

// Saved scenarios depend on it: the same numbers on every machine, today and later.
TEST(Random, GivesTheNumbersItAlwaysGave) {
  Random random(42, "latency");
  EXPECT_EQ(random.next(), 0xb79376cf9fb0c154u);
  EXPECT_EQ(random.next(), 0x7aac3990007cae3u);
  EXPECT_EQ(Random(42, "latency").fork(7).next(), 0x6b86d8235211d795u);
}

TEST(Random, StreamsOfDifferentPurposesSeedsAndPartsDiffer) {
  std::set<std::uint64_t> firsts;
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    for (const char* purpose : {"", "a", "b", "ab", "ba"}) {
      const Random root(seed, purpose);
      firsts.insert(Random(root).next());
      for (std::uint64_t part = 0; part < 4; ++part) firsts.insert(root.fork(part).next());
    }
  }
  EXPECT_EQ(firsts.size(), 50u * 5u * 5u);
}

RC_GTEST_PROP(Random, StaysInItsRange, (std::uint64_t seed, std::int64_t a, std::int64_t b)) {
  const auto [low, high] = std::minmax(a, b);
  Random random(seed, "range");
  const std::int64_t value = random.between(low, high);
  RC_ASSERT(value >= low);
  RC_ASSERT(value <= high);
}

TEST(Random, AnswersRangesOfAnyWidth) {
  Random random(1, "wide");
  std::set<bool> signs;
  for (int i = 0; i < 100; ++i) signs.insert(random.between(lowest, highest) < 0);
  EXPECT_EQ(signs.size(), 2u);
  EXPECT_EQ(random.between(highest, highest), highest);
  EXPECT_EQ(random.between(5, 3), 5);
  EXPECT_EQ(random.below(0), 0u);
}

TEST(Random, ReachesEveryValueAboutEquallyOften) {
  Random random(3, "dice");
  std::vector<int> seen(6);
  for (int i = 0; i < 6000; ++i) ++seen[random.below(6)];
  for (const int count : seen) {
    EXPECT_GT(count, 850);
    EXPECT_LT(count, 1150);
  }
}

TEST(Random, ChanceIsInMillionths) {
  Random random(4, "chance");
  int hits = 0;
  for (int i = 0; i < 10'000; ++i) hits += random.chance(250'000);
  EXPECT_NEAR(hits, 2500, 150);
  EXPECT_FALSE(random.chance(0));
  EXPECT_TRUE(random.chance(1'000'000));
}

RC_GTEST_PROP(Random, ScalesStayInTheirRange, (std::uint64_t seed)) {
  const Duration low(*rc::gen::inRange<std::int64_t>(0, highest));
  const Duration high(*rc::gen::inRange<std::int64_t>(low.count(), highest));
  Random random(seed, "scale");
  const Duration value = random.scale_between(low, high);
  RC_ASSERT(value >= low);
  RC_ASSERT(value <= std::max<Duration>(high, 1ns));
}

TEST(Random, EveryOrderOfMagnitudeIsAboutEquallyLikely) {
  Random random(5, "scale");
  std::vector<int> octaves(10);
  for (int i = 0; i < 10'000; ++i) {
    const auto value = random.scale_between(1ms, Duration(1ms) * 1023).count() / 1'000'000;
    ++octaves[static_cast<std::size_t>(std::bit_width(static_cast<std::uint64_t>(value))) - 1];
  }
  for (const int count : octaves) EXPECT_GT(count, 700);
}

RC_GTEST_PROP(Random, AShuffleKeepsWhatItShuffles, (std::uint64_t seed, std::vector<int> items)) {
  auto shuffled = items;
  Random random(seed, "order");
  random.shuffle(shuffled);
  std::sort(items.begin(), items.end());
  std::sort(shuffled.begin(), shuffled.end());
  RC_ASSERT(shuffled == items);
}

TEST(Random, EveryOrderOfThreeIsReached) {
  Random random(6, "order");
  std::set<std::vector<int>> orders;
  for (int i = 0; i < 200; ++i) {
    std::vector<int> items = {1, 2, 3};
    random.shuffle(items);
    orders.insert(items);
  }
  EXPECT_EQ(orders.size(), 6u);
}

TEST(Random, APurposeInPartsIsThatOfTheWhole) {
  EXPECT_EQ(Random(8, "link", "client-1", "redis-2").next(),
            Random(8, "link client-1 redis-2").next());
}

TEST(Random, CountsItsDrawsAndTokensAreOne) {
  Random random(7, "count");
  const std::string token = random.token();
  EXPECT_EQ(token.size(), 15u);
  EXPECT_NE(token, random.token());
  EXPECT_EQ(random.drawn(), 2u);
}

}  // namespace
}  // namespace lockstep
