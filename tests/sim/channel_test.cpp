#include "sim/channel.hpp"

#include <gmock/gmock.h>
#include <rapidcheck/gtest.h>

#include "tests/sim/plays.hpp"

namespace lockstep::sim {
namespace {

using testing::ElementsAre;

// Takes one connection and logs what comes out of it, to the end.
struct Listener {
  World& world;
  Log& log;
  Task<void> operator()(Env& env) const {
    auto connection = co_await env.accept();
    log.add(world, "accepted");
    for (;;) {
      const auto frame = co_await connection->receive();
      if (!frame) break;
      log.add(world, std::to_string(number_in(*frame)));
    }
    log.add(world, "over");
  }
};

// Connects, sends balls 0 to 2 at the full seconds, waits, and leaves.
struct Caller {
  World& world;
  Log& log;
  NodeId peer;
  Duration stays;
  Task<void> operator()(Env& env) const {
    auto connection = co_await env.connect(peer, env.steady_now() + 10s);
    if (!connection) {
      log.add(world, std::string(name_of(connection.error().code)));
      co_return;
    }
    log.add(world, "connected");
    for (std::uint64_t i = 0; i < 3; ++i) {
      (void)(*connection)->send(ball(i));
      co_await env.sleep_for(1s);
    }
    const auto answer = co_await (*connection)->receive(env.steady_now() + stays);
    if (!answer) log.add(world, std::string(name_of(answer.error().code)));
  }
};

struct Play {
  explicit Play(Duration stays = 60s)
      : world(exact(10ms)),
        server(world.add("server", Listener{world, server_log})),
        client(world.add("client", Caller{world, client_log, server.id(), stays})) {}

