// MULTI, WATCH: all of it or nothing, but no rollback.
#include <gtest/gtest.h>

#include "tests/backends/redis_play.hpp"

namespace lockstep::redis {
namespace {

TEST(RedisTransaction, RunsAllCommandsEvenPastOneThatFails) {
  Play redis;
  redis("HSET h f v");
  EXPECT_EQ(redis("MULTI"), "OK");
  EXPECT_EQ(redis("INCR h"), "QUEUED");
  EXPECT_EQ(redis("SET w 1"), "QUEUED");
  EXPECT_EQ(redis.other("GET w"), "(nil)");
  EXPECT_EQ(redis("EXEC"),
            "[(error) WRONGTYPE Operation against a key holding the wrong kind of value, OK]");
  EXPECT_EQ(redis("GET w"), "\"1\"");
}

TEST(RedisTransaction, ACommandRefusedWhileQueueingAbortsIt) {
  Play redis;
  redis("MULTI");
  redis("SET k v");
  redis("GET");
  EXPECT_EQ(redis("EXEC"), "(error) EXECABORT Transaction discarded because of previous errors.");
  EXPECT_EQ(redis("EXISTS k"), "0");
  EXPECT_EQ(redis("EXEC"), "(error) ERR EXEC without MULTI");
}

class RedisWatch : public testing::Test {
 protected:
  std::string exec_after(const std::string& meanwhile, std::int64_t ms = 0) {
    redis("SET k v PX 1000");
    redis("WATCH k");
    if (!meanwhile.empty()) redis.other(meanwhile);
    redis.pass_ms(ms);
    redis("MULTI");
    redis("PING");
    return redis("EXEC");
  }
  Play redis;
};

TEST_F(RedisWatch, LetsAnUntouchedKeyPass) {
  EXPECT_EQ(exec_after("GET k"), "[PONG]");
}
TEST_F(RedisWatch, AbortsOnTheSameValue) {
  EXPECT_EQ(exec_after("SET k v"), "(nil array)");
}
TEST_F(RedisWatch, AbortsOnAChangedDeadline) {
  EXPECT_EQ(exec_after("PEXPIRE k 5000"), "(nil array)");
}
TEST_F(RedisWatch, AbortsOnDeletion) {
  EXPECT_EQ(exec_after("DEL k"), "(nil array)");
}
TEST_F(RedisWatch, AbortsOnFlush) {
  EXPECT_EQ(exec_after("FLUSHALL"), "(nil array)");
}
TEST_F(RedisWatch, AbortsWhenTheKeyExpired) {
  EXPECT_EQ(exec_after("", 1001), "(nil array)");
}
TEST_F(RedisWatch, AbortsWhenTheExpiredKeyWasRemoved) {
  redis("SET k v PX 1000");
  redis("WATCH k");
  redis.pass_ms(1001);
  redis.db.active_expire_cycle(redis.now_us);
  redis("MULTI");
  EXPECT_EQ(redis("EXEC"), "(nil array)");
}

TEST_F(RedisWatch, DoesNotMindTheRemovalOfAKeyThatWasDeadBefore) {
  redis("SET k v PX 1000");
  redis.pass_ms(1001);
  redis("WATCH k");
  redis.other("GET k");
  redis("MULTI");
  EXPECT_EQ(redis("EXEC"), "[]");
}

TEST_F(RedisWatch, MindsTheRebirthOfAKeyThatWasDeadBefore) {
  redis("SET k v PX 1000");
  redis.pass_ms(1001);
  redis("WATCH k");
  redis.other("SET k v");
  redis("MULTI");
  EXPECT_EQ(redis("EXEC"), "(nil array)");
}

TEST_F(RedisWatch, IsOverAfterExecDiscardAndUnwatch) {
  exec_after("SET k v");
  redis("MULTI");
  EXPECT_EQ(redis("EXEC"), "[]");
  redis("WATCH k");
  redis("UNWATCH");
  EXPECT_EQ(exec_after(""), "[PONG]");
}

TEST(RedisTransaction, ADisconnectedSessionLeavesNothingBehind) {
  Play redis;
  {
    Session gone(3);
    redis.run(gone, "WATCH k");
    redis.run(gone, "SUBSCRIBE c");
    redis.db.disconnect(gone);
  }
  EXPECT_EQ(redis("SET k v"), "OK");
  EXPECT_EQ(redis("PUBLISH c m"), "0");
}

}  // namespace
}  // namespace lockstep::redis
