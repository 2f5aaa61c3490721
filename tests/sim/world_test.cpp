#include "sim/world.hpp"

#include <gmock/gmock.h>
#include <rapidcheck/gtest.h>

#include "tests/sim/plays.hpp"

namespace lockstep::sim {
namespace {

using testing::ElementsAre;

// A client that has every kind of wait under way at once, again and again.
Task<bool> asks(Env& env, NodeId server) {
  const Alive alive;
  auto connection = co_await env.connect(server, env.steady_now() + 500ms);
  if (!connection) co_return false;
  for (std::uint64_t i = 0; i < 3; ++i) {
    (void)(*connection)->send(ball(i));
    const auto answer = co_await (*connection)->receive(env.wall_now() + 300ms);
    if (!answer) co_return false;
    co_await env.step("asked");
  }
  co_return true;
}

Task<bool> writes(Env& env) {
  const Alive alive;
  (void)co_await env.disk().append("log", "a line that does not fit into the string itself");
  (void)co_await env.disk().sync("log");
  co_return true;
}

Task<bool> listens(Env& env) {
  const Alive alive;
  const auto datagram = co_await env.receive_datagram();
  co_return number_in(datagram.frame) > 0;
}

Task<void> lingers(Env& env) {
  const Alive alive;
  co_await env.sleep_for(300ms);
}

Task<void> busy(Env& env, NodeId first, NodeId second) {
  const Alive alive;
  for (;;) {
    std::vector<Task<bool>> all;
    all.push_back(asks(env, first));
    all.push_back(asks(env, second));
    all.push_back(writes(env));
    auto join = when_all(std::move(all));
    auto bounded = within(env, env.steady_now() + 900ms, std::move(join));
    (void)co_await std::move(bounded);
    std::vector<Task<bool>> any;
    any.push_back(listens(env));
    any.push_back(asks(env, second));
    auto race = when_any(std::move(any));
    (void)co_await std::move(race);
    env.post(first, ball(1));
    env.post(second, ball(2));
    env.spawn(lingers(env));
    co_await env.sleep_for(1ms);
  }
}

Task<void> serves(Env& env) {
  const Alive alive;
  co_await echo(env);
}

struct BusyWorld : World {
  explicit BusyWorld(std::uint64_t seed, bool trace = false) : World(options_of(seed, trace)) {
    const NodeId one = add("server-1", serves).id();
    const NodeId two = add("server-2", serves).id();
    for (const char* name : {"client-1", "client-2", "client-3"}) {
      add(name, [one, two](Env& env) { return busy(env, one, two); });
    }
  }
  static Options options_of(std::uint64_t seed, bool trace) {
    Options options;
    options.seed = seed;
    options.trace = trace;
    options.network.loss_millionths = 50'000;
    options.network.duplicate_millionths = 100'000;
    options.network.tail_millionths = 50'000;
    return options;
  }
};

constexpr int acts = 9;
constexpr int nodes = 5;

// What may be done to a world between any two events.
void act(World& world, int what, int whom) {
  Node& node = *world.nodes()[static_cast<std::size_t>(whom)];
  const NodeId other{static_cast<std::uint32_t>((whom + 2) % nodes)};
  switch (what) {
    case 0: node.pause(); break;
    case 1: node.resume(); break;
    case 2: node.kill(); break;
    case 3: node.power_off(); break;
    case 4: node.start(); break;
    case 5: node.wipe_disk(); break;
    case 6: node.jump_wall(Duration(1s) * (whom - 2)); break;
    case 7: world.cut(node.id(), other); break;
    case 8: world.mend(node.id(), other); break;
  }
}

using Script = std::vector<std::tuple<int, int, int>>;  // events before, what, whom

rc::Gen<Script> scripts() {
  return rc::gen::container<Script>(rc::gen::tuple(
      rc::gen::inRange(0, 200), rc::gen::inRange(0, acts), rc::gen::inRange(0, nodes)));
}

void play(World& world, const Script& script) {
  for (const auto& [events, what, whom] : script) {
    for (int i = 0; i < events; ++i) world.run_next();
    act(world, what, whom);
  }
}

RC_GTEST_PROP(World, DestroyedAfterAnyEventLeavesNothingAlive, (std::uint64_t seed)) {
  const int events = *rc::gen::inRange(0, 3000);
  {
    BusyWorld world(seed);
    for (int i = 0; i < events; ++i) world.run_next();
    RC_ASSERT(Alive::count > 0);
  }
  RC_ASSERT(Alive::count == 0);
}

RC_GTEST_PROP(World, SurvivesAnyFaultAfterAnyEventAndLeavesNothingAlive, (std::uint64_t seed)) {
  const Script script = *scripts();
  {
    BusyWorld world(seed);
    play(world, script);
  }
  RC_ASSERT(Alive::count == 0);
}

RC_GTEST_PROP(World, KilledNodesLeaveNothingAliveOnceTheirMessagesAreGone, (std::uint64_t seed)) {
  const Script script = *scripts();
  BusyWorld world(seed);
  play(world, script);
  for (const auto& node : world.nodes()) node->kill();
  for (int i = 0; i < 100; ++i) {
    for (int whom = 0; whom < nodes; ++whom) act(world, 8, whom);
  }
  while (world.run_next()) {
  }
  RC_ASSERT(Alive::count == 0);
}

RC_GTEST_PROP(World, TheSameSeedAndScriptGiveTheSameDigestTracedOrNot, (std::uint64_t seed)) {
  const Script script = *scripts();
  BusyWorld one(seed);
  BusyWorld other(seed, true);
  play(one, script);
  play(other, script);
  RC_ASSERT(one.digest().value() == other.digest().value());
  RC_ASSERT(one.events() == other.events());
  RC_ASSERT(one.now() == other.now());
}

TEST(World, AnotherSeedGivesAnotherDigest) {
  BusyWorld one(1);
  BusyWorld other(2);
  one.run_until(at(1s));
  other.run_until(at(1s));
  EXPECT_NE(one.digest().value(), other.digest().value());
}

TEST(World, EveryReceiptInATraceHasItsSendingAsItsCause) {
  BusyWorld world(1, true);
  world.run_until(at(2s));
  const Trace trace = world.take_trace();
  int receipts = 0;
  for (const TraceEntry& entry : trace.entries) {
    if (entry.kind != TraceKind::receive) continue;
    ++receipts;
    ASSERT_GT(entry.cause, 0u);
    const TraceEntry& cause = trace.entries[entry.cause - 1];
    EXPECT_EQ(cause.kind, TraceKind::send);
    EXPECT_EQ(cause.peer, entry.node);
    EXPECT_EQ(cause.node, entry.peer);
    EXPECT_LT(cause.at, entry.at);
  }
  EXPECT_GT(receipts, 100);
}

// What one client draws and when its answers come.
struct Diary {
  Log& log;
  World& world;
  NodeId server;
  Task<void> operator()(Env& env) const {
    const auto connection = co_await env.connect(server, env.steady_now() + 1s);
    for (std::uint64_t i = 0; i < 20; ++i) {
      (void)(*connection)->send(ball(i));
      (void)co_await (*connection)->receive();
      co_await env.step("answered");
      (void)co_await env.disk().append("log", "x");
      const Duration rest = env.random().between(0ns, 10ms);
      log.add(world, to_text(rest));
      co_await env.sleep_for(rest);
    }
  }
};

std::vector<Log::Entry> diary_of_last(int clients, bool first_is_paused) {
  Log others;
  Log last;
  World::Options options;
  options.network.loss_millionths = 20'000;
  World world(options);
  const NodeId server = world.add("server", echo).id();
  for (int i = 3 - clients; i < 3; ++i) {
    world.add("client-" + std::to_string(i), Diary{i == 2 ? last : others, world, server});
  }
  if (first_is_paused) world.nodes()[1]->pause();
  world.run_until(at(60s));
  return last.entries;
}

TEST(World, LeavingOutAClientOrAFaultLeavesTheOthersDrawsAsTheyWere) {
  const auto alone = diary_of_last(1, false);
  EXPECT_EQ(alone.size(), 20u);
  EXPECT_TRUE(alone == diary_of_last(3, false));
  EXPECT_TRUE(alone == diary_of_last(3, true));
}

TEST(World, StandsAtTheEndOfARunUnlessItWasStopped) {
  World world{World::Options()};
  world.run_until(at(5s));
  EXPECT_EQ(world.now(), at(5s));
  world.call_at(at(7s), [&] { world.stop(); });
  world.run_until(at(9s));
  EXPECT_EQ(world.now(), at(7s));
  world.run_until(at(9s));
  EXPECT_EQ(world.now(), at(9s));
}

TEST(World, CallsInTheOrderOfTimeThenOfAskingAndNeverInThePast) {
  Log log;
  World world{World::Options()};
  world.run_until(at(1s));
  world.call_at(at(3s), [&] { log.add(world, "third"); });
  world.call_at(at(2s), [&] { log.add(world, "first"); });
  world.call_at(at(2s), [&] {
    log.add(world, "second");
    world.call_at(at(0s), [&] { log.add(world, "at once"); });
  });
  world.run_until(at(9s));
  EXPECT_THAT(log.words(), ElementsAre("first", "second", "at once", "third"));
  EXPECT_EQ(log.entries[2].at, at(2s));
}

TEST(World, FindsNodesByName) {
  BusyWorld world(1);
  ASSERT_NE(world.find("server-2"), nullptr);
  EXPECT_EQ(world.find("server-2")->name(), "server-2");
  EXPECT_EQ(world.find("server-9"), nullptr);
}

}  // namespace
}  // namespace lockstep::sim
