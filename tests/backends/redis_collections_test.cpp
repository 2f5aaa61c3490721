// Hashes, lists and sorted sets: what re-entrant locks, fair queues and semaphores are made of.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "tests/backends/redis_play.hpp"

namespace lockstep::redis {
namespace {

TEST(RedisHash, CountsHoldsAndVanishesWhenEmpty) {
  Play redis;
  EXPECT_EQ(redis("HINCRBY lock me:1 1"), "1");
  EXPECT_EQ(redis("HINCRBY lock me:1 1"), "2");
  EXPECT_EQ(redis("HEXISTS lock other:1"), "0");
  EXPECT_EQ(redis("HGETALL lock"), "[\"me:1\", \"2\"]");
  EXPECT_EQ(redis("HDEL lock me:1 other:1"), "1");
  EXPECT_EQ(redis("EXISTS lock"), "0");
}

TEST(RedisList, IsAQueueFromEitherEnd) {
  Play redis;
  EXPECT_EQ(redis("RPUSH q a b c b"), "4");
  EXPECT_EQ(redis("LREM q -1 b"), "1");
  EXPECT_EQ(redis("LRANGE q 0 -1"), "[\"a\", \"b\", \"c\"]");
  EXPECT_EQ(redis("LINDEX q -1"), "\"c\"");
  EXPECT_EQ(redis("LPOP q 2"), "[\"a\", \"b\"]");
  EXPECT_EQ(redis("RPOP q"), "\"c\"");
  EXPECT_EQ(redis("LPOP q"), "(nil)");
  EXPECT_EQ(redis("LPOP q 1"), "(nil array)");
  EXPECT_EQ(redis("EXISTS q"), "0");
}

TEST(RedisSortedSet, OrdersEqualScoresByBytes) {
  Play redis;
  EXPECT_EQ(redis("ZADD z 1 b 1 a 0 c"), "3");
  EXPECT_EQ(redis("ZRANGE z 0 -1 WITHSCORES"), "[\"c\", \"0\", \"a\", \"1\", \"b\", \"1\"]");
  EXPECT_EQ(redis("ZRANK z b"), "2");
  EXPECT_EQ(redis("ZREVRANK z b"), "0");
  EXPECT_EQ(redis("ZADD z NX 5 a"), "0");
  EXPECT_EQ(redis("ZADD z XX CH GT 5 a 0 b 9 d"), "1");
  EXPECT_EQ(redis("ZSCORE z a"), "\"5\"");
  EXPECT_EQ(redis("ZADD z INCR 0.1 c"), "\"0.10000000000000001\"");
  EXPECT_EQ(redis("ZADD z nan a"), "(error) ERR value is not a valid float");
}

TEST(RedisSortedSet, DropsTheTimedOutHoldersOfASemaphore) {
  Play redis;
  redis("ZADD s 100 a 200 b 300 c");
  EXPECT_EQ(redis("ZREMRANGEBYSCORE s -inf (200"), "1");
  EXPECT_EQ(redis("ZCOUNT s 200 +inf"), "2");
  EXPECT_EQ(redis("ZRANGEBYSCORE s -inf +inf WITHSCORES LIMIT 1 1"), "[\"c\", \"300\"]");
  EXPECT_EQ(redis("ZREMRANGEBYRANK s 0 -1"), "2");
  EXPECT_EQ(redis("EXISTS s"), "0");
}

RC_GTEST_PROP(RedisSortedSet, StaysSortedWhateverIsDoneToIt, ()) {
  SortedSet set;
  std::map<std::string, double> expected;
  const auto steps = *rc::gen::container<std::vector<std::pair<int, int>>>(
      rc::gen::pair(rc::gen::inRange(0, 8), rc::gen::inRange(-1, 5)));
  for (const auto& [name, score] : steps) {
    const std::string member = std::to_string(name);
    if (score < 0) {
      RC_ASSERT(set.erase(member) == (expected.erase(member) == 1));
    } else {
      set.set(member, score);
      expected[member] = score;
    }
  }
  RC_ASSERT(set.members().size() == expected.size());
  for (std::size_t i = 0; i < set.members().size(); ++i) {
    const auto& member = set.members()[i];
    RC_ASSERT(expected.at(member.name) == member.score);
    if (i == 0) continue;
    const auto& before = set.members()[i - 1];
    RC_ASSERT(std::pair(before.score, before.name) < std::pair(member.score, member.name));
  }
}

}  // namespace
}  // namespace lockstep::redis
