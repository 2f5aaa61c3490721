// Rows 10, 11, 13 and 14 of E2 in research/lock-algorithms.md: three servers, of which the leader
// stops; and clocks that jump.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/real/zookeeper_pair.hpp"

namespace lockstep::zookeeper {
namespace {

using std::chrono::milliseconds;

class SameEnsemble : public testing::Test {
 protected:
  void SetUp() override {
    if (!ZooKeeperEnsemble::installed()) GTEST_SKIP() << ZooKeeperEnsemble::how_to_install;
  }
};

// Row 10. Asked of the leader itself, the real one was seen to answer one write short: its sync
// does not wait for what it has committed and not applied yet. Ours does.
TEST_F(SameEnsemble, ShowsEveryAcknowledgedWriteAfterASyncOfAFollower) {
  ZooKeeperPair pair(3, 30);  // nobody is to stop here: a slow machine is no reason to elect
  pair.open("writer", milliseconds(20'000), 1);
  pair.open("reader", milliseconds(20'000), 2);
  pair.say("writer", create("/k", "0", false, false));
  for (int i = 1; i <= 100; ++i) {
    pair.say("writer", set("/k", std::to_string(i)));
    pair.say("reader", sync("/k"));
    const std::string expected = fmt::format("{} v{} cv0 children 0", i, i);
    EXPECT_EQ(pair.say("reader", get("/k")), expected);
  }
}

// What the test above does on a machine that is so slow that a server drops it.
TEST_F(SameEnsemble, AnswersASessionOverANewConnectionAsOverTheOldOne) {
  ZooKeeperPair pair(3, 30);
  pair.open("a", milliseconds(20'000), 1);
  EXPECT_EQ(pair.say("a", create("/e", "0", true, false)), "/e");
  for (int i = 1; i <= 5; ++i) {
    pair.lose_real("a");
    pair.say("a", set("/e", std::to_string(i)));
    pair.lose_real("a");
    const std::string expected = fmt::format("{} v{} cv0 children 0 ephemeral", i, i);
    EXPECT_EQ(pair.say("a", get("/e")), expected);
  }
}

TEST_F(SameEnsemble, KeepsSessionsWhenItsLeaderStops) {  // row 11
  ZooKeeperPair pair(3);
  constexpr std::size_t server = 1;
  pair.open("a", milliseconds(20'000), server);
  pair.say("a", create("/e", "", true, false));
  const auto before = pair.czxid("a", "/e");
  pair.real.pause(pair.real_server(0));
  pair.simulated.world.find(SimulatedEnsemble::name(0))->pause();
  // Both elect another leader among the rest, each in its own time, and let their clients come
  // back.
  pair.pass(milliseconds(10'000));
  EXPECT_TRUE(pair.reopen("a", milliseconds(20'000), server));
  EXPECT_EQ(pair.say("a", create("/after", "", true, false)), "/after");
  EXPECT_EQ(pair.say("a", exists("/e")), "v0 cv0 children 0 ephemeral");
  const auto after = pair.czxid("a", "/after");
  EXPECT_GT(after.first >> 32, before.first >> 32);  // the epoch
  EXPECT_GT(after.second >> 32, before.second >> 32);
  pair.real.resume(pair.real_server(0));
}

TEST_F(SameEnsemble, DoesNotMindJumpsOfItsWallClock) {  // row 13
  ZooKeeperPair pair;
  pair.open("a", milliseconds(4'000));
  pair.say("a", create("/e", "", true, false));
  for (const std::chrono::seconds by : {1h, -2h}) {
    pair.real.clock().jump(by);
    pair.simulated.world.find(SimulatedEnsemble::name(0))->jump_wall(by);
    pair.pass(milliseconds(3'000), {"a"});
    EXPECT_EQ(pair.say("a", exists("/e")), "v0 cv0 children 0 ephemeral");
  }
}

TEST_F(SameEnsemble, MovesASessionToAnotherServer) {  // row 14, but for its watches
  ZooKeeperPair pair(3, 30);
  pair.open("a", milliseconds(20'000), 1);
  pair.say("a", create("/e", "", true, false));
  pair.drop("a");
  EXPECT_TRUE(pair.reopen("a", milliseconds(20'000), 2));
  pair.say("a", sync("/e"));
  EXPECT_EQ(pair.say("a", exists("/e")), "v0 cv0 children 0 ephemeral");
  EXPECT_EQ(pair.say("a", erase("/e")), "ok");
}

}  // namespace
}  // namespace lockstep::zookeeper
