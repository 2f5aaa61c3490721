// The server and its client library in a simulated world: restarts, lost replies, late replies.
#include "backends/redis/server.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "backends/redis/client.hpp"
#include "sim/world.hpp"
#include "tests/backends/redis_play.hpp"

namespace lockstep::redis {
namespace {

struct Line {
  Duration at;
  std::string text;
};

/// Sends each line at its time by the client's own clock; `answers` gets a line for each.
Task<void> recite(Env& env, NodeId server, ClientOptions options, std::vector<Line> lines,
                  std::vector<std::string>& answers) {
  Client client(env, server, options);
  for (const Line& line : lines) {
    const SteadyTime at = SteadyTime{} + line.at;
    co_await env.sleep_until(at);
    const auto reply = co_await client.call(Play::split(line.text));
    answers.push_back(reply ? describe(*reply) : std::string(name_of(reply.error().code)));
  }
}

using Choices = std::vector<std::pair<std::string, SettingValue>>;

class Stage : public sim::Observer {
 public:
  Stage(const Stage&) = delete;
  explicit Stage(Choices settings = {}, std::uint64_t seed = 1) : world(options_of(seed)) {
    ServerOptions all;
    all.servers = {NodeId{0}};
    all.settings = Settings(server_parameters());
    for (const auto& [name, value] : settings) all.settings.put(name, value);
    world.set_observer(this);
    server = world.add("redis", [all](Env& env) { return serve(env, all); }).id();
  }
  sim::Node& redis() { return world.node(server); }
  sim::Node& client(std::vector<std::string>& answers, std::vector<Line> lines,
                    ClientOptions options = {}) {
    return world.add("client", [this, options, lines, &answers](Env& env) {
      return recite(env, server, options, lines, answers);
    });
  }
  void at(Duration when, std::function<void()> what) {
    world.call_at(WorldTime{} + when, std::move(what));
  }

  void on_note(sim::Node&, const Note& note) override {
    if (const auto* change = std::get_if<KeyChange>(&note)) changes.push_back(*change);
  }
  void on_step(sim::Node&, std::string_view) override {}
  void on_state(sim::Node&) override {}

  sim::World world;
  NodeId server{};
  std::vector<KeyChange> changes;

