// Circles in the order of holds: found where two holds contradict each other, and never otherwise.
#include "checker/order_cycle.hpp"

#include <gmock/gmock.h>

#include <map>
#include <set>

#include "checker/holds.hpp"
#include "tests/checker/brute_force.hpp"
#include "tests/checker/histories.hpp"
#include "tests/checker/worlds.hpp"

namespace lockstep {
namespace {

using testing::event;
using ::testing::HasSubstr;
using testing::history_of;
using testing::World;
using testing::WorldHistory;

Op granted(std::int64_t process, std::uint64_t token) {
  Op op = event(process, OpType::ok, "acquire");
  op.token = token;
  return op;
}

TEST(OrderCycle, OfTwoHoldsThatOverlapHasTwoSteps) {
  const History history = history_of(
      {event(0, OpType::invoke, "acquire"), granted(0, 0), event(1, OpType::invoke, "acquire"),
       granted(1, 0), event(0, OpType::invoke, "release"), event(0, OpType::ok, "release")});
  const Operations operations = operations_of(history).value();
  const Finding finding = find_model("owner-mutex")->check(operations, {})->findings.front();
  ASSERT_EQ(finding.cycle.size(), 2u);
  EXPECT_EQ(finding.cycle[0].after, finding.cycle[1].before);
  EXPECT_EQ(finding.cycle[1].after, finding.cycle[0].before);
  EXPECT_THAT(finding.explanation, HasSubstr("at once"));
}

TEST(OrderCycle, OfATokenThatFellNamesBothTokens) {
  const History history = history_of(
      {event(0, OpType::invoke, "acquire"), granted(0, 7), event(0, OpType::invoke, "release"),
       event(0, OpType::ok, "release"), event(1, OpType::invoke, "acquire"), granted(1, 2)});
  const Operations operations = operations_of(history).value();
  const Finding finding = find_model("fenced-mutex")->check(operations, {})->findings.front();
  ASSERT_EQ(finding.cycle.size(), 2u);
  std::set<OrderKind> kinds;
  for (const OrderStep& step : finding.cycle) kinds.insert(step.kind);
  EXPECT_EQ(kinds, (std::set<OrderKind>{OrderKind::real_time, OrderKind::token}));
  EXPECT_THAT(finding.explanation, HasSubstr("token 2 comes before token 7"));
}

/// The operations that a circle names, and those alone.
Operations named(const std::vector<OrderStep>& cycle, const Operations& all) {
  std::set<std::size_t> indices;
  for (const OrderStep& step : cycle) {
    indices.insert(step.before.acquire);
    if (step.before.release) indices.insert(*step.before.release);
    // An end that is only spoken of in passing still is what ends its hold.
    bool over = false;
    for (std::size_t i = step.before.acquire + 1; i < all.size() && !over; ++i) {
      const bool own = all[i].process() == all[step.before.acquire].process();
      if (!own || all[i].f() != "release" || all[i].outcome() == OpType::fail) continue;
      indices.insert(i);
      over = all[i].outcome() == OpType::ok;
    }
  }
  Operations some;
  for (const std::size_t i : indices) some.push_back(all[i]);
  return some;
}

TEST(OrderCycle, NamesOperationsThatNoOrderFits) {
  int found = 0;
  for (const World& world : testing::all_worlds()) {
    if (world.model != std::string("owner-mutex") && world.model != std::string("fenced-mutex")) {
      continue;
    }
    const Model& model = *find_model(world.model);
    for (std::uint64_t seed = 0; seed < 4000; ++seed) {
      const History history = WorldHistory(world, model, seed).draw(7);
      const Operations all = operations_of(history).value();
      const Judged judged = model.check(all, world.terms);
      if (!judged || judged->status != Status::violated) continue;
      const auto& cycle = judged->findings.front().cycle;
      for (std::size_t i = 0; i < cycle.size(); ++i) {
        ASSERT_EQ(cycle[i].after, cycle[(i + 1) % cycle.size()].before);
      }
      if (!cycle.empty()) {
        ++found;
        ASSERT_FALSE(testing::some_order_fits(model, named(cycle, all), world.terms))
            << world.model << ", seed " << seed;
      }
    }
  }
  EXPECT_GT(found, 200);
}

/// What order_cycle.hpp asks of owners so that a circle is certain.
bool in_turn(const Operations& all, bool fenced) {
  struct Owner {
    std::uint64_t busy_until = 0;
    bool holds = false;
    bool over = false;
  };
  std::map<std::string, Owner> owners;
  std::set<std::uint64_t> tokens;
  for (const Operation& one : all) {
    if (one.outcome() == OpType::fail) continue;
    Owner& owner = owners[owner_of(one)];
    const bool acquire = one.f() == "acquire";
    if (owner.over || one.call < owner.busy_until) return false;
    if (one.outcome() == OpType::info) {
      owner.over = !acquire;
      continue;
    }
    if (acquire == owner.holds) return false;
    if (fenced && acquire && (one.token() == 0 || !tokens.insert(one.token()).second)) return false;
    owner.holds = acquire;
    owner.busy_until = one.ret;
  }
  return true;
}

TEST(OrderCycle, IsThereExactlyWhenOwnersInTurnCannotBeOrdered) {
  std::map<std::string, int> violated;
  for (const World& world : testing::all_worlds()) {
    const bool fenced = world.model == "fenced-mutex";
    if (world.model != "owner-mutex" && !fenced) continue;
    const Model& model = *find_model(world.model);
    for (std::uint64_t seed = 0; seed < 6000; ++seed) {
      const History history = WorldHistory(world, model, seed).draw(8);
      const Operations all = operations_of(history).value();
      if (all.empty() || !in_turn(all, fenced)) continue;
      std::vector<std::size_t> of_key;
      for (std::size_t i = 0; i < all.size(); ++i) {
        if (all[i].outcome() != OpType::fail) of_key.push_back(i);
      }
      const std::size_t steps = order_cycle(all, of_key, {}, fenced).size();
      const bool fits = testing::some_order_fits(model, all, world.terms);
      ASSERT_EQ(steps, fits ? 0u : 2u) << world.model << ", seed " << seed;
      violated[world.model] += fits ? 0 : 1;
    }
  }
  EXPECT_GT(violated["owner-mutex"], 100);
  EXPECT_GT(violated["fenced-mutex"], 100);
}

TEST(OrderCycle, IsNotThereWhereAnOwnerContradictsItself) {
  const History history = history_of(
      {event(0, OpType::invoke, "acquire"), granted(0, 0), event(0, OpType::invoke, "acquire"),
       granted(0, 0), event(1, OpType::invoke, "release"), event(1, OpType::ok, "release")});
  const Finding finding =
      find_model("owner-mutex")->check(operations_of(history).value(), {})->findings.front();
  EXPECT_EQ(finding.status, Status::violated);
  EXPECT_TRUE(finding.cycle.empty());
}

}  // namespace
}  // namespace lockstep
