// How a machine finds out by TCP keepalive that a silent peer is gone, and when it does not.
#include "sim/keep_alive.hpp"

#include <gmock/gmock.h>

#include "tests/sim/plays.hpp"

namespace lockstep::sim {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// Takes one connection, lets its peer be probed, and waits for its end.
struct Watchman {
  World& world;
  Log& log;
  Duration idle;
  Task<void> operator()(Env& env) const {
    auto connection = co_await env.accept();
    connection->keep_alive(idle);
    const auto frame = co_await connection->receive();
    if (!frame) log.add(world, std::string(name_of(frame.error().code)));
  }
};

/// Connects and says nothing; notes when it learns that the connection is over.
struct Silent {
  World& world;
  Log& log;
  NodeId peer;
  Task<void> operator()(Env& env) const {
    auto connection = co_await env.connect(peer, env.steady_now() + 10s);
    if (!connection) co_return;
    const auto frame = co_await (*connection)->receive();
    if (!frame) log.add(world, std::string(name_of(frame.error().code)));
  }
};

struct Play {
  explicit Play(Duration idle = 8s)
      : world(exact(10ms)),
        server(world.add("server", Watchman{world, server_log, idle})),
        client(world.add("client", Silent{world, client_log, server.id()})) {
    world.run_until(at(1s));
  }
  void cut(NodeId from, NodeId to) { world.cut(from, to); }

  Log server_log;
  Log client_log;
  World world;
  Node& server;
  Node& client;
};

TEST(KeepAlive, NoticesAnUnpluggedPeerAfterTheIdleTime) {
  Play play;
  play.client.power_off();
  play.world.run_until(at(60s));
  ASSERT_THAT(play.server_log.words(), ElementsAre("disconnected"));
  EXPECT_GE(play.server_log.entries[0].at, at(8s));
  EXPECT_LE(play.server_log.entries[0].at, at(9100ms));
}

TEST(KeepAlive, NoticesACutInEitherDirection) {
  for (const bool towards_client : {true, false}) {
    Play play;
    const NodeId ends[] = {play.server.id(), play.client.id()};
    play.cut(ends[towards_client ? 0 : 1], ends[towards_client ? 1 : 0]);
    play.world.run_until(at(60s));
    EXPECT_THAT(play.server_log.words(), ElementsAre("disconnected")) << towards_client;
  }
}

TEST(KeepAlive, TellsThePeerOnceTheLinkIsMended) {
  Play play;
  play.cut(play.server.id(), play.client.id());
  play.world.run_until(at(20s));
  EXPECT_THAT(play.client_log.words(), IsEmpty());
  play.world.mend(play.server.id(), play.client.id());
  play.world.run_until(at(60s));
  EXPECT_THAT(play.client_log.words(), ElementsAre("disconnected"));
}

TEST(KeepAlive, OutlastsACutShorterThanTheIdleTime) {
  Play play;
  play.cut(play.server.id(), play.client.id());
  play.world.run_until(at(6s));
  play.world.mend(play.server.id(), play.client.id());
  play.world.run_until(at(60s));
  EXPECT_THAT(play.server_log.words(), IsEmpty());
}

TEST(KeepAlive, IsAnsweredForAPausedProcess) {
  Play play;
  play.client.pause();
  play.world.run_until(at(600s));
  EXPECT_THAT(play.server_log.words(), IsEmpty());
}

TEST(KeepAlive, LearnsFromARebootedMachineThatItKnowsOfNoConnection) {
  Play play;
  play.client.power_off();
  play.world.run_until(at(2s));
  play.client.start();
  play.world.run_until(at(6s));
  EXPECT_THAT(play.server_log.words(), ElementsAre("disconnected"));
}

TEST(KeepAlive, NeverEndsAConnectionThatDidNotAskForIt) {
  Play play(0s);
  play.client.power_off();
  play.world.run_until(at(3600s));
  EXPECT_THAT(play.server_log.words(), IsEmpty());
}

}  // namespace
}  // namespace lockstep::sim
