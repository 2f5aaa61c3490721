#pragma once
// A master and a replica whose link can be cut, real or simulated: the same play runs on both, and
// what they answered must be equal.

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "tests/backends/redis/cluster_play.hpp"
#include "tests/real/redis_pair.hpp"
#include "tests/real/tcp_proxy.hpp"

namespace lockstep::redis {

/// Server 1 begins as master, server 2 as its replica.
class Duo {
 public:
  virtual ~Duo() = default;

  virtual std::string ask(int server, const std::string& line) = 0;
  virtual std::string eval(int server, const std::string& script) = 0;
  virtual void pass(std::chrono::milliseconds length) = 0;
  virtual void cut_link() = 0;
  virtual void mend_link() = 0;
  virtual void kill(int server) = 0;
  virtual void pause(int server) = 0;
  virtual void resume(int server) = 0;
  virtual void restart(int server) = 0;
  virtual void jump(int server, std::chrono::seconds by) = 0;
  /// From now on its wall clock runs twice as fast as before.
  virtual void hasten(int server) = 0;
  virtual std::string follow(int server, int master) = 0;
  /// From now on the master does not expire keys by itself, until it is asked for them.
  virtual void leave_expired_keys() = 0;
  virtual void look_for_expired_keys() = 0;

  /// Waits until the replica follows.
  void synced() {
    for (int i = 0; i < 600; ++i) {
      if (ask(2, "ROLE").find("connected") != std::string::npos) break;
      pass(std::chrono::milliseconds(10));
    }
    ask(1, "WAIT 1 5000");
  }
};

class RealDuo final : public Duo {
 public:
  RealDuo()
      : master_({"--repl-diskless-sync-delay", "0", "--enable-debug-command", "local",
                 "--appendonly", "yes", "--appendfsync", "always"},
                clocks_[0]),
        link_(master_.port()),
        replica_({"--repl-diskless-sync-delay", "0", "--replicaof", "127.0.0.1",
                  std::to_string(link_.port())},
                 clocks_[1]) {
    synced();
  }

  std::string ask(int server, const std::string& line) override {
    return describe(connection(server).call(Play::split(line)));
  }
  std::string eval(int server, const std::string& script) override {
    return describe(connection(server).call({"EVAL", script, "0"}));
  }
  void pass(std::chrono::milliseconds length) override { std::this_thread::sleep_for(length); }
  void cut_link() override { link_.cut(); }
  void mend_link() override { link_.mend(); }
  void kill(int server) override { process(server).kill(); }
  void pause(int server) override { process(server).pause(); }
  void resume(int server) override { process(server).resume(); }
  void restart(int server) override {
    connections_.erase(server);
    process(server).kill_and_restart();
  }
  void jump(int server, std::chrono::seconds by) override { clock(server).jump(by); }
  void hasten(int server) override { clock(server).set_rate(200); }
  std::string follow(int server, int master) override {
    return ask(server, "REPLICAOF 127.0.0.1 " + std::to_string(process(master).port()));
  }
  void leave_expired_keys() override { ask(1, "DEBUG SET-ACTIVE-EXPIRE 0"); }
  void look_for_expired_keys() override {}

 private:
  RedisProcess& process(int server) { return server == 1 ? master_ : replica_; }
  ShiftedClock& clock(int server) { return clocks_[server - 1]; }
  RedisConnection& connection(int server) {
    auto& known = connections_[server];
    if (!known) known = std::make_unique<RedisConnection>(process(server).port());
    return *known;
  }

  ShiftedClock clocks_[2];
  RedisProcess master_;
  TcpProxy link_;
  RedisProcess replica_;
  std::map<int, std::unique_ptr<RedisConnection>> connections_;
};

class SimulatedDuo final : public Duo {
 public:
  std::string ask(int server, const std::string& line) override {
    return play_.ask(name(server), line);
  }
  std::string eval(int server, const std::string& script) override {
    return play_.eval(name(server), script);
  }
  void pass(std::chrono::milliseconds length) override { play_.pass(length); }
  void cut_link() override { play_.cut("redis-1", "redis-2"); }
  void mend_link() override { play_.mend("redis-1", "redis-2"); }
  void kill(int server) override { play_.node(name(server)).kill(); }
  void pause(int server) override { play_.node(name(server)).pause(); }
  void resume(int server) override { play_.node(name(server)).resume(); }
  void restart(int server) override {
    play_.node(name(server)).kill();
    play_.node(name(server)).start();
  }
  void jump(int server, std::chrono::seconds by) override {
    play_.node(name(server)).jump_wall(by);
  }
  void hasten(int server) override {
    play_.node(name(server)).set_rate(ClockKind::wall, 1'000'000'000);
  }
  std::string follow(int server, int master) override {
    return ask(server, "REPLICAOF 10.0.0." + std::to_string(master) + " 6379");
  }
  /// A master whose clock is behind does not know yet that they are dead.
  void leave_expired_keys() override { play_.node("redis-1").jump_wall(-behind); }
  void look_for_expired_keys() override { play_.node("redis-1").jump_wall(behind); }

 private:
  static constexpr Duration behind = 1h;
  static std::string name(int server) { return "redis-" + std::to_string(server); }

  ClusterPlay play_{{{"persistence", std::string("aof")}, {"appendfsync", std::string("always")}}};
};

/// Plays it on both, and fails the test unless they answer alike.
inline void play_on_both(const std::function<std::vector<std::string>(Duo&)>& play) {
  SimulatedDuo simulated;
  RealDuo real;
  EXPECT_EQ(play(simulated), play(real));
}

}  // namespace lockstep::redis
