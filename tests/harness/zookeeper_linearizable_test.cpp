// Writes, and reads after a sync, are linearizable at a ZooKeeper ensemble under faults; reads
// without a sync are not, which shows that the judge can tell.
#include <gtest/gtest.h>

#include "checker/search.hpp"
#include "tests/backends/zookeeper/ensemble.hpp"

namespace lockstep::zookeeper {
namespace {

/// A node's value and version: what a client asked of it, and was told.
struct Asked {
  bool write = false;
  std::int64_t value = 0;
  std::int32_t expected = any_version;  // of a write
  bool refused = false;                 // a write: bad version
  std::int32_t version = -1;            // told; -1: never answered
  friend bool operator==(const Asked&, const Asked&) = default;
};

struct VersionedNode {
  struct State {
    std::int64_t value = 0;
    std::int32_t version = 0;
    friend bool operator==(const State&, const State&) = default;
  };
  using Input = Asked;

  static State initial() { return {}; }
  static bool only_looks(const Asked& asked) { return !asked.write; }
  static std::uint64_t hash(const State& state) {
    return mix64(static_cast<std::uint64_t>(state.value) << 32 |
                 static_cast<std::uint32_t>(state.version));
  }
  static bool step(State& state, const Asked& asked) {
    if (!asked.write) return state.value == asked.value && state.version == asked.version;
    const bool fits = asked.expected == any_version || asked.expected == state.version;
    if (asked.refused) return !fits;
    if (!fits) return asked.version == -1;  // nobody heard whether it was refused
    ++state.version;
    state.value = asked.value;
    return asked.version == -1 || asked.version == state.version;
  }
};

struct History {
  std::vector<Interval<Asked>> intervals;
  std::uint64_t places = 0;
  std::int64_t values = 0;
};
using HistoryPtr = std::shared_ptr<History>;

Task<void> use(ClientPtr client, Env& env, HistoryPtr history, bool syncs) {
  const std::optional<Deadline> never;
  std::int32_t seen = 0;
  for (;;) {
    const Duration pause = env.random().between(Duration(0), Duration(30ms));
    co_await env.sleep_for(pause);
    const auto session = co_await client->connected(never);
    if (!session) co_return;
    Asked asked;
    asked.write = env.random().below(2) == 0;
    if (asked.write) {
      asked.value = ++history->values;
      const bool guarded = env.random().below(2) == 0;
      if (guarded) asked.expected = seen;
    }
    const std::size_t at = history->intervals.size();
    history->intervals.push_back({asked, ++history->places});
    if (!asked.write && syncs) {
      const std::vector<Operation> first(1, sync("/p"));
      const auto synced = co_await client->call(*session, first, never);
      if (!synced) continue;
    }
    const std::vector<Operation> operations(
        1, asked.write ? set("/p", std::to_string(asked.value), asked.expected) : get("/p"));
    const auto response = co_await client->call(*session, operations, never);
    if (!response) continue;
    const Answer& answer = response->answers.front();
    asked.refused = answer.code == Code::bad_version;
    asked.version = answer.stat.version;
    if (!asked.write && !answer.data.empty()) asked.value = std::stoll(answer.data);
    if (!asked.refused) seen = answer.stat.version;
    history->intervals[at].input = asked;
    history->intervals[at].ret = ++history->places;
  }
}

/// Cuts, pauses, kills and brings back servers.
void disturb(Ensemble& ensemble, Random& random) {
  sim::Node& victim = *random.pick(ensemble.nodes);
  const std::uint64_t how = random.below(4);
  const Duration lasts = random.between(Duration(20ms), Duration(900ms));
  if (how == 0) {
    victim.kill();
  } else if (how == 1) {
    victim.power_off();
  } else if (how == 2) {
    victim.pause();
  } else {
    for (const NodeId other : ensemble.ids) ensemble.world.cut(other, victim.id());
  }
  ensemble.pass(lasts);
  if (how < 2) victim.start();
  if (how == 2) victim.resume();
  for (const NodeId other : ensemble.ids) ensemble.world.mend(other, victim.id());
  const Duration calm = random.between(Duration(0), Duration(600ms));
  ensemble.pass(calm);
}

Status judged(std::uint64_t seed, bool syncs, std::size_t& answered) {
  Ensemble ensemble(seed);
  Random random(seed, "faults");
  const auto history = std::make_shared<History>();
  ensemble.ask(ensemble.client("maker"), create("/p", "0", false, false));
  for (std::size_t i = 0; i < 3; ++i) {
    const std::string name = "client-" + std::to_string(i + 1);
    const ClientPtr client = ensemble.client(name, i);
    sim::Node& machine = ensemble.machine(name);
    machine.spawn(use(client, machine, history, syncs));
  }
  for (int i = 0; i < 5; ++i) disturb(ensemble, random);
  ensemble.pass(1s);
  for (std::size_t i = 0; i < 3; ++i) {
    ensemble.machine("client-" + std::to_string(i + 1)).kill();
  }
  std::vector<Interval<Asked>> intervals;
  for (const Interval<Asked>& interval : history->intervals) {
    const bool says_nothing = interval.ret == forever && !interval.input.write;
    if (!says_nothing) intervals.push_back(interval);
    answered += interval.ret == forever ? 0 : 1;
  }
  return search<VersionedNode>(intervals).status;
}

TEST(ZooKeeperLinearizable, AreWritesAndReadsAfterASyncUnderFaults) {
  std::size_t answered = 0;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    EXPECT_EQ(judged(seed, true, answered), Status::holds) << "seed " << seed;
  }
  EXPECT_GT(answered, 4000u);
}

TEST(ZooKeeperLinearizable, AreNotReadsWithoutASync) {
  std::size_t answered = 0;
  int violated = 0;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    violated += judged(seed, false, answered) == Status::violated ? 1 : 0;
  }
  EXPECT_GT(violated, 0);
}

}  // namespace
}  // namespace lockstep::zookeeper
