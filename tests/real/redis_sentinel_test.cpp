// A real master with a replica and three real Sentinels, and the simulated ones: who is the master
// after the first one died, what it still knows, and what becomes of the one that returns.
#include <gtest/gtest.h>

#include "tests/real/redis_duo.hpp"

namespace lockstep::redis {
namespace {

using Answers = std::vector<std::string>;
using std::chrono::milliseconds;

std::string sentinel_line(const std::string& rest) {
  return "sentinel " + rest;
}

/// The same questions to either, by the number of the redis server: 1 begins as master.
class Watched {
 public:
  virtual ~Watched() = default;
  virtual std::string ask(int server, const std::string& line) = 0;
  virtual std::string eval(int server, const std::string& script) = 0;
  /// The server that the first Sentinel says is the master.
  virtual int master() = 0;
  virtual void kill_master() = 0;
  virtual void start_old_master() = 0;
  virtual void pass(milliseconds length) = 0;

  bool until(const std::function<bool()>& condition) {
    for (int i = 0; i < 3000 && !condition(); ++i) pass(milliseconds(20));
    return condition();
  }
  std::string role(int server) {
    const std::string answer = ask(server, "ROLE");
    return answer.substr(0, answer.find(','));
  }
};

class RealWatched final : public Watched {
 public:
  RealWatched()
      : master_({"--repl-diskless-sync-delay", "0"}),
        replica_({"--repl-diskless-sync-delay", "0", "--replicaof", "127.0.0.1",
                  std::to_string(master_.port())}) {
    until([this] { return ask(2, "ROLE").find("connected") != std::string::npos; });
    RedisProcess::SentinelLines lines;
    const std::string name = "mymaster-1 ";
    lines.lines = {
        sentinel_line("monitor " + name + "127.0.0.1 " + std::to_string(master_.port()) + " 2"),
        sentinel_line("down-after-milliseconds " + name + "2000"),
        sentinel_line("failover-timeout " + name + "10000")};
    for (int i = 0; i < 3; ++i) sentinels_.push_back(std::make_unique<RedisProcess>(lines));
    // A replica that a Sentinel has not heard of, or not as connected, can't be promoted by it.
    for (const auto& sentinel : sentinels_) {
      until([&] {
        RedisConnection connection(sentinel->port());
        const std::string known = describe(connection.call({"SENTINEL", "REPLICAS", "mymaster-1"}));
        const std::string peers = describe(connection.call({"SENTINEL", "MASTER", "mymaster-1"}));
        return known.find("\"master-link-status\", \"ok\"") != std::string::npos &&
               peers.find("\"num-other-sentinels\", \"2\"") != std::string::npos;
      });
    }
  }
  std::string ask(int server, const std::string& line) override {
    return describe(RedisConnection(process(server).port()).call(Play::split(line)));
  }
  std::string eval(int server, const std::string& script) override {
    return describe(RedisConnection(process(server).port()).call({"EVAL", script, "0"}));
  }
  int master() override {
    const Reply address = RedisConnection(sentinels_[0]->port())
                              .call({"SENTINEL", "GET-MASTER-ADDR-BY-NAME", "mymaster-1"});
    return address.elements.at(1).text == std::to_string(master_.port()) ? 1 : 2;
  }
  void kill_master() override { master_.kill(); }
  void start_old_master() override { master_.kill_and_restart(); }
  void pass(milliseconds length) override { std::this_thread::sleep_for(length); }

 private:
  RedisProcess& process(int server) { return server == 1 ? master_ : replica_; }

  RedisProcess master_;
  RedisProcess replica_;
  std::vector<std::unique_ptr<RedisProcess>> sentinels_;
};

class SimulatedWatched final : public Watched {
 public:
  SimulatedWatched() : play_({{"sentinels", std::int64_t{3}}, {"down_after", Duration(2s)}}) {}
  std::string ask(int server, const std::string& line) override {
    return play_.ask("redis-" + std::to_string(server), line);
  }
  std::string eval(int server, const std::string& script) override {
    return play_.eval("redis-" + std::to_string(server), script);
  }
  int master() override {
    const std::string address =
        play_.ask("sentinel-1", "SENTINEL get-master-addr-by-name mymaster-1");
    return address.find("10.0.0.1\"") != std::string::npos ? 1 : 2;
  }
  void kill_master() override { play_.node("redis-1").kill(); }
  void start_old_master() override { play_.node("redis-1").start(); }
  void pass(milliseconds length) override { play_.pass(length); }

 private:
  ClusterPlay play_;
};

Answers lose_the_master(Watched& watched) {
  Answers answers;
  const auto say = [&answers](std::string answer) { answers.push_back(std::move(answer)); };
  say(std::to_string(watched.master()));
  say(watched.ask(1, "SET lock:a me NX PX 600000"));
  say(watched.ask(1, "INCR fence:a"));
  watched.until([&] { return watched.ask(2, "GET fence:a") == "\"1\""; });
  say(watched.ask(2, "SET lock:a you NX PX 600000"));
  watched.kill_master();
  say(watched.until([&] { return watched.master() == 2; }) ? "failed over" : "stuck");
  say(watched.until([&] { return watched.role(2) == "[\"master\""; }) ? "promoted" : "stuck");
  say(watched.ask(2, "SET lock:a you NX PX 600000"));
  say(watched.ask(2, "INCR fence:a"));
  watched.start_old_master();
  say(watched.until([&] { return watched.role(1) == "[\"slave\""; }) ? "demoted" : "stuck");
  watched.until([&] { return watched.ask(1, "GET fence:a") == "\"2\""; });
  say(watched.ask(1, "GET lock:a"));
  say(watched.ask(1, "SET lock:a you NX PX 600000"));
  say(watched.eval(1, "return redis.call('del', 'lock:a')"));
  say(std::to_string(watched.master()));
  return answers;
}

TEST(SameSentinel, PromotesTheReplicaAndDemotesTheOldMaster) {
  if (!RedisProcess::installed()) GTEST_SKIP() << RedisProcess::how_to_install;
  SimulatedWatched simulated;
  RealWatched real;
  EXPECT_EQ(lose_the_master(simulated), lose_the_master(real));
}

}  // namespace
}  // namespace lockstep::redis
