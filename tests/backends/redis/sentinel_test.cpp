// Sentinels: who is the master, who decides it, and what becomes of the one that was.
#include "backends/redis/sentinel.hpp"

#include <gtest/gtest.h>

#include "tests/backends/redis/cluster_play.hpp"

namespace lockstep::redis {
namespace {

const ClusterPlay::Sets watched = {{"replicas", std::int64_t{2}}, {"sentinels", std::int64_t{3}}};

std::string master_by(ClusterPlay& play, const std::string& sentinel) {
  return play.ask(sentinel, "SENTINEL get-master-addr-by-name mymaster-1");
}
std::string address(int redis) {
  return "[\"10.0.0." + std::to_string(redis) + "\", \"6379\"]";
}

TEST(RedisSentinel, KnowsTheMasterOfTheDeployment) {
  ClusterPlay play(watched);
  EXPECT_EQ(master_by(play, "sentinel-1"), address(1));
  EXPECT_EQ(play.ask("sentinel-1", "SENTINEL get-master-addr-by-name other"), "(nil array)");
}

TEST(RedisSentinel, LeavesAHealthyMasterAlone) {
  ClusterPlay play(watched);
  play.pass(60s);
  EXPECT_EQ(play.role("redis-1"), "master");
  EXPECT_EQ(play.role("redis-2"), "slave");
  EXPECT_EQ(play.role("redis-3"), "slave");
}

TEST(RedisSentinel, LeavesAMasterAloneThatIsSilentForLessThanDownAfter) {
  ClusterPlay play(watched);
  play.node("redis-1").pause();
  play.pass(700ms);
  play.node("redis-1").resume();
  play.pass(10s);
  EXPECT_EQ(play.role("redis-1"), "master");
}

TEST(RedisSentinel, PromotesAReplicaOfADeadMasterAndAllFollowIt) {
  ClusterPlay play(watched);
  play.ask("redis-1", "SET k v");
  play.pass(10ms);
  play.node("redis-1").kill();
  play.pass(5s);
  const std::string master = master_by(play, "sentinel-1");
  EXPECT_TRUE(master == address(2) || master == address(3)) << master;
  EXPECT_EQ(master_by(play, "sentinel-2"), master);
  EXPECT_EQ(master_by(play, "sentinel-3"), master);
  const std::string now = master == address(2) ? "redis-2" : "redis-3";
  const std::string other = master == address(2) ? "redis-3" : "redis-2";
  EXPECT_EQ(play.role(now), "master");
  EXPECT_EQ(play.role(other), "slave");
  EXPECT_EQ(play.ask(now, "GET k"), "\"v\"");
  play.ask(now, "SET k w");
  play.pass(10ms);
  EXPECT_EQ(play.ask(other, "GET k"), "\"w\"");
}

TEST(RedisSentinel, PromotesTheReplicaThatHasReceivedMost) {
  for (const std::string behind : {"redis-2", "redis-3"}) {
    ClusterPlay play(watched);
    play.cut("redis-1", behind);
    play.ask("redis-1", "SET k v");
    play.pass(100ms);
    play.node("redis-1").power_off();
    play.pass(5s);
    EXPECT_EQ(play.role(behind), "slave");
    EXPECT_EQ(play.role(behind == "redis-2" ? "redis-3" : "redis-2"), "master");
  }
}

TEST(RedisSentinel, DemotesTheOldMasterWhenItReturns) {
  ClusterPlay play(watched);
  play.node("redis-1").kill();
  play.pass(5s);
  play.node("redis-1").start();
  play.pass(10s);
  EXPECT_EQ(play.role("redis-1"), "slave");
  EXPECT_NE(master_by(play, "sentinel-1"), address(1));
}

TEST(RedisSentinel, AMinorityFailsNobodyOver) {
  ClusterPlay play(watched);
  play.isolate({"redis-2", "redis-3", "sentinel-1", "client"});
  play.pass(20s);
  EXPECT_EQ(master_by(play, "sentinel-1"), address(1));
  EXPECT_EQ(play.role("redis-2"), "slave");
  EXPECT_EQ(play.role("redis-3"), "slave");
}

TEST(RedisSentinel, ThePartitionedMasterServesItsMinorityUntilTheHeal) {
  ClusterPlay play(watched);
  const std::vector<std::string> minority = {"redis-1", "sentinel-1"};
  for (const std::string& inside : minority) {
    for (const char* outside : {"redis-2", "redis-3", "sentinel-2", "sentinel-3"}) {
      play.cut(inside, outside);
    }
  }
  play.pass(5s);
  EXPECT_EQ(master_by(play, "sentinel-1"), address(1));
  EXPECT_EQ(play.ask("redis-1", "SET lock:a me NX PX 60000"), "OK");
  const std::string master = master_by(play, "sentinel-2");
  const std::string now = master == address(2) ? "redis-2" : "redis-3";
  EXPECT_EQ(play.ask(now, "SET lock:a you NX PX 60000"), "OK");
  for (const std::string& inside : minority) {
    for (const char* outside : {"redis-2", "redis-3", "sentinel-2", "sentinel-3"}) {
      play.mend(inside, outside);
    }
  }
  play.pass(10s);
  EXPECT_EQ(master_by(play, "sentinel-1"), master);
  EXPECT_EQ(play.role("redis-1"), "slave");
  EXPECT_EQ(play.ask("redis-1", "GET lock:a"), "\"you\"");
}

TEST(RedisSentinel, KeepsItsPromisesThroughARestart) {
  ClusterPlay play(watched);
  EXPECT_EQ(play.ask("sentinel-1", "SENTINEL VOTE mymaster-1 7 10.0.0.5"), "[\"10.0.0.5\", 7]");
  play.node("sentinel-1").power_off();
  play.node("sentinel-1").start();
  play.pass(100ms);
  EXPECT_EQ(play.ask("sentinel-1", "SENTINEL VOTE mymaster-1 7 10.0.0.6"), "[\"10.0.0.5\", 7]");
  EXPECT_EQ(play.ask("sentinel-1", "SENTINEL VOTE mymaster-1 8 10.0.0.6"), "[\"10.0.0.6\", 8]");
}

/// What a client that asks Sentinels reads of `n` after it has counted up once, each time.
Task<void> count_up(Env& env, Endpoint endpoint, std::vector<std::string>& answers) {
  ClientOptions options;
  options.connect_timeout = 200ms;
  options.request_timeout = 200ms;
  Client client(env, std::move(endpoint), options);
  for (int i = 0; i < 40; ++i) {
    const auto reply = co_await client.call(words("INCR", "n"));
    answers.push_back(reply ? describe(*reply) : std::string(name_of(reply.error().code)));
    co_await env.sleep_for(500ms);
  }
}

TEST(RedisSentinelClient, FindsTheNewMasterByItself) {
  ClusterPlay play(watched);
  LockOptions lock;
  lock.servers = play.servers;
  lock.settings = play.settings;
  std::vector<std::string> answers;
  const auto counter = [&](Env& env) { return count_up(env, endpoint_of(lock), answers); };
  play.world.add("counter", counter);
  play.pass(2100ms);
  play.node("redis-1").power_off();
  play.pass(10s);
  play.node("redis-1").start();
  play.pass(10s);
  ASSERT_GE(answers.size(), 20u);
  EXPECT_EQ(answers[3], "4");
  EXPECT_EQ(answers.back(),
            std::to_string(answers.size() -
                           static_cast<std::size_t>(std::count_if(
                               answers.begin(), answers.end(), [](const std::string& answer) {
                                 return answer.find_first_of("0123456789") == std::string::npos;
                               }))));
  EXPECT_EQ(play.role("redis-1"), "slave");
}

}  // namespace
}  // namespace lockstep::redis
