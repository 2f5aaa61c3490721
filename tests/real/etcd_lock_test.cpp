// Rows 14 to 16 of E3 in research/lock-algorithms.md: the lock and election services of a real
// etcd 3.4, whose waiter wins with a lease that is over (etcd#11456), and ours without and with the
// check that later versions make.
#include <gtest/gtest.h>

#include <future>

#include "backends/backend.hpp"
#include "backends/etcd/machine.hpp"
#include "tests/real/etcd_pair.hpp"

namespace lockstep::etcd {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;

/// What came of two who stand in line while the lease of the second is revoked.
struct DeadWinner {
  bool second_told_it_won = false;
  bool its_key_is_there = true;
  bool third_told_it_won = false;  // after that, while the second does not know better

  friend bool operator==(const DeadWinner&, const DeadWinner&) = default;
};
std::ostream& operator<<(std::ostream& out, const DeadWinner& dead) {
  return out << "second won: " << dead.second_told_it_won << ", its key: " << dead.its_key_is_there
             << ", third won: " << dead.third_told_it_won;
}
constexpr DeadWinner won_with_a_dead_lease{true, false, true};
constexpr DeadWinner was_told{false, false, true};

/// The real etcd, by "lock/lock" or "election/campaign".
DeadWinner real_dead_winner(const std::string& enter, const std::string& leave) {
  EtcdCluster cluster;
  const EtcdGateway etcd = cluster.gateway(0);
  for (const int lease : {1, 2, 3}) (void)etcd.post("lease/grant", {{"ID", lease}, {"TTL", 60}});
  const auto ask = [&](int lease) {
    return etcd.post(enter, {{"name", to_base64("l")}, {"lease", lease}, {"value", "dg=="}});
  };
  const auto key_of = [](const json& answer) {
    return answer.contains("leader") ? answer["leader"] : json{{"key", answer.value("key", "")}};
  };
  const auto there = [&](const json& key) {
    const auto answer = etcd.post("kv/range", {{"key", key["key"]}});
    return answer && answer->contains("kvs");
  };
  const auto first = ask(1);
  auto second = std::async(std::launch::async, [&] { return ask(2); });
  const json all{{"key", to_base64("l/")}, {"range_end", to_base64("l0")}};
  for (int i = 0; i < 200; ++i) {
    const auto line = etcd.post("kv/range", all);
    if (line && (*line)["count"] == "2") break;
    std::this_thread::sleep_for(milliseconds(10));
  }
  (void)etcd.post("lease/revoke", {{"ID", 2}});
  const json mine = key_of(*first);
  (void)etcd.post(leave, first->contains("leader") ? json{{"leader", mine}} : mine);
  const auto won = second.get();
  DeadWinner found;
  found.second_told_it_won = won && !won->contains("error");
  if (found.second_told_it_won) found.its_key_is_there = there(key_of(*won));
  const auto third = ask(3);
  found.third_told_it_won = third && !third->contains("error");
  return found;
}

Task<void> take(Lock& lock, std::shared_ptr<std::optional<Result<Lease>>> answer) {
  auto lease = co_await lock.acquire("l", 20s);
  *answer = std::move(lease);
}
Task<void> give(Lock& lock, Lease lease) {
  const auto released = co_await lock.release(std::move(lease));
  (void)released;
}

/// Ours, by the client of that lock.
DeadWinner our_dead_winner(const char* name) {
  const Backend& backend = *find_backend(name);
  SimulatedCluster cluster(1);
  LockOptions options;
  options.servers = {NodeId{0}};
  options.settings = Settings(backend.parameters);
  options.settings.put("session", Duration(60s));
  sim::World& world = cluster.world;
  std::vector<std::unique_ptr<Lock>> locks;
  std::vector<std::shared_ptr<std::optional<Result<Lease>>>> answers;
  std::vector<sim::Node*> nodes;
  const auto begin = [&](std::size_t who) {
    nodes[who]->spawn(take(*locks[who], answers[who]));
    world.run_until(world.now() + 300ms);
  };
  for (const char* client : {"first", "second", "third"}) {
    nodes.push_back(&world.add(client, [](Env&) -> Task<void> { co_return; }));
    locks.push_back(backend.connect(*nodes.back(), options));
    answers.push_back(std::make_shared<std::optional<Result<Lease>>>());
  }
  begin(0);
  begin(1);
  Range line{with_prefix(line_key("l", {}))};
  line.order = Order::last_created;
  const KeyValue waiter = cluster.ask(0, Request(line), 1s)->results[0].kvs.front();
  (void)cluster.ask(0, Request(revoke(waiter.lease)), 1s);
  nodes[0]->spawn(give(*locks[0], **answers[0].get() ? ***answers[0] : Lease()));
  world.run_until(world.now() + 300ms);
  DeadWinner found;
  const auto& won = *answers[1];
  // Whoever is told that its lease is over begins anew, and wins with another key.
  const auto keys = cluster.ask(0, Request(line), 1s)->results[0].kvs;
  found.its_key_is_there = false;
  for (const KeyValue& kv : keys) found.its_key_is_there |= kv.key == waiter.key;
  const bool with_another = won && *won && !keys.empty();
  found.second_told_it_won = won && *won && !with_another;
  if (with_another) {
    nodes[1]->spawn(give(*locks[1], **won));
    world.run_until(world.now() + 300ms);
  }
  begin(2);
  found.third_told_it_won = answers[2]->has_value() && (*answers[2])->has_value();
  locks.clear();
  return found;
}

class SameEtcdLock : public testing::Test {
 protected:
  void SetUp() override {
    if (!EtcdCluster::installed()) GTEST_SKIP() << EtcdCluster::how_to_install;
  }
};

TEST_F(SameEtcdLock, IsWonWithALeaseThatIsOver) {  // row 14
  EXPECT_EQ(real_dead_winner("lock/lock", "lock/unlock"), won_with_a_dead_lease);
  EXPECT_EQ(our_dead_winner("etcd-mutex-no-own-check"), won_with_a_dead_lease);
  EXPECT_EQ(our_dead_winner("etcd-mutex"), was_told);
}

TEST_F(SameEtcdLock, ElectsALeaderWhoseLeaseIsOver) {  // row 15
  EXPECT_EQ(real_dead_winner("election/campaign", "election/resign"), won_with_a_dead_lease);
  EXPECT_EQ(our_dead_winner("etcd-election-no-own-check"), won_with_a_dead_lease);
}

TEST_F(SameEtcdLock, IsTwoTimesOursForOneLease) {  // row 16
  EtcdCluster cluster;
  const EtcdGateway etcd = cluster.gateway(0);
  (void)etcd.post("lease/grant", {{"ID", 1}, {"TTL", 60}});
  const json lock{{"name", to_base64("l")}, {"lease", 1}};
  const auto first = etcd.post("lock/lock", lock);
  const auto second = etcd.post("lock/lock", lock);
  ASSERT_TRUE(first && second);
  EXPECT_EQ((*first)["key"], (*second)["key"]);
  const auto of_nobody = etcd.post("lock/lock", {{"name", to_base64("m")}, {"lease", 0}});
  ASSERT_TRUE(of_nobody);
  EXPECT_FALSE((*of_nobody)["key"].get<std::string>().empty());
  (void)etcd.post("kv/put", {{"key", to_base64("any")}, {"value", ""}});
  (void)etcd.post("lock/unlock", {{"key", to_base64("any")}});
  const auto gone = etcd.post("kv/range", {{"key", to_base64("any")}});
  EXPECT_FALSE(gone->contains("kvs"));
  // Two of ours that share a session are both told that they hold it.
  const Backend& backend = *find_backend("etcd-same-session");
  SimulatedCluster simulated(1);
  LockOptions options;
  options.servers = {NodeId{0}};
  options.settings = Settings(backend.parameters);
  std::vector<std::unique_ptr<Lock>> locks;
  for (const char* worker : {"first", "second"}) {
    sim::Node& node = simulated.world.add(worker, [](Env&) -> Task<void> { co_return; });
    locks.push_back(backend.connect(node, options));
    const auto answer = std::make_shared<std::optional<Result<Lease>>>();
    node.spawn(take(*locks.back(), answer));
    simulated.world.run_until(simulated.world.now() + 300ms);
    EXPECT_TRUE(answer->has_value() && (*answer)->has_value()) << worker;
  }
  locks.clear();
}

}  // namespace
}  // namespace lockstep::etcd
