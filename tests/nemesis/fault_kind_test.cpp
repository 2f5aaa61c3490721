#include "nemesis/fault_kind.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "nemesis/nemesis.hpp"

namespace lockstep {
namespace {

Task<void> idle(Env& env) {
  for (;;) co_await env.sleep_for(1s);
}

/// Counts how often each step was passed, on a node that marks one every second.
Task<void> stepping(Env& env, int& steps) {
  for (;;) {
    co_await env.sleep_for(1s);
    co_await env.step("tick");
    ++steps;
  }
}

Cluster three_clients() {
  Cluster cluster;
  cluster.clients = {"client-1", "client-2", "client-3"};
  cluster.servers = {"redis-1"};
  cluster.resources = {"resource"};
  return cluster;
}

void populate(sim::World& world) {
  const Cluster cluster = three_clients();
  for (const auto* names : {&cluster.servers, &cluster.resources, &cluster.clients}) {
    for (const std::string& name : *names) world.add(name, idle);
  }
}

class EveryFault : public testing::TestWithParam<std::size_t> {};

TEST_P(EveryFault, IsTakenBackWithoutATraceWhenItEnds) {
  const FaultKind& kind = all_fault_kinds()[GetParam()];
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    sim::World world({seed, {}, 20us, false});
    populate(world);
    Random random(seed, "test");
    Fault fault = kind.draw(random, three_clients(), 10s);
    EXPECT_EQ(fault.kind, kind.name);
    if (kind.name == "clock-jump") fault.lasts = 1s;
    std::vector<FaultSpan> spans;
    const std::vector<Fault> faults{fault};
    Nemesis nemesis(world, faults, spans);
    world.run_until(WorldTime{} + 10s);
    nemesis.heal();
    ASSERT_EQ(spans.size(), 1u);
    EXPECT_THAT(spans[0].text, testing::Not(testing::IsEmpty()));
    EXPECT_NE(spans[0].to, never);
    for (const auto& node : world.nodes()) {
      EXPECT_EQ(node->state(), sim::NodeState::up) << node->name();
      EXPECT_EQ(node->clock(ClockKind::steady).ppb(), 0);
      EXPECT_EQ(node->clock(ClockKind::wall).ppb(), 0);
      for (const auto& other : world.nodes()) {
        const sim::Trouble& trouble = world.link(node->id(), other->id()).trouble;
        EXPECT_EQ(trouble.cuts, 0u);
        EXPECT_EQ(trouble.delay_max, 0ns);
        EXPECT_EQ(trouble.loss_millionths, 0u);
        EXPECT_EQ(trouble.duplicate_millionths, 0u);
        EXPECT_EQ(trouble.reorder_millionths, 0u);
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Kinds, EveryFault,
                         testing::Range<std::size_t>(0, all_fault_kinds().size()),
                         [](const auto& test) {
                           std::string name(all_fault_kinds()[test.param].name);
                           std::erase(name, '-');
                           return name;
                         });

TEST(Nemesis, OfTwoDriftsTheLongerGoesOnAfterTheOther) {
  sim::World world({1, {}, 20us, false});
  populate(world);
  Fault brief;
  brief.kind = "clock-drift";
  brief.targets = {"client-1"};
  brief.lasts = 2s;
  brief.amount = 1'000'000'000;
  Fault longer = brief;
  longer.when.at = WorldTime{} + 1s;
  longer.lasts = 3s;
  longer.amount = 500'000'000;
  const std::vector<Fault> faults{brief, longer};
  std::vector<FaultSpan> spans;
  Nemesis nemesis(world, faults, spans);
  std::vector<std::int64_t> rates;
  for (const auto moment : {500ms, 1500ms, 2500ms, 3500ms, 4500ms}) {
    world.run_until(WorldTime{} + moment);
    rates.push_back(world.find("client-1")->clock(ClockKind::steady).ppb());
  }
  EXPECT_THAT(rates,
              testing::ElementsAre(1'000'000'000, 2'000'000'000, 500'000'000, 500'000'000, 0));
}

TEST(Nemesis, AFaultAimedAtAStepFallsBeforeWhatComesNext) {
  sim::World world({1, {}, 20us, false});
  int steps = 0;
  world.add("client-1", [&steps](Env& env) { return stepping(env, steps); });
  Fault fault;
  fault.kind = "crash";
  fault.targets = {"self"};
  fault.when.step = "tick";
  fault.when.occurrence = 3;
  struct Steps final : sim::Observer {
    Nemesis* nemesis = nullptr;
    void on_note(sim::Node&, const Note&) override {}
    void on_state(sim::Node&) override {}
    void on_step(sim::Node& node, std::string_view step) override { nemesis->on_step(node, step); }
  } observer;
  std::vector<FaultSpan> spans;
  const std::vector<Fault> faults{fault};
  Nemesis nemesis(world, faults, spans);
  observer.nemesis = &nemesis;
  world.set_observer(&observer);
  world.run_until(WorldTime{} + 10s);
  EXPECT_EQ(steps, 2);
  EXPECT_EQ(world.find("client-1")->state(), sim::NodeState::process_dead);
}

}  // namespace
}  // namespace lockstep
