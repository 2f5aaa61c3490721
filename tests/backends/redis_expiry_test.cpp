// Deadlines: when a key is dead, who notices, and what is announced.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "tests/backends/redis_play.hpp"

namespace lockstep::redis {
namespace {

TEST(RedisExpiry, AKeyIsAliveAtItsDeadlineAndDeadAMillisecondLater) {
  Play redis;
  redis("SET k v PX 100");
  redis.pass_ms(100);
  EXPECT_EQ(redis("GET k"), "\"v\"");
  redis.pass_ms(1);
  EXPECT_EQ(redis("GET k"), "(nil)");
  EXPECT_EQ(redis("SET k w NX"), "OK");
}

TEST(RedisExpiry, DeadlinesInThePastDeleteAtOnce) {
  Play redis;
  const std::string now = std::to_string(redis.now_us / 1000);
  for (const std::string command : {"PEXPIRE k -1", "EXPIRE k 0", "PEXPIREAT k 1"}) {
    redis("SET k v");
    EXPECT_EQ(redis(command), "1");
    EXPECT_EQ(redis("DBSIZE"), "0");
  }
  redis("SET k v");
  redis("PEXPIREAT k " + now);
  EXPECT_EQ(redis("EXISTS k"), "0");
  EXPECT_EQ(redis("SET k v PXAT " + now), "OK");
  EXPECT_EQ(redis("EXISTS k"), "1");
  EXPECT_EQ(redis("SET k v PXAT 1"), "OK");
  EXPECT_EQ(redis("EXISTS k"), "0");
}

TEST(RedisExpiry, ConditionsTreatNoDeadlineAsInfinite) {
  Play redis;
  const auto on_lasting = [&redis](const std::string& condition) {
    redis("SET k v");
    return redis("EXPIRE k 10 " + condition);
  };
  EXPECT_EQ(on_lasting("XX"), "0");
  EXPECT_EQ(on_lasting("NX"), "1");
  EXPECT_EQ(on_lasting("GT"), "0");
  EXPECT_EQ(on_lasting("LT"), "1");
  EXPECT_EQ(redis("EXPIRE k 20 LT"), "0");
  EXPECT_EQ(redis("EXPIRE k 20 GT"), "1");
  EXPECT_EQ(redis("EXPIRE k 20 NX"), "0");
  EXPECT_EQ(redis("EXPIRE k 30 XX GT"), "1");
  EXPECT_EQ(redis("TTL k"), "30");
}

TEST(RedisExpiry, TtlRoundsToTheNearestSecond) {
  Play redis;
  const auto ttl_of = [&redis](const std::string& ms) {
    redis("SET k v PX " + ms);
    return redis("TTL k");
  };
  EXPECT_EQ(ttl_of("400"), "0");
  EXPECT_EQ(ttl_of("600"), "1");
  EXPECT_EQ(ttl_of("1499"), "1");
  redis("SET k v");
  EXPECT_EQ(redis("TTL k"), "-1");
  EXPECT_EQ(redis("TTL nothing"), "-2");
}

TEST(RedisExpiry, AForwardJumpOfTheClockEndsALeaseAndABackwardOneLengthensIt) {
  Play redis;
  redis("SET k v PX 30000");
  redis.pass_ms(60'000);
  EXPECT_EQ(redis.other("SET k w NX PX 30000"), "OK");
  redis.pass_ms(-60'000);
  EXPECT_EQ(redis("PTTL k"), "90000");
}

TEST(RedisExpiry, DeadKeysAreCountedUntilTheyAreTouchedOrSampled) {
  Play redis;
  redis("SET a v PX 10");
  redis("SET b v PX 10");
  redis.pass_ms(11);
  EXPECT_EQ(redis("DBSIZE"), "2");
  EXPECT_EQ(redis("GET a"), "(nil)");
  EXPECT_EQ(redis("DBSIZE"), "1");
  redis.db.active_expire_cycle(redis.now_us);
  EXPECT_EQ(redis("DBSIZE"), "0");
}

TEST(RedisExpiry, TheEventComesWithTheRemovalNotWithTheDeadline) {
  Play redis;
  redis("CONFIG SET notify-keyspace-events Ex");
  redis.other("SUBSCRIBE __keyevent@0__:expired");
  redis("SET k v PX 100");
  redis.pass_ms(150);
  redis("PING");
  EXPECT_TRUE(redis.two.pushes.empty());
  redis.db.active_expire_cycle(redis.now_us);
  ASSERT_EQ(redis.two.pushes.size(), 1u);
  EXPECT_EQ(describe(redis.two.pushes[0]), "[\"message\", \"__keyevent@0__:expired\", \"k\"]");
  EXPECT_EQ(redis.db.take_woken(), std::vector<Session*>{&redis.two});
}

RC_GTEST_PROP(RedisExpiry, CyclesRemoveEveryDeadKeyAndNoLivingOne, ()) {
  Play redis;
  const auto deadlines = *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 200));
  std::size_t living = 0;
  for (std::size_t i = 0; i < deadlines.size(); ++i) {
    const std::string key = "k" + std::to_string(i);
    if (deadlines[i] == 0) {
      redis("SET " + key + " v");
    } else {
      redis("SET " + key + " v PX " + std::to_string(deadlines[i]));
    }
    living += deadlines[i] == 0 || deadlines[i] >= 100;
  }
  redis.pass_ms(100);
  for (std::size_t i = 0; i <= deadlines.size() / 18 + 1; ++i) {
    redis.db.active_expire_cycle(redis.now_us);
  }
  RC_ASSERT(redis.db.keys().size() == living);
}

}  // namespace
}  // namespace lockstep::redis