 private:
  static sim::World::Options options_of(std::uint64_t seed) {
    sim::World::Options options;
    options.seed = seed;
    return options;
  }
};

using Answers = std::vector<std::string>;
using std::chrono::milliseconds;

TEST(RedisServer, AnswersAndNotesWhoChangedWhat) {
  Stage stage;
  Answers answers;
  const auto& client = stage.client(answers, {{0ms, "SET lock:a me NX PX 250"},
                                              {10ms, "SET lock:a you NX PX 250"},
                                              {20ms, "PTTL nothing"}});
  stage.world.run_until(WorldTime{} + 1s);
  EXPECT_EQ(answers, (Answers{"OK", "(nil)", "-2"}));
  ASSERT_EQ(stage.changes.size(), 2u);
  EXPECT_EQ(stage.changes[0].key, "lock:a");
  EXPECT_EQ(stage.changes[0].after, "me");
  EXPECT_EQ(stage.changes[0].by, client.id());
  EXPECT_TRUE(stage.changes[0].expires_at_ms.has_value());
  EXPECT_EQ(stage.changes[1].cause, ChangeCause::expired);
  EXPECT_EQ(stage.changes[1].before, "me");
}

/// What a client that comes afterwards reads of a key, when the server was away from 2 s to 3 s.
/// "unacknowledged" when the write had no answer before that.
std::string after_absence(Choices settings, bool power, std::uint64_t seed = 1,
                          Duration written_at = 100ms) {
  Stage stage(std::move(settings), seed);
  Answers written;
  stage.client(written, {{written_at, "SET k v PX 60000"}});
  Answers read;
  stage.client(read, {{4s, "GET k"}});
  stage.at(2s, [&] {
    if (written.empty()) written.push_back("no answer");
    power ? stage.redis().power_off() : stage.redis().kill();
  });
  stage.at(3s, [&] { stage.redis().start(); });
  stage.world.run_until(WorldTime{} + 6s);
  if (written.front() != "OK") return "unacknowledged";
  return read.empty() ? "nothing" : read.front();
}

TEST(RedisServer, LooksForDeadKeysOnlyWhileOneHasADeadline) {
  Stage stage;
  Answers answers;
  stage.client(answers, {{100ms, "SET kept v"}, {20s, "SET k v PX 250"}});
  stage.world.run_until(WorldTime{} + 1s);
  const std::uint64_t before = stage.world.events();
  stage.world.run_until(WorldTime{} + 19s);
  EXPECT_EQ(stage.world.events(), before);
  stage.world.run_until(WorldTime{} + 20s + 375ms);  // and asks nobody to look at the key
  ASSERT_EQ(stage.changes.size(), 3u);
  EXPECT_EQ(stage.changes.back().cause, ChangeCause::expired);
  const std::uint64_t after = stage.world.events();
  stage.world.run_until(WorldTime{} + 40s);
  EXPECT_EQ(stage.world.events(), after);
}

TEST(RedisServer, WithoutPersistenceARestartForgetsEverything) {
  EXPECT_EQ(after_absence({}, false), "(nil)");
}

TEST(RedisServer, AnAppendOnlyFileSurvivesTheProcessUnderEveryPolicy) {
  for (const std::string policy : {"always", "everysec", "no"}) {
    EXPECT_EQ(after_absence({{"persistence", "aof"}, {"appendfsync", policy}}, false), "\"v\"");
  }
}

TEST(RedisServer, SyncedAlwaysNothingAcknowledgedIsLostWithThePower) {
  int acknowledged = 0;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    const Duration just_before = 2s - std::chrono::microseconds(seed * 20);
    const std::string read =
        after_absence({{"persistence", "aof"}, {"appendfsync", "always"}}, true, seed, just_before);
    if (read == "unacknowledged") continue;
    ++acknowledged;
    EXPECT_EQ(read, "\"v\"");
  }
  EXPECT_GT(acknowledged, 10);
}

TEST(RedisServer, SyncedEachSecondTheLastSecondMayBeLostWithThePowerAndNothingOlder) {
  int lost = 0;
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    EXPECT_EQ(after_absence({{"persistence", "aof"}}, true, seed, 500ms), "\"v\"");
    lost += after_absence({{"persistence", "aof"}}, true, seed, 1900ms) == "(nil)";
  }
  EXPECT_GT(lost, 10);
  EXPECT_LT(lost, 90);
}

TEST(RedisServer, ASnapshotHasWhatWasThereWhenItWasTaken) {
  const std::pair<std::string, SettingValue> rdb{"persistence", "rdb"};
  EXPECT_EQ(after_absence({rdb, {"save_interval", Duration(1s)}}, true), "\"v\"");
  EXPECT_EQ(after_absence({rdb, {"save_interval", Duration(60s)}}, false), "(nil)");
}

TEST(RedisServer, DeadlinesRunOnWhileTheServerIsDown) {
  Stage stage(Choices{{"persistence", "aof"}});
  Answers answers;
  stage.client(answers,
               {{100ms, "SET k v PX 2500"}, {110ms, "SET kept v"}, {4s, "DBSIZE"}, {5s, "GET k"}});
  stage.at(2s, [&] { stage.redis().kill(); });
  stage.at(3s, [&] { stage.redis().start(); });
  stage.world.run_until(WorldTime{} + 6s);
  EXPECT_EQ(answers, (Answers{"OK", "OK", "1", "(nil)"}));
  EXPECT_EQ(stage.changes.back().cause, ChangeCause::restart);
  EXPECT_EQ(stage.changes.back().key, "kept");
}

