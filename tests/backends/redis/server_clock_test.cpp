// Servers expire keys by their own wall clock: rows 17, 24, 25 and 27 of E1 in lock-algorithms.md.
#include <gtest/gtest.h>

#include "tests/backends/redis/cluster_play.hpp"

namespace lockstep::redis {
namespace {

const ClusterPlay::Sets alone = {{"replicas", std::int64_t{0}},
                                 {"persistence", std::string("aof")}};

std::string try_to_lock(ClusterPlay& play, const std::string& owner) {
  return play.ask("redis-1", "SET lock:a " + owner + " NX PX 30000");
}

TEST(RedisServerClock, GoesOnWhileTheServerIsDown) {
  ClusterPlay play(alone);
  try_to_lock(play, "me");
  play.node("redis-1").kill();
  play.pass(31s);
  play.node("redis-1").start();
  play.pass(10ms);
  EXPECT_EQ(play.ask("redis-1", "DBSIZE"), "0");
}

TEST(RedisServerClock, AJumpAheadEndsALockAtOnceAndOneBackProlongsIt) {
  ClusterPlay play(alone);
  try_to_lock(play, "me");
  play.node("redis-1").jump_wall(60s);
  EXPECT_EQ(try_to_lock(play, "you"), "OK");
  play.node("redis-1").jump_wall(-60s);
  const std::int64_t left = std::stoll(play.ask("redis-1", "PTTL lock:a"));
  EXPECT_GT(left, 89'000);
  EXPECT_LE(left, 90'000);
}

TEST(RedisServerClock, AheadAtARestartItDropsTheKeyFromTheLog) {
  ClusterPlay play(alone);
  try_to_lock(play, "me");
  play.node("redis-1").kill();
  play.node("redis-1").jump_wall(200s);
  play.node("redis-1").start();
  play.pass(10ms);
  EXPECT_EQ(try_to_lock(play, "you"), "OK");
}

TEST(RedisServerClock, TwiceAsFastItEndsALockInHalfTheTime) {
  for (const auto& [waited, answer] : {std::pair(14s, "(nil)"), std::pair(16s, "OK")}) {
    ClusterPlay play(alone);
    play.node("redis-1").set_rate(ClockKind::wall, 1'000'000'000);
    try_to_lock(play, "me");
    play.pass(waited);
    EXPECT_EQ(try_to_lock(play, "you"), answer);
  }
}

}  // namespace
}  // namespace lockstep::redis