  Log server_log;
  Log client_log;
  World world;
  Node& server;
  Node& client;
};

TEST(Channel, ConnectsInOneRoundTripDeliversInOrderAndEndsWithAFin) {
  Play play(1s);
  play.world.run_until(at(60s));
  const auto& log = play.server_log.entries;
  EXPECT_THAT(play.server_log.words(), ElementsAre("accepted", "0", "1", "2", "over"));
  EXPECT_EQ(log[0].at, at(10ms));
  EXPECT_EQ(log[1].at, at(30ms));
  EXPECT_EQ(log[4].at, at(4030ms));  // 20 ms + 3 s of sending + 1 s of patience + 10 ms
  EXPECT_THAT(play.client_log.words(), ElementsAre("connected", "timeout"));
}

TEST(Channel, WhatIsCutOffArrivesAfterTheHealWithTcpsNextTry) {
  Play play;
  play.world.call_at(at(500ms), [&] { play.world.cut(play.client.id(), play.server.id()); });
  play.world.call_at(at(5s), [&] { play.world.mend(play.client.id(), play.server.id()); });
  play.world.run_until(at(20s));
  const auto& log = play.server_log.entries;
  EXPECT_THAT(play.server_log.words(), ElementsAre("accepted", "0", "1", "2"));
  // Ball 1 was sent at 1.02 s and tried again 0.2, 0.6, 1.4, 3.0 and 6.2 s later.
  EXPECT_EQ(log[2].at, at(1020ms + 6200ms + 10ms));
  EXPECT_EQ(log[3].at, log[2].at);
}

TEST(Channel, ACutInOneDirectionLeavesTheOtherOpen) {
  Play play;
  play.world.call_at(at(500ms), [&] { play.world.cut(play.server.id(), play.client.id()); });
  play.world.run_until(at(20s));
  EXPECT_THAT(play.server_log.words(), ElementsAre("accepted", "0", "1", "2"));
}

TEST(Channel, CutsCount) {
  Play play;
  play.world.cut(play.client.id(), play.server.id());
  play.world.cut(play.client.id(), play.server.id());
  play.world.mend(play.client.id(), play.server.id());
  play.world.run_until(at(5s));
  EXPECT_THAT(play.server_log.words(), ElementsAre("accepted"));  // its SYN left before the cut
  play.world.mend(play.client.id(), play.server.id());
  play.world.mend(play.client.id(), play.server.id());  // one too many does nothing
  play.world.run_until(at(20s));
  EXPECT_THAT(play.server_log.words(), ElementsAre("accepted", "0", "1", "2"));
}

TEST(Channel, TheDeathOfAProcessIsHeardAsAFin) {
  Play play;
  play.world.call_at(at(1500ms), [&] { play.client.kill(); });
  play.world.run_until(at(20s));
  EXPECT_THAT(play.server_log.words(), ElementsAre("accepted", "0", "1", "over"));
  EXPECT_EQ(play.server_log.entries.back().at, at(1510ms));
}

TEST(Channel, AFinWaitsForTheHealToo) {
  Play play;
  play.world.call_at(at(1500ms), [&] {
    play.world.cut(play.client.id(), play.server.id());
    play.client.kill();
  });
  play.world.call_at(at(4s), [&] { play.world.mend(play.client.id(), play.server.id()); });
  play.world.run_until(at(20s));
  EXPECT_THAT(play.server_log.words(), ElementsAre("accepted", "0", "1", "over"));
  EXPECT_GT(play.server_log.entries.back().at, at(4s));
}

TEST(Channel, NobodyHearsTheLossOfPower) {
  Play play;
  play.world.call_at(at(1500ms), [&] { play.client.power_off(); });
  play.world.run_until(at(3600s));
  EXPECT_THAT(play.server_log.words(), ElementsAre("accepted", "0", "1"));
}

TEST(Channel, WhoWroteToAMachineWithoutPowerIsResetWhenItIsBack) {
  Play play;
  play.world.call_at(at(1500ms), [&] { play.server.power_off(); });
  play.world.call_at(at(10s), [&] { play.server.start(); });
  play.world.run_until(at(60s));
  EXPECT_THAT(play.client_log.words(), ElementsAre("connected", "disconnected"));
  EXPECT_EQ(play.client_log.entries.back().at, at(10s + 10ms));
}

TEST(Channel, WhoWritesAfterwardsIsResetThen) {
  Play play;
  play.world.call_at(at(1100ms), [&] { play.server.power_off(); });
  play.world.call_at(at(1200ms), [&] { play.server.start(); });
  play.world.run_until(at(60s));
  // Ball 2 leaves at 2.02 s; the answer is a reset, seen once the client receives.
  EXPECT_THAT(play.client_log.words(), ElementsAre("connected", "disconnected"));
  EXPECT_EQ(play.client_log.entries.back().at, at(3020ms));
}

TEST(Channel, ADeadProcessRefusesAndAPausedOneAcceptsInItsKernel) {
  Play dead;
  dead.server.kill();
  dead.world.run_until(at(60s));
  EXPECT_THAT(dead.client_log.words(), ElementsAre("refused"));
  EXPECT_EQ(dead.client_log.entries[0].at, at(20ms));

  Play paused;
  paused.server.pause();
  paused.world.run_until(at(60s));
  EXPECT_EQ(paused.client_log.words().front(), "connected");
  EXPECT_TRUE(paused.server_log.entries.empty());
  paused.server.resume();
  paused.world.run_until(at(61s));
  EXPECT_THAT(paused.server_log.words(), ElementsAre("accepted", "0", "1", "2"));
}

TEST(Channel, ConnectingToAMachineWithoutPowerOrBeyondACutTimesOut) {
  Play off;
  off.server.power_off();
  off.world.run_until(at(60s));
  EXPECT_THAT(off.client_log.words(), ElementsAre("timeout"));
  EXPECT_EQ(off.client_log.entries[0].at, at(10s));

  Play cut;
  cut.world.cut(cut.server.id(), cut.client.id());
  cut.world.run_until(at(60s));
  EXPECT_THAT(cut.client_log.words(), ElementsAre("timeout"));
}

TEST(Channel, WhatHadArrivedIsReceivedBeforeTheEnd) {
  Play play;
  play.world.call_at(at(500ms), [&] { play.server.pause(); });
  play.world.call_at(at(2500ms), [&] { play.client.kill(); });
  play.world.call_at(at(9s), [&] { play.server.resume(); });
  play.world.run_until(at(20s));
  EXPECT_THAT(play.server_log.words(), ElementsAre("accepted", "0", "1", "2", "over"));
}

TEST(Channel, SendingFailsOnlyOnceTheEndIsKnownHere) {
  World world(exact(10ms));
  std::vector<bool> sent;
  Node& server = world.add("server", echo);
  world.add("client", [&sent, peer = server.id()](Env& env) -> Task<void> {
    auto connection = co_await env.connect(peer, env.steady_now() + 1s);
    for (int i = 0; i < 3; ++i) {
      sent.push_back((*connection)->send(ball(0)).has_value());
      co_await env.sleep_for(1s);
    }
  });
  world.call_at(at(1015ms), [&] { server.kill(); });
  world.run_until(at(10s));
  EXPECT_THAT(sent, ElementsAre(true, true, false));
}

// The script: what to do, and at which millisecond.
void schedule(World& world, Node& a, Node& b, const std::vector<std::pair<int, int>>& script) {
  for (const auto& [what, ms] : script) {
    world.call_at(at(Duration(1ms) * ms), [&world, &a, &b, what = what] {
      switch (what) {
        case 0: world.cut(a.id(), b.id()); break;
        case 1: world.mend(a.id(), b.id()); break;
        case 2: world.cut(b.id(), a.id()); break;
        case 3: world.mend(b.id(), a.id()); break;
        case 4: a.pause(); break;
        case 5: a.resume(); break;
        case 6: b.pause(); break;
        case 7: b.resume(); break;
        case 8: world.link(a.id(), b.id()).trouble.loss_millionths = 300'000; break;
        case 9: world.link(a.id(), b.id()).trouble.delay_max = 300ms; break;
        default: world.link(a.id(), b.id()).trouble.delay_max = 0ms; break;
      }
    });
  }
}

RC_GTEST_PROP(Channel, FramesArriveInOrderAndOnceUnderAnyCutsPausesLossAndDelays, ()) {
  const auto script = *rc::gen::container<std::vector<std::pair<int, int>>>(
      rc::gen::pair(rc::gen::inRange(0, 11), rc::gen::inRange(0, 5000)));
  World::Options options;
  options.seed = *rc::gen::arbitrary<std::uint64_t>();
  options.network.latency_max = 20ms;
  std::vector<std::uint64_t> got;
  World world(options);
  Node& server = world.add("server", [&got](Env& env) -> Task<void> {
    auto connection = co_await env.accept();
    for (;;) {
      const auto frame = co_await connection->receive();
      if (!frame) co_return;
      got.push_back(number_in(*frame));
    }
  });
  Node& client = world.add("client", [peer = server.id()](Env& env) -> Task<void> {
    const auto connection = co_await env.connect(peer, env.steady_now() + 1h);
    for (std::uint64_t i = 0; i < 50; ++i) {
      (void)(*connection)->send(ball(i));
      const Duration pause = env.random().between(0ns, 200ms);
      co_await env.sleep_for(pause);
    }
    co_await env.sleep_for(24h);
  });
  schedule(world, server, client, script);
  world.call_at(at(6s), [&] {
    for (int i = 0; i < 100; ++i) {
      server.resume();
      client.resume();
      world.mend(server.id(), client.id());
      world.mend(client.id(), server.id());
    }
  });
  world.run_until(at(2h));
  RC_ASSERT(got.size() == 50u);
  for (std::uint64_t i = 0; i < 50; ++i) RC_ASSERT(got[i] == i);
}

}  // namespace
}  // namespace lockstep::sim