TEST(RedisServer, ADelayedRestartDelaysRestartsAlone) {
  Stage stage(Choices{{"restart_delay", Duration(5s)}});
  Answers answers;
  stage.client(answers, {{100ms, "PING"}, {4s, "PING"}, {9s, "PING"}});
  stage.at(2s, [&] { stage.redis().kill(); });
  stage.at(3s, [&] { stage.redis().start(); });
  stage.world.run_until(WorldTime{} + 12s);
  EXPECT_EQ(answers.front(), "PONG");
  EXPECT_EQ(answers[1], "timeout");
  EXPECT_EQ(answers.back(), "PONG");
}

TEST(RedisServer, WaitHoldsBackItsOwnReplyAlone) {
  Stage stage;
  Answers answers;
  stage.client(answers, {{0ms, "WAIT 1 300"}, {0ms, "PING"}});
  Answers others;
  stage.client(others, {{100ms, "PING"}});
  stage.world.run_until(WorldTime{} + 250ms);
  EXPECT_EQ(answers, Answers{});
  EXPECT_EQ(others, Answers{"PONG"});
  stage.world.run_until(WorldTime{} + 1s);
  EXPECT_EQ(answers, (Answers{"0", "PONG"}));
}

TEST(RedisClient, ALostReplyIsATimeoutAndItsLateReplyAnswersNothingElse) {
  Stage stage;
  Answers answers;
  ClientOptions options;
  options.request_timeout = 200ms;
  sim::Node& client = stage.client(
      answers, {{10ms, "PING"}, {100ms, "INCR n"}, {400ms, "GET n"}, {3s, "GET n"}}, options);
  stage.at(50ms, [&] { stage.world.cut(stage.server, client.id()); });
  stage.at(1s, [&] { stage.world.mend(stage.server, client.id()); });
  stage.world.run_until(WorldTime{} + 4s);
  ASSERT_EQ(answers.size(), 4u);
  EXPECT_EQ(answers[1], "timeout");
  EXPECT_EQ(answers[3], "\"1\"");
}

TEST(RedisClient, AtLeastOnceRetryExecutesTwice) {
  Stage stage;
  Answers answers;
  ClientOptions options;
  options.request_timeout = 200ms;
  options.retries = 3;
  sim::Node& client = stage.client(answers, {{100ms, "INCR n"}, {500ms, "INCR n"}}, options);
  stage.at(450ms, [&] { stage.world.cut(stage.server, client.id()); });
  stage.at(650ms, [&] { stage.world.mend(stage.server, client.id()); });
  stage.world.run_until(WorldTime{} + 4s);
  EXPECT_EQ(answers, (Answers{"1", "3"}));
}

TEST(RedisClient, OpensANewConnectionWhenTheIdleOneDied) {
  Stage stage;
  Answers answers;
  stage.client(answers, {{100ms, "PING"}, {1s, "PING"}});
  stage.at(400ms, [&] { stage.redis().kill(); });
  stage.at(500ms, [&] { stage.redis().start(); });
  stage.world.run_until(WorldTime{} + 4s);
  EXPECT_EQ(answers, (Answers{"PONG", "PONG"}));
}

Task<void> listen(Env& env, NodeId server, std::string channel, std::vector<std::string>& heard) {
  Subscriber subscriber(env, server);
  const auto subscribed = co_await subscriber.subscribe(channel);
  if (!subscribed) co_return;
  for (;;) {
    const Deadline until = env.steady_now() + 10s;
    auto message = co_await subscriber.next(until);
    if (!message) co_return;
    heard.push_back(*message);
  }
}

TEST(RedisSubscriber, HearsPublishedMessagesAndExpiredKeys) {
  Stage stage;
  Answers heard;
  stage.world.add("listener", [&](Env& env) {
    return listen(env, stage.server, "__keyevent@0__:expired", heard);
  });
  Answers answers;
  stage.client(answers, {{100ms, "CONFIG SET notify-keyspace-events Ex"},
                         {200ms, "SET lock:a v PX 100"},
                         {800ms, "PUBLISH __keyevent@0__:expired hello"}});
  stage.world.run_until(WorldTime{} + 2s);
  EXPECT_EQ(heard, (Answers{"lock:a", "hello"}));
  EXPECT_EQ(answers.back(), "1");
}

}  // namespace
}  // namespace lockstep::redis
