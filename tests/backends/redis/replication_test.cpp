// Asynchronous replication: rows 17 to 26 of E1 in lock-algorithms.md that need no Sentinel.
#include "backends/redis/replication.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/backends/redis/cluster_play.hpp"

namespace lockstep::redis {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

TEST(RedisReplica, HasWhatItsMasterWroteMomentsAgo) {
  ClusterPlay play;
  EXPECT_EQ(play.ask("redis-1", "SET k v"), "OK");
  EXPECT_EQ(play.eval("redis-1", "redis.call('incr', 'a') redis.call('rpush', 'l', 1, 2)"),
            "(nil)");
  play.pass(10ms);
  EXPECT_EQ(play.ask("redis-2", "GET k"), "\"v\"");
  EXPECT_EQ(play.ask("redis-2", "GET a"), "\"1\"");
  EXPECT_EQ(play.ask("redis-2", "LRANGE l 0 -1"), "[\"1\", \"2\"]");
}

TEST(RedisReplica, TakesAWholeCopyWhenItBeginsToFollow) {
  ClusterPlay play;
  play.node("redis-2").kill();
  play.ask("redis-1", "SET k v PX 60000");
  play.node("redis-2").start();
  play.pass(100ms);
  EXPECT_EQ(play.ask("redis-2", "GET k"), "\"v\"");
  EXPECT_THAT(play.ask("redis-2", "ROLE"),
              HasSubstr("\"slave\", \"10.0.0.1\", 6379, \"connected\""));
  EXPECT_THAT(play.ask("redis-1", "ROLE"), HasSubstr("\"10.0.0.2\", \"6379\""));
}

TEST(RedisReplica, ComesBackToAMasterThatWasAway) {
  ClusterPlay play;
  play.node("redis-1").power_off();
  play.node("redis-1").start();
  play.pass(3s);
  play.ask("redis-1", "SET k v");
  play.pass(10ms);
  EXPECT_EQ(play.ask("redis-2", "GET k"), "\"v\"");
}

TEST(RedisReplica, RefusesWritesOfClientsAndScripts) {
  ClusterPlay play;
  EXPECT_THAT(play.ask("redis-2", "SET k v"), StartsWith("(error) READONLY"));
  EXPECT_THAT(play.eval("redis-2", "return redis.call('set', 'k', 'v')"),
              StartsWith("(error) READONLY"));
  EXPECT_EQ(play.eval("redis-2", "return redis.call('get', 'k')"), "(nil)");
  EXPECT_THAT(play.ask("redis-2", "WAIT 1 100"), StartsWith("(error) ERR WAIT cannot be used"));
}

TEST(RedisReplica, RefusesAWholeTransactionForOneWrite) {
  Play redis;
  redis("MULTI");
  redis("SET k v");
  redis.db.follow("10.0.0.9", default_port);
  EXPECT_EQ(redis("EXEC"),
            "(error) EXECABORT Transaction discarded because of: READONLY You can't write against "
            "a read only replica.");
  redis("MULTI");
  EXPECT_THAT(redis("SET k v"), StartsWith("(error) READONLY"));
  EXPECT_THAT(redis("EXEC"), StartsWith("(error) EXECABORT"));
}

/// E1, row 18: the master does not touch the key, for its clock runs behind.
TEST(RedisReplica, HidesAnExpiredKeyAndKeepsCountingIt) {
  ClusterPlay play;
  play.node("redis-1").jump_wall(-60s);
  play.ask("redis-1", "SET k v PX 10000");
  play.pass(200ms);
  EXPECT_EQ(play.ask("redis-2", "GET k"), "(nil)");
  EXPECT_EQ(play.ask("redis-2", "TTL k"), "-2");
  EXPECT_EQ(play.ask("redis-2", "EXISTS k"), "0");
  EXPECT_EQ(play.ask("redis-2", "KEYS *"), "[]");
  EXPECT_EQ(play.ask("redis-2", "DBSIZE"), "1");
  play.ask("redis-1", "DEL k");
  play.pass(10ms);
  EXPECT_EQ(play.ask("redis-2", "DBSIZE"), "0");
}

/// E1, row 26.
TEST(RedisReplica, ExpiresByItsOwnClockOncePromoted) {
  for (const bool ahead : {true, false}) {
    ClusterPlay play;
    play.node("redis-2").jump_wall(ahead ? 60s : -60s);
    play.ask("redis-1", "SET lock:a me NX PX 30000");
    play.pass(10ms);
    play.node("redis-1").power_off();
    EXPECT_EQ(play.ask("redis-2", "REPLICAOF NO ONE"), "OK");
    if (ahead) {
      EXPECT_EQ(play.ask("redis-2", "SET lock:a you NX PX 30000"), "OK");
    } else {
      play.pass(45s);
      EXPECT_EQ(play.ask("redis-2", "SET lock:a you NX PX 30000"), "(nil)");
    }
  }
}

/// E1, row 19.
TEST(RedisReplica, WithoutItsLinkTheAcknowledgedLockIsLostWithTheMaster) {
  ClusterPlay play;
  play.ask("redis-1", "INCR before");
  play.pass(10ms);
  play.cut("redis-1", "redis-2");
  EXPECT_EQ(play.ask("redis-1", "SET lock:a me NX PX 30000"), "OK");
  EXPECT_EQ(play.ask("redis-1", "INCR fence"), "1");
  EXPECT_EQ(play.ask("redis-1", "WAIT 1 300"), "0");
  play.node("redis-1").kill();
  play.ask("redis-2", "REPLICAOF NO ONE");
  EXPECT_EQ(play.ask("redis-2", "GET before"), "\"1\"");
  EXPECT_EQ(play.ask("redis-2", "SET lock:a you NX PX 30000"), "OK");
  EXPECT_EQ(play.ask("redis-2", "INCR fence"), "1");
}

/// E1, row 20: what was sent waits in the socket of the stopped process.
TEST(RedisReplica, StoppedItLosesNothing) {
  ClusterPlay play;
  play.node("redis-2").pause();
  play.ask("redis-1", "SET lock:a me NX PX 30000");
  play.pass(10ms);
  play.node("redis-1").kill();
  play.node("redis-2").resume();
  play.pass(10ms);
  play.ask("redis-2", "REPLICAOF NO ONE");
  EXPECT_EQ(play.ask("redis-2", "SET lock:a you NX PX 30000"), "(nil)");
}

/// E1, row 21.
TEST(RedisWait, WhatAReplicaHasReceivedSurvivesTheMaster) {
  ClusterPlay play;
  play.ask("redis-1", "SET lock:a me NX PX 30000");
  EXPECT_EQ(play.ask("redis-1", "WAIT 1 1000"), "1");
  play.node("redis-1").power_off();
  play.ask("redis-2", "REPLICAOF NO ONE");
  EXPECT_EQ(play.ask("redis-2", "SET lock:a you NX PX 30000"), "(nil)");
}

TEST(RedisWait, AnswersAsSoonAsEnoughHaveReceived) {
  ClusterPlay play({{"replicas", std::int64_t{2}}});
  play.cut("redis-1", "redis-3");
  play.ask("redis-1", "SET k v");
  const WorldTime before = play.world.now();
  EXPECT_EQ(play.ask("redis-1", "WAIT 1 0"), "1");
  EXPECT_LT(play.world.now() - before, 10ms);
  EXPECT_EQ(play.ask("redis-1", "WAIT 2 300"), "1");
  EXPECT_GE(play.world.now() - before, 300ms);
}

TEST(RedisWait, WaitsForTheWritesOfItsOwnConnectionAlone) {
  ClusterPlay play;
  play.ask("redis-1", "SET k v");
  EXPECT_EQ(play.ask("redis-1", "WAIT 1 1000"), "1");
  play.cut("redis-1", "redis-2");
  EXPECT_EQ(play.ask("redis-1", "WAIT 1 300"), "1");
  play.ask("redis-1", "SET k w");
  EXPECT_EQ(play.ask("redis-1", "WAIT 1 300"), "0");
}

/// E1, row 22.
TEST(RedisMinReplicas, WithoutThemWritesAndWritingScriptsAreRefusedAndReadsAreNot) {
  ClusterPlay play(
      {{"min_replicas_to_write", std::int64_t{1}}, {"min_replicas_max_lag", std::int64_t{1}}});
  EXPECT_EQ(play.ask("redis-1", "SET k v"), "OK");
  play.cut("redis-1", "redis-2");
  play.pass(3s);
  EXPECT_EQ(play.ask("redis-1", "SET k w"),
            "(error) NOREPLICAS Not enough good replicas to write.");
  EXPECT_THAT(play.eval("redis-1", "return redis.call('set', 'k', 'w')"),
              StartsWith("(error) NOREPLICAS"));
  EXPECT_EQ(play.ask("redis-1", "GET k"), "\"v\"");
  EXPECT_EQ(play.eval("redis-1", "return redis.call('get', 'k')"), "\"v\"");
  play.mend("redis-1", "redis-2");
  play.pass(3s);
  EXPECT_EQ(play.ask("redis-1", "SET k w"), "OK");
}

/// E1, row 23.
TEST(RedisDemotedMaster, DiscardsItsWritesForThoseOfItsNewMaster) {
  ClusterPlay play;
  play.cut("redis-1", "redis-2");
  play.ask("redis-1", "SET lock:a me");
  play.ask("redis-1", "SET mine v");
  play.ask("redis-2", "REPLICAOF NO ONE");
  play.ask("redis-2", "SET lock:a you");
  play.mend("redis-1", "redis-2");
  EXPECT_EQ(play.ask("redis-1", "REPLICAOF 10.0.0.2 6379"), "OK");
  EXPECT_EQ(play.ask("redis-1", "REPLICAOF 10.0.0.2 6379"),
            "OK Already connected to specified master");
  play.pass(100ms);
  EXPECT_EQ(play.ask("redis-1", "GET lock:a"), "\"you\"");
  EXPECT_EQ(play.ask("redis-1", "EXISTS mine"), "0");
  EXPECT_THAT(play.ask("redis-1", "SET lock:a me"), StartsWith("(error) READONLY"));
}

TEST(RedisDemotedMaster, StaysAReplicaWhenItIsStartedAgain) {
  ClusterPlay play;
  play.ask("redis-2", "REPLICAOF NO ONE");
  play.ask("redis-1", "REPLICAOF 10.0.0.2 6379");
  play.pass(100ms);
  for (const char* name : {"redis-1", "redis-2"}) {
    play.node(name).kill();
    play.node(name).start();
  }
  play.pass(3s);
  EXPECT_EQ(play.role("redis-1"), "slave");
  EXPECT_EQ(play.role("redis-2"), "master");
}

TEST(RedisReplica, KeepsItsCopyOnItsOwnDisk) {
  ClusterPlay play({{"persistence", std::string("aof")}, {"appendfsync", std::string("always")}});
  play.ask("redis-1", "SET k v");
  play.ask("redis-1", "INCR n");
  play.pass(100ms);
  play.node("redis-1").power_off();
  play.node("redis-2").power_off();
  play.node("redis-2").start();
  play.pass(100ms);
  EXPECT_EQ(play.ask("redis-2", "GET k"), "\"v\"");
  EXPECT_EQ(play.ask("redis-2", "GET n"), "\"1\"");
}

/// A grant is announced by whoever may give it, and once.
TEST(RedisReplica, TellsTheRecordNothingUntilItIsAMaster) {
  ClusterPlay play;
  play.ask("redis-1", "SET lock:a me NX PX 30000");
  play.pass(10ms);
  ASSERT_EQ(play.changes.size(), 1u);
  EXPECT_EQ(play.changes[0].first, "redis-1");
  play.ask("redis-2", "REPLICAOF NO ONE");
  ASSERT_EQ(play.changes.size(), 2u);
  EXPECT_EQ(play.changes[1].first, "redis-2");
  EXPECT_EQ(play.changes[1].second.cause, ChangeCause::restart);
  EXPECT_EQ(play.changes[1].second.after, "me");
  play.ask("redis-1", "REPLICAOF 10.0.0.2 6379");
  ASSERT_EQ(play.changes.size(), 3u);
  EXPECT_EQ(play.changes[2].first, "redis-1");
  EXPECT_EQ(play.changes[2].second.before, "me");
  EXPECT_FALSE(play.changes[2].second.after.has_value());
}

}  // namespace
}  // namespace lockstep::redis
