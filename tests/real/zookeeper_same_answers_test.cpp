// E2 of research/lock-algorithms.md: nodes, sequences, versions, watches and sessions of a real
// ZooKeeper and of the simulated one.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/real/zookeeper_pair.hpp"

namespace lockstep::zookeeper {
namespace {

using std::chrono::milliseconds;
using ::testing::ElementsAre;

class SameZooKeeper : public testing::Test {
 protected:
  void SetUp() override {
    if (!ZooKeeperEnsemble::installed()) GTEST_SKIP() << ZooKeeperEnsemble::how_to_install;
    pair = std::make_unique<ZooKeeperPair>();
    pair->open("a");
  }
  std::string a(Operation operation) { return pair->say("a", std::move(operation)); }

  std::unique_ptr<ZooKeeperPair> pair;
};

Operation node(std::string path) {
  return create(std::move(path), "", false, false);
}
Operation ephemeral(std::string path) {
  return create(std::move(path), "", true, false);
}
Operation sequential(std::string path) {
  return create(std::move(path), "", false, true);
}

TEST_F(SameZooKeeper, CountsAllCreatesOfAParentForItsSequences) {  // rows 1 to 3
  a(node("/l"));
  EXPECT_EQ(a(sequential("/l/x-")), "/l/x-0000000000");
  EXPECT_EQ(a(sequential("/l/y-")), "/l/y-0000000001");
  a(node("/l/plain"));
  EXPECT_EQ(a(sequential("/l/x-")), "/l/x-0000000003");
  a(erase("/l/plain"));
  EXPECT_EQ(a(sequential("/l/x-")), "/l/x-0000000004");
  a(node("/l/x-0000000000"));  // it is there
  EXPECT_EQ(a(sequential("/l/x-")), "/l/x-0000000005");
  EXPECT_EQ(a(exists("/l")), "v0 cv7 children 5");
  for (const char* name :
       {"x-0000000000", "y-0000000001", "x-0000000003", "x-0000000004", "x-0000000005"}) {
    a(erase(std::string("/l/") + name));
  }
  EXPECT_EQ(a(exists("/l")), "v0 cv12 children 0");
  EXPECT_EQ(a(sequential("/l/x-")), "/l/x-0000000006");
  const auto before = pair->czxid("a", "/l/x-0000000006");
  a(erase("/l/x-0000000006"));
  a(erase("/l"));
  a(node("/l"));
  EXPECT_EQ(a(sequential("/l/x-")), "/l/x-0000000000");
  const auto after = pair->czxid("a", "/l/x-0000000000");
  EXPECT_GT(after.first, before.first);
  EXPECT_GT(after.second, before.second);
}

TEST_F(SameZooKeeper, RefusesWhatMakesNoSense) {  // row 4
  a(node("/l"));
  a(ephemeral("/e"));
  a(node("/l/child"));
  a(sequential("/nowhere/x-"));
  a(node("/e/child"));
  a(erase("/l"));
  a(erase("/nothing"));
  a(erase("/l/child", 7));
  a(set("/l/child", "x", 7));
  EXPECT_EQ(a(set("/l/child", "x", 0)), "v1 cv0 children 0");
  a(get("/l/child"));
  a(children("/l"));
  a(node("/l"));
}

TEST_F(SameZooKeeper, LetsAnybodyDeleteAnEphemeralNode) {  // row 5
  pair->open("b");
  a(ephemeral("/e"));
  EXPECT_EQ(pair->say("b", erase("/e")), "ok");
}

TEST_F(SameZooKeeper, FiresAWatchOnceForWhatItWatches) {  // row 6
  pair->open("b");
  a(node("/k"));
  a(watching(get("/k")));
  pair->say("b", set("/k", "1"));
  pair->say("b", set("/k", "2"));
  EXPECT_EQ(pair->events("a").size(), 1u);
  a(watching(exists("/new")));
  pair->say("b", node("/new"));
  pair->say("b", erase("/new"));
  EXPECT_EQ(pair->events("a").size(), 1u);
  a(watching(get("/missing")));
  pair->say("b", node("/missing"));
  EXPECT_THAT(pair->events("a"), ElementsAre());
  a(watching(children("/k")));
  pair->say("b", set("/k", "3"));
  EXPECT_THAT(pair->events("a"), ElementsAre());
  pair->say("b", node("/k/child"));
  EXPECT_EQ(pair->events("a").size(), 1u);
}

TEST_F(SameZooKeeper, EndsASilentSessionWithAllItsNodes) {  // rows 7 and 8
  pair->open("b", milliseconds(2'000));
  pair->open("c", milliseconds(2'000));
  a(node("/l"));
  pair->say("b", ephemeral("/l/one"));
  pair->say("b", ephemeral("/l/two"));
  pair->say("c", ephemeral("/l/three"));
  a(watching(exists("/l/one")));
  pair->drop("b");   // its process dies: a FIN ends no session
  pair->close("c");  // but this does
  EXPECT_EQ(a(children("/l")), "[one two] v0 cv4 children 2");
  pair->pass(milliseconds(1'400), {"a"});
  EXPECT_EQ(a(children("/l")), "[one two] v0 cv4 children 2");
  pair->pass(milliseconds(2'600), {"a"});
  EXPECT_EQ(pair->events("a").size(), 1u);
  EXPECT_EQ(a(children("/l")), "[] v0 cv6 children 0");
  EXPECT_FALSE(pair->reopen("b", milliseconds(2'000)));
}

TEST_F(SameZooKeeper, KeepsASessionThatComesBackInTime) {
  pair->open("b", milliseconds(4'000));
  pair->say("b", ephemeral("/e"));
  pair->drop("b");
  pair->pass(milliseconds(1'000), {"a"});
  EXPECT_TRUE(pair->reopen("b", milliseconds(4'000)));
  pair->pass(milliseconds(6'000), {"a", "b"});
  EXPECT_EQ(a(exists("/e")), "v0 cv0 children 0 ephemeral");
}

TEST_F(SameZooKeeper, GrantsTwoToTwentyTicks) {
  // `open` compares what was granted.
  pair->open("short", milliseconds(100));
  pair->open("long", milliseconds(3'600'000));
}

TEST_F(SameZooKeeper, DoesAllOfATransactionOrNothing) {  // row 9
  a(node("/k"));
  a(set("/k", "1"));
  a(set("/k", "2"));
  pair->say("a", {check("/k", 5), set("/k", "x")});
  EXPECT_EQ(a(get("/k")), "2 v2 cv0 children 0");
  pair->say("a", {check("/k", 2), set("/k", "x"), node("/other")});
  EXPECT_EQ(a(get("/k")), "x v3 cv0 children 0");
  pair->say("a", {node("/third"), node("/other")});
  a(exists("/third"));
}

}  // namespace
}  // namespace lockstep::zookeeper
