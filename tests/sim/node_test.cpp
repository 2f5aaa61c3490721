#include "sim/node.hpp"

#include <gmock/gmock.h>
#include <rapidcheck/gtest.h>

#include <set>
#include <stdexcept>

#include "tests/sim/plays.hpp"

namespace lockstep::sim {
namespace {

using testing::ElementsAre;

// Logs each full second of its steady clock.
struct Ticker {
  World& world;
  Log& log;
  Task<void> operator()(Env& env) const {
    for (int i = 1;; ++i) {
      co_await env.sleep_until(SteadyTime(std::chrono::seconds(i)));
      log.add(world, std::to_string(i));
    }
  }
};

TEST(Pause, NothingRunsAndEverythingDueHappensAtWake) {
  Log log;
  World world{World::Options()};
  Node& node = world.add("node", Ticker{world, log});
  world.call_at(at(1500ms), [&] { node.pause(); });
  world.call_at(at(4500ms), [&] { node.resume(); });
  world.run_until(at(5s));
  EXPECT_THAT(log.words(), ElementsAre("1", "2", "3", "4", "5"));
  EXPECT_EQ(log.entries[0].at, at(1s));
  for (int i = 1; i < 4; ++i) EXPECT_EQ(log.entries[static_cast<std::size_t>(i)].at, at(4500ms));
  EXPECT_EQ(log.entries[4].at, at(5s));
}

TEST(Pause, ClocksRunOn) {
  World world{World::Options()};
  Node& node = world.add("node", idle, 100s);
  node.pause();
  world.run_until(at(7s));
  EXPECT_EQ(node.steady_now(), SteadyTime(7s));
  EXPECT_EQ(node.wall_now(), WallTime(107s));
}

TEST(Pause, IsIgnoredByTheDeadAndEndsWithDeath) {
  Log log;
  World world{World::Options()};
  Node& node = world.add("node", Ticker{world, log});
  node.kill();
  node.pause();
  EXPECT_EQ(node.state(), NodeState::process_dead);
  node.start();
  node.pause();
  world.run_until(at(3s));
  node.kill();
  node.resume();
  EXPECT_EQ(node.state(), NodeState::process_dead);
  world.run_until(at(9s));
  EXPECT_TRUE(log.entries.empty());
}

TEST(Pause, OverlappingPausesEndWithTheLastOfThem) {
  Log log;
  World world{World::Options()};
  Node& node = world.add("node", Ticker{world, log});
  world.call_at(at(1500ms), [&] { node.pause(); });
  world.call_at(at(2s), [&] { node.pause(); });
  world.call_at(at(3s), [&] { node.resume(); });
  world.call_at(at(4500ms), [&] { node.resume(); });
  world.run_until(at(4s));
  EXPECT_THAT(log.words(), ElementsAre("1"));
  world.run_until(at(5s));
  EXPECT_THAT(log.words(), ElementsAre("1", "2", "3", "4", "5"));
}

Task<bool> steps(Env& env, World& world, Log& log) {
  co_await env.step("working");
  log.add(world, "step");
  co_return true;
}

Task<bool> receives(Env& env, World& world, Log& log) {
  const auto datagram = co_await env.receive_datagram();
  log.add(world, std::to_string(number_in(datagram.frame)));
  co_return true;
}

// Paused with a local step under way; a message comes; then it wakes.
std::vector<std::string> order_at_wake(std::uint64_t seed) {
  Log log;
  World::Options options = exact(1ms);
  options.seed = seed;
  World world(options);
  Node& node = world.add("node", [&](Env& env) -> Task<void> {
    std::vector<Task<bool>> both;
    both.push_back(steps(env, world, log));
    both.push_back(receives(env, world, log));
    auto join = when_all(std::move(both));
    (void)co_await std::move(join);
  });
  world.add("peer", [to = node.id()](Env& env) -> Task<void> {
    env.post(to, ball(7));
    co_return;
  });
  node.pause();
  world.run_until(at(1s));
  node.resume();
  world.run_until(at(2s));
  return log.words();
}

TEST(Pause, AtWakeTheNextLocalStepAndADeliveredMessageComeInEitherOrder) {
  std::set<std::vector<std::string>> orders;
  for (std::uint64_t seed = 0; seed < 40; ++seed) orders.insert(order_at_wake(seed));
  EXPECT_EQ(orders, (std::set<std::vector<std::string>>{{"step", "7"}, {"7", "step"}}));
}

TEST(Pause, AgainBeforeWhatWasDueHasRunKeepsItForTheNextWake) {
  Log log;
  World world{World::Options()};
  Node& node = world.add("node", Ticker{world, log});
  node.pause();
  world.run_until(at(2s));
  node.resume();
  node.pause();
  world.run_until(at(3s));
  EXPECT_TRUE(log.entries.empty());
  node.resume();
  world.run_until(at(3s));
  EXPECT_THAT(log.words(), ElementsAre("1", "2", "3"));
}

// Pauses the node whenever it reaches a step.
struct PausesAtSteps final : Observer {
  World& world;
  Log& log;
  PausesAtSteps(World& w, Log& l) : world(w), log(l) {}
  void on_note(Node&, const Note&) override {}
  void on_step(Node& node, std::string_view step) override {
    world.call_at(world.now(), [this, &node, name = std::string(step)] {
      log.add(world, "fault at " + name);
      node.pause();
    });
  }
  void on_state(Node&) override {}
};

TEST(Step, AFaultAimedAtItFallsAfterWhatCameBeforeAndBeforeWhatComesNext) {
  Log log;
  World world{World::Options()};
  PausesAtSteps observer(world, log);
  world.set_observer(&observer);
  Node& node = world.add("node", [&](Env& env) -> Task<void> {
    log.add(world, "before");
    co_await env.step("granted");
    log.add(world, "after");
  });
  world.run_until(at(1s));
  EXPECT_THAT(log.words(), ElementsAre("before", "fault at granted"));
  node.resume();
  world.run_until(at(2s));
  EXPECT_THAT(log.words(), ElementsAre("before", "fault at granted", "after"));
}

// Sleeps until 10 s on each of its clocks, whose wall clock begins at 0 too.
struct Sleepers {
  World& world;
  Log& log;
  Task<void> operator()(Env& env) const {
    env.spawn(one(env, WallTime(10s), "wall"));
    env.spawn(one(env, SteadyTime(10s), "steady"));
    co_return;
  }
  Task<void> one(Env& env, Deadline until, std::string name) const {
    co_await env.sleep_until(until);
    log.add(world, name);
  }
};

TEST(Clocks, AJumpOfTheWallClockMovesItsTimersOnly) {
  for (const Duration by : {Duration(4s), Duration(-5s), Duration(60s)}) {
    Log log;
    World world{World::Options()};
    Node& node = world.add("node", Sleepers{world, log});
    world.call_at(at(3s), [&] { node.jump_wall(by); });
    world.run_until(at(30s));
    for (const auto& entry : log.entries) {
      const WorldTime due = entry.what == "steady" ? at(10s) : std::max(at(3s), at(10s) - by);
      EXPECT_EQ(entry.at, due) << entry.what;
    }
    EXPECT_EQ(log.entries.size(), 2u);
  }
}

TEST(Clocks, ARateMovesTheTimersOfItsClock) {
  Log log;
  World world{World::Options()};
  Node& node = world.add("node", Sleepers{world, log});
  world.call_at(at(4s), [&] { node.set_rate(ClockKind::steady, 1'000'000'000); });
  world.call_at(at(4s), [&] { node.set_rate(ClockKind::wall, -500'000'000); });
  world.run_until(at(30s));
  EXPECT_THAT(log.words(), ElementsAre("steady", "wall"));
  EXPECT_EQ(log.entries[0].at, at(7s));
  EXPECT_EQ(log.entries[1].at, at(16s));
}

TEST(Clocks, DriftsAtTheSameTimeMultiplyAndEachEndsByItself) {
  Log log;
  World world{World::Options()};
  Node& node = world.add("node", Sleepers{world, log});
  const auto speeds = [&node] {
    return std::pair(node.clock(ClockKind::steady).ppb(), node.clock(ClockKind::wall).ppb());
  };
  node.begin_drift(500'000'000);
  EXPECT_EQ(speeds(), std::pair(500'000'000l, 500'000'000l));
  node.begin_drift(-500'000'000);
  EXPECT_EQ(speeds(), std::pair(-250'000'000l, -250'000'000l));
  node.begin_drift(-500'000'000);
  EXPECT_EQ(speeds(), std::pair(-625'000'000l, -625'000'000l));
  node.end_drift(500'000'000);
  EXPECT_EQ(speeds(), std::pair(-750'000'000l, -750'000'000l));
  node.end_drift(-500'000'000);
  EXPECT_EQ(speeds(), std::pair(-500'000'000l, -500'000'000l));
  node.end_drift(-500'000'000);
  EXPECT_EQ(speeds(), std::pair(0l, 0l));
}

TEST(Clocks, ManyDriftsNeitherStopAClockNorMakeItFasterThanOneCan) {
  Log log;
  World world{World::Options()};
  Node& node = world.add("node", Sleepers{world, log});
  for (int i = 0; i < 8; ++i) node.begin_drift(-999'999'999);
  EXPECT_EQ(node.clock(ClockKind::wall).ppb(), -999'999'999);
  for (int i = 0; i < 8; ++i) node.end_drift(-999'999'999);
  for (int i = 0; i < 8; ++i) node.begin_drift(1'000'000'000'000);
  EXPECT_EQ(node.clock(ClockKind::wall).ppb(), 1'000'000'000'000);
  for (int i = 0; i < 8; ++i) node.end_drift(1'000'000'000'000);
  EXPECT_EQ(node.clock(ClockKind::wall).ppb(), 0);
}

TEST(Clocks, AReceiveAndAConnectKeepTheirDeadlinesWhenTheWallClockJumps) {
  Log log;
  World world(exact(1ms));
  Node& server = world.add("server", echo);
  Node& node = world.add("node", [&](Env& env) -> Task<void> {
    const auto connection = co_await env.connect(server.id(), WallTime(1s));
    const auto nothing = co_await (*connection)->receive(WallTime(10s));
    log.add(world, std::string(name_of(nothing.error().code)));
  });
  world.call_at(at(3s), [&] { node.jump_wall(5s); });
  world.run_until(at(30s));
  EXPECT_THAT(log.words(), ElementsAre("timeout"));
  EXPECT_EQ(log.entries[0].at, at(5s));
}

TEST(ClockWatch, CallsWhenTheClockShowsItEvenWhilePausedOrDead) {
  Log log;
  World world{World::Options()};
  Node& node = world.add("node", idle);
  const ClockWatch steady(node, SteadyTime(5s), [&] { log.add(world, "steady"); });
  const ClockWatch wall(node, WallTime(9s), [&] { log.add(world, "wall"); });
  node.pause();
  world.call_at(at(2s), [&] { node.power_off(); });
  world.call_at(at(3s), [&] { node.jump_wall(2s); });
  world.run_until(at(30s));
  EXPECT_THAT(log.words(), ElementsAre("steady", "wall"));
  EXPECT_EQ(log.entries[0].at, at(5s));
  EXPECT_EQ(log.entries[1].at, at(7s));
}

TEST(ClockWatch, CallsOnceMayEndItselfAndIsSilentWhenDestroyed) {
  Log log;
  World world{World::Options()};
  Node& node = world.add("node", idle);
  std::unique_ptr<ClockWatch> own;
  own = std::make_unique<ClockWatch>(node, WallTime(1s), [&] {
    log.add(world, "own");
    own.reset();
  });
  const ClockWatch kept(node, WallTime(2s), [&] { log.add(world, "kept"); });
  auto gone = std::make_unique<ClockWatch>(node, WallTime(3s), [&] { log.add(world, "gone"); });
  world.run_until(at(2500ms));
  gone.reset();
  node.jump_wall(-10s);
  world.run_until(at(60s));
  EXPECT_THAT(log.words(), ElementsAre("own", "kept"));
}

TEST(Death, TakesTheMemoryAndTheStartAfterItRunsMainAgain) {
  Log log;
  World world{World::Options()};
  Node& node = world.add("node", [&](Env& env) -> Task<void> {
    const Alive memory;
    int counted = 0;
    for (;;) {
      co_await env.sleep_for(1s);
      log.add(world, std::to_string(++counted));
    }
  });
  world.run_until(at(2500ms));
  node.kill();
  EXPECT_EQ(Alive::count, 0);
  world.run_until(at(10s));
  node.start();
  EXPECT_EQ(node.incarnation(), 2u);
  world.run_until(at(11s));
  EXPECT_THAT(log.words(), ElementsAre("1", "2", "1"));
}

TEST(Death, TakesSpawnedTasksTooNewestFirst) {
  struct Last {
    Log& log;
    World& world;
    std::string name;
    ~Last() { log.add(world, name); }
  };
  Log log;
  World world{World::Options()};
  const auto lives = [](Env& env, Log& l, World& w, std::string name) -> Task<void> {
    const Last last{l, w, std::move(name)};
    co_await env.sleep_for(1h);
  };
  Node& node = world.add("node", [&](Env& env) -> Task<void> {
    const Last last{log, world, "main"};
    env.spawn(lives(env, log, world, "first"));
    env.spawn(lives(env, log, world, "second"));
    co_await env.sleep_for(1h);
  });
  world.run_until(at(1s));
  node.kill();
  EXPECT_THAT(log.words(), ElementsAre("second", "first", "main"));
}

TEST(Death, ADatagramToTheDeadIsLostAndOneToThePausedWaits) {
  Log log;
  World world(exact(1ms));
  Node& node = world.add("node", [&](Env& env) -> Task<void> {
    for (;;) {
      const auto datagram = co_await env.receive_datagram();
      log.add(world, std::to_string(number_in(datagram.frame)));
    }
  });
  world.add("peer", [to = node.id()](Env& env) -> Task<void> {
    for (std::uint64_t i = 0; i < 3; ++i) {
      env.post(to, ball(i));
      co_await env.sleep_for(1s);
    }
  });
  node.kill();
  world.run_until(at(500ms));
  node.start();
  node.pause();
  world.run_until(at(1500ms));
  EXPECT_TRUE(log.entries.empty());
  node.resume();
  world.run_until(at(5s));
  EXPECT_THAT(log.words(), ElementsAre("1", "2"));
}

TEST(Failure, WhatATaskThrowsEndsTheRunOnceAndIsNotMistakenForAnythingElse) {
  World world{World::Options()};
  world.add("node", [](Env& env) -> Task<void> {
    co_await env.sleep_for(1s);
    throw std::runtime_error("a bug in a lock");
  });
  EXPECT_THROW(world.run_until(at(5s)), std::runtime_error);
  EXPECT_EQ(world.now(), at(1s));
  world.run_until(at(5s));
  EXPECT_EQ(world.now(), at(5s));
}

TEST(Failure, BeforeTheFirstEventIsToldByTheFirstRun) {
  World world{World::Options()};
  world.add("node", [](Env&) -> Task<void> {
    throw std::runtime_error("a bug in main");
    co_return;
  });
  EXPECT_THROW(world.run_until(at(1s)), std::runtime_error);
}

Task<bool> sleeps(Env& env, Duration length) {
  const Alive alive;
  co_await env.sleep_for(length);
  co_return true;
}

TEST(Within, GivesTheResultInTimeOrNothingOnTheClockOfItsDeadline) {
  Log log;
  World world{World::Options()};
  Node& node = world.add("node", [&](Env& env) -> Task<void> {
    const auto done = co_await within(env, SteadyTime(2s), sleeps(env, 1s));
    log.add(world, done ? "in time" : "too late");
    const auto late = co_await within(env, WallTime(9s), sleeps(env, 1h));
    log.add(world, late ? "in time" : "too late");
    const auto past = co_await within(env, WallTime(0s), sleeps(env, 1h));
    log.add(world, past ? "in time" : "too late");
  });
  world.call_at(at(2s), [&] { node.jump_wall(4s); });
  world.run_until(at(1h));
  EXPECT_THAT(log.words(), ElementsAre("in time", "too late", "too late"));
  EXPECT_EQ(log.entries[0].at, at(1s));
  EXPECT_EQ(log.entries[1].at, at(5s));
  EXPECT_EQ(log.entries[2].at, at(5s));
  EXPECT_EQ(Alive::count, 0);
}

}  // namespace
}  // namespace lockstep::sim
