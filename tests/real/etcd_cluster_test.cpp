// Rows 10 to 12 of E3 in research/lock-algorithms.md: three members, of which some die.
#include <gtest/gtest.h>

#include "tests/real/etcd_pair.hpp"

namespace lockstep::etcd {
namespace {

using std::chrono::milliseconds;

/// Asks both clusters, each by a member that is up, and compares what they say.
class SameEtcdCluster : public testing::Test {
 protected:
  void SetUp() override {
    if (!EtcdCluster::installed()) GTEST_SKIP() << EtcdCluster::how_to_install;
    pair = std::make_unique<EtcdPair>(3);
    leader = pair->real.leader();
  }
  void kill(std::size_t real, std::size_t simulated) {
    pair->real.kill(real);
    pair->simulated.member(simulated).kill();
  }
  /// The simulated cluster is led by its first member.
  std::string ask(Request request, std::size_t real, std::size_t simulated,
                  milliseconds patience = milliseconds(10'000)) {
    const auto ours = pair->simulated.ask(simulated, request, patience);
    const auto theirs = pair->real.gateway(real).post(path_of(request), json_of(request), patience);
    const std::string answer = theirs ? told(*theirs, request) : "nothing";
    EXPECT_EQ(ours ? told(*ours, request) : "nothing", answer) << json_of(request).dump();
    return answer;
  }

  std::unique_ptr<EtcdPair> pair;
  std::size_t leader = 0;
};

TEST_F(SameEtcdCluster, GivesALeaseItsWholeTimeAgainWhenItsLeaderDies) {  // row 10
  ask(Request(lease_of(9, 20)), leader, 0);
  ask(request_of(Put("k", "v", 9)), leader, 0);
  pair->pass(milliseconds(7'300));
  EXPECT_EQ(ask(Request(ask_ttl(9)), leader, 0), "ttl 12");
  kill(leader, 0);
  const std::size_t survivor = (leader + 1) % 3;
  while (pair->real.leader() == leader) pair->pass(milliseconds(50));
  pair->pass(milliseconds(2'000));
  // Its time, and an election timeout, began anew; exactly when differs.
  const auto ours = pair->simulated.ask(1, Request(ask_ttl(9)), 10s);
  const auto theirs = pair->real.gateway(survivor).post("lease/timetolive", {{"ID", 9}});
  ASSERT_TRUE(ours && theirs);
  EXPECT_GE(ours->ttl_ms, 17'000);
  EXPECT_GE(std::stoll((*theirs)["TTL"].get<std::string>()), 17);
  EXPECT_EQ(ask(Request(get("k")), survivor, 1), "1 keys, k=v c2 m2 v1 lease 9");
}

TEST_F(SameEtcdCluster, EndsNoLeaseWithoutAQuorum) {  // rows 11 and 12
  const std::size_t lone = leader;
  ask(Request(lease_of(3, 3)), lone, 0);
  ask(request_of(Put("k", "v", 3)), lone, 0);
  kill((lone + 1) % 3, 1);
  kill((lone + 2) % 3, 2);
  pair->pass(milliseconds(7'000));
  EXPECT_EQ(ask(Request(get("k", true)), lone, 0), "1 keys, k=v c2 m2 v1 lease 3");
  // A linearizable read has nobody to ask; each says so in its own way, in its own time.
  const auto ours = pair->simulated.ask(0, Request(get("k")), 9s);
  const auto theirs =
      pair->real.gateway(lone).post("kv/range", json_of(Request(get("k"))), milliseconds(9'000));
  EXPECT_TRUE(!ours || ours->status != Status::ok);
  EXPECT_TRUE(!theirs || theirs->contains("error"));
  for (const std::size_t other : {1, 2}) {
    pair->real.restart((lone + other) % 3);
    pair->simulated.member(other).start();
  }
  (void)pair->real.leader();
  pair->pass(milliseconds(9'000));
  EXPECT_EQ(ask(Request(get("k")), lone, 0), "0 keys");
}

}  // namespace
}  // namespace lockstep::etcd
