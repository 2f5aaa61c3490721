// The tutorial's ZooKeeperLock: each bug of section F, article 2, F20 to F31, is there.
#include <gtest/gtest.h>

#include "backends/zookeeper/locks/sequence.hpp"
#include "tests/backends/locks_play.hpp"

namespace lockstep {
namespace {

using zookeeper::Client;
using zookeeper::ClientPtr;

LocksPlay::Sets with(LocksPlay::Sets more) {
  more.emplace_back("session", Duration(2s));
  return more;
}
const LocksPlay::Sets mended = with({{"mended_wait", true}});

Task<void> tell(ClientPtr client, zookeeper::Operation operation) {
  const std::optional<Deadline> never;
  const auto session = co_await client->connected(never);
  if (!session) co_return;
  const auto done = co_await client->insist(*session, std::move(operation));
  (void)done;
}

/// Somebody else's client does something to the tree.
void meddle(LocksPlay& play, ClientPtr& client, zookeeper::Operation operation) {
  LocksPlay::Actor& actor = play.client("meddler");
  if (!client) {
    client = Client::start(actor.node, play.server_ids(), zookeeper::client_options(play.settings));
  }
  actor.node.spawn(tell(client, std::move(operation)));
  play.pass(100ms);
}

TEST(TutorialZooKeeperLock, F20FindsNoParentOnItsFirstUse) {
  LocksPlay play("tutorial-zookeeper-lock", with({{"make_parent", false}}));
  const auto acquired = play.acquire("ann");
  ASSERT_FALSE(acquired);
  EXPECT_NE(acquired.error().text.find("NoNode"), std::string::npos);
}

TEST(TutorialZooKeeperLock, F21DiesWhenContendedAndLeavesItsNodeInLine) {
  LocksPlay play("tutorial-zookeeper-lock", with({}));
  const auto held = play.acquire("ann");
  ASSERT_TRUE(held);
  const auto died = play.acquire("bob");
  ASSERT_FALSE(died);
  EXPECT_NE(died.error().text.find("AttributeError"), std::string::npos);
  ASSERT_TRUE(play.release("ann", *held));
  EXPECT_FALSE(play.acquire("ann")) << "bob's node stands before it, and bob lives";
  play.crash("bob");
  play.pass(5s);
  EXPECT_FALSE(play.acquire("cleo")) << "ann's second node does";
}

TEST(TutorialZooKeeperLock, F22WakesIntoAHeldLockWhenAnotherWaiterDies) {
  LocksPlay play("tutorial-zookeeper-lock", mended);
  ASSERT_TRUE(play.acquire("ann"));
  const auto second = play.begin_acquire("bob");
  play.pass(100ms);
  const auto third = play.begin_acquire("cleo");
  play.pass(100ms);
  play.crash("bob");
  EXPECT_TRUE(play.outcome(third)) << "though ann holds";
}

TEST(TutorialZooKeeperLock, F23TakesAnyEventForTheRelease) {
  LocksPlay play("tutorial-zookeeper-lock", mended);
  ASSERT_TRUE(play.acquire("ann"));
  const auto waiting = play.begin_acquire("bob");
  play.pass(100ms);
  EXPECT_FALSE(*waiting);
  ClientPtr client;
  meddle(play, client, zookeeper::set("/locks/a/lock-0000000000", "a note"));
  EXPECT_TRUE(waiting->has_value());
}

TEST(TutorialZooKeeperLock, F24SleepsOnWhenTheEventCameBeforeTheWait) {
  // A machine that was stopped between the watch and the wait handles the event before or after
  // what it was about to do.
  int slept_on = 0;
  for (int i = 0; i < 20; ++i) {
    LocksPlay play("tutorial-zookeeper-lock", mended);
    const auto held = play.acquire("ann");
    ASSERT_TRUE(held);
    const std::string waiter = "waiter-" + std::to_string(i);
    play.pause_at(waiter, "watching");
    const auto waiting = play.begin_acquire(waiter);
    play.pass(100ms);
    ASSERT_TRUE(play.release("ann", *held));
    play.pass(100ms);
    play.resume(waiter);
    play.pass(10s);
    if (!*waiting) ++slept_on;
  }
  EXPECT_GT(slept_on, 0);
}

TEST(TutorialZooKeeperLock, F25StandsBehindItselfWhenItsPredecessorVanished) {
  LocksPlay play("tutorial-zookeeper-lock", mended);
  const auto held = play.acquire("ann");
  ASSERT_TRUE(held);
  play.pause_at("bob", "listed");
  const auto waiting = play.begin_acquire("bob");
  play.pass(100ms);
  ASSERT_TRUE(play.release("ann", *held));
  play.resume("bob");
  play.pass(10s);
  EXPECT_FALSE(*waiting) << "its second node waits for its first";
}

TEST(TutorialZooKeeperLock, F26LeavesAnOrphanAfterALostReply) {
  LocksPlay play("tutorial-zookeeper-lock", mended);
  ASSERT_TRUE(play.release("ann", *play.acquire("ann")));
  const NodeId ann = play.client("ann").node.id();
  for (const NodeId server : play.server_ids()) play.world.cut(server, ann);
  const auto lost = play.begin_acquire("ann");
  play.pass(1500ms);
  for (const NodeId server : play.server_ids()) play.world.mend(server, ann);
  const auto ended = play.outcome(lost);
  ASSERT_FALSE(ended);
  EXPECT_FALSE(ended.error().definite());
  const auto next = play.begin_acquire("bob");
  play.pass(10s);
  EXPECT_FALSE(*next);
}

TEST(TutorialZooKeeperLock, F27LetsEveryOtherErrorOut) {
  LocksPlay play("tutorial-zookeeper-lock", mended);
  ASSERT_TRUE(play.release("ann", *play.acquire("ann")));
  // A connection loss is none that it catches.
  const NodeId ann = play.client("ann").node.id();
  for (const NodeId server : play.server_ids()) play.world.cut(ann, server);
  const auto acquired = play.begin_acquire("ann");
  play.pass(1500ms);
  for (const NodeId server : play.server_ids()) play.world.mend(ann, server);
  EXPECT_EQ(play.outcome(acquired).error().code, ErrorCode::disconnected);
}

TEST(TutorialZooKeeperLock, F28WaitsForNodesOfAnyOtherName) {
  LocksPlay play("tutorial-zookeeper-lock", mended);
  ASSERT_TRUE(play.release("ann", *play.acquire("ann")));
  ClientPtr client;
  meddle(play, client, zookeeper::create("/locks/a/backup-", "", true, true));
  const auto waiting = play.begin_acquire("ann");
  play.pass(10s);
  EXPECT_FALSE(*waiting);
}

TEST(TutorialZooKeeperLock, F29NeitherSeesThatItsSessionIsOverNorSaysSoAtTheRelease) {
  LocksPlay play("tutorial-zookeeper-lock", mended);
  const auto held = play.acquire("ann");
  ASSERT_TRUE(held);
  ClientPtr client;
  meddle(play, client, zookeeper::erase("/locks/a/lock-0000000000"));
  EXPECT_TRUE(play.believes("ann", *held));
  EXPECT_TRUE(play.release("ann", *held)) << "silent, though the node is gone";
  const auto second = play.acquire("bob");
  ASSERT_TRUE(second);
  play.client("bob").node.pause();
  play.pass(10s);
  play.resume("bob");
  play.pass(1s);
  EXPECT_TRUE(play.believes("bob", *second));
  EXPECT_TRUE(play.losses.empty());
}

TEST(TutorialZooKeeperLock, F30DeletesWhatItLookedAtBefore) {
  LocksPlay play("tutorial-zookeeper-lock", mended);
  const auto held = play.acquire("ann");
  ASSERT_TRUE(held);
  // Two round trips: between them the node can go, and the second answer is not looked at.
  const auto messages = play.world.messages();
  EXPECT_TRUE(play.release("ann", *held));
  EXPECT_GE(play.world.messages() - messages, 4u);
}

TEST(TutorialZooKeeperLock, F31WaitsBeyondItsCallersPatience) {
  LocksPlay play("tutorial-zookeeper-lock", mended);
  ASSERT_TRUE(play.acquire("ann"));
  const auto waiting = play.begin_acquire("bob", 100ms);
  play.pass(60s);
  EXPECT_FALSE(*waiting);
}

}  // namespace
}  // namespace lockstep
