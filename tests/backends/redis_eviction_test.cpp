// Memory pressure: a lock is a key like any other.
#include <gtest/gtest.h>

#include "tests/backends/redis_play.hpp"

namespace lockstep::redis {
namespace {

/// Fills a server of 2 MB with 3,000 values of 1 KB under the given policy.
struct Pressure {
  explicit Pressure(const std::string& policy) {
    redis.db.observe([this](const Change& change) {
      if (change.cause == ChangeCause::evicted) evicted.insert(change.key);
    });
    redis("CONFIG SET maxmemory 2mb maxmemory-policy " + policy);
    redis("SET lock owner NX PX 600000");
    for (int i = 0; i < 3000; ++i) {
      redis.pass_ms(10);
      last = redis("SET fill:" + std::to_string(i) + " " + std::string(1000, 'x'));
    }
  }
  Play redis;
  std::set<std::string> evicted;
  std::string last;
};

TEST(RedisEviction, WithoutAPolicyWritesAreRefusedAndReadsAreNot) {
  Pressure full("noeviction");
  EXPECT_EQ(full.last, "(error) OOM command not allowed when used memory > 'maxmemory'.");
  EXPECT_EQ(full.redis("GET lock"), "\"owner\"");
  EXPECT_EQ(full.redis("DEL lock"), "1");
  EXPECT_TRUE(full.evicted.empty());
}

TEST(RedisEviction, AllKeysLruTakesALockThatNobodyReads) {
  Pressure full("allkeys-lru");
  EXPECT_EQ(full.last, "OK");
  EXPECT_TRUE(full.evicted.contains("lock"));
}

TEST(RedisEviction, VolatilePoliciesTakeExactlyTheKeysWithADeadline) {
  for (const std::string policy :
       {"volatile-lru", "volatile-lfu", "volatile-ttl", "volatile-random"}) {
    Pressure full(policy);
    EXPECT_EQ(full.evicted, std::set<std::string>{"lock"}) << policy;
    EXPECT_EQ(full.last, "(error) OOM command not allowed when used memory > 'maxmemory'.");
  }
}

}  // namespace
}  // namespace lockstep::redis
