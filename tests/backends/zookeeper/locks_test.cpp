// What the locks on ZooKeeper do when nothing goes wrong, and what each slip does when it meets its
// fault (lock-algorithms.md, A4 and counterexamples 38 to 50).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "backends/zookeeper/locks/sequence.hpp"
#include "tests/backends/locks_play.hpp"

namespace lockstep {
namespace {

const LocksPlay::Sets short_session = {{"session", Duration(2s)}};

class EveryZooKeeperLock : public testing::TestWithParam<std::string> {};

std::vector<std::string> exclusive_locks() {
  std::vector<std::string> names;
  for (const Backend& backend : all_backends()) {
    // One breaks by itself, as soon as its clients are at different servers.
    const bool sound = backend.name != "zk-seq-order-by-name";
    if (sound && backend.name.starts_with("zk-")) names.emplace_back(backend.name);
  }
  return names;
}
std::string test_name(const testing::TestParamInfo<std::string>& info) {
  std::string name = info.param;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}
INSTANTIATE_TEST_SUITE_P(Locks, EveryZooKeeperLock, testing::ValuesIn(exclusive_locks()),
                         test_name);

TEST_P(EveryZooKeeperLock, PassesFromHandToHandWithARisingToken) {
  LocksPlay play(GetParam(), short_session);
  const auto first = play.acquire("ann");
  ASSERT_TRUE(first);
  const auto waiting = play.begin_acquire("bob");
  play.pass(100ms);
  EXPECT_FALSE(*waiting);
  ASSERT_TRUE(play.release("ann", *first));
  const auto second = play.outcome(waiting);
  ASSERT_TRUE(second);
  EXPECT_GT(second->token, first->token);
  EXPECT_NE(second->owner, first->owner);
  ASSERT_TRUE(play.release("bob", *second));
  EXPECT_TRUE(play.gets_it("ann"));
}

TEST_P(EveryZooKeeperLock, ComesFreeWhenItsHolderDies) {
  LocksPlay play(GetParam(), short_session);
  ASSERT_TRUE(play.acquire("ann"));
  play.crash("ann");
  EXPECT_FALSE(play.gets_it("bob", 500ms));
  EXPECT_TRUE(play.gets_it("bob", 5s));
}

TEST_P(EveryZooKeeperLock, LeavesNothingBehindWhenPatienceRunsOut) {
  LocksPlay play(GetParam(), short_session);
  const auto held = play.acquire("ann");
  ASSERT_TRUE(held);
  EXPECT_EQ(play.acquire("bob", 100ms).error().code, ErrorCode::held);
  ASSERT_TRUE(play.release("ann", *held));
  EXPECT_TRUE(play.gets_it("cleo"));
}

TEST(ZooKeeperLock, OutlivesTheDeathOfTheLeader) {
  LocksPlay play("zk-seq", short_session);
  const auto held = play.acquire("ann");
  ASSERT_TRUE(held);
  play.server->kill();
  play.pass(6s);
  EXPECT_TRUE(play.believes("ann", *held));
  EXPECT_FALSE(play.gets_it("bob", 3s));
  EXPECT_TRUE(play.release("ann", *held));
  EXPECT_TRUE(play.gets_it("bob", 3s));
}

void cut_off(LocksPlay& play, const std::string& name, bool mend) {
  const NodeId client = play.client(name).node.id();
  for (const NodeId server : play.server_ids()) {
    for (const auto& [from, to] : {std::pair(client, server), std::pair(server, client)}) {
      if (mend) {
        play.world.mend(from, to);
      } else {
        play.world.cut(from, to);
      }
    }
  }
}

/// Whether a holder who is cut off still believes when another holds: 40.
bool believes_beside_another(const std::string& lock) {
  LocksPlay play(lock, short_session);
  const auto held = play.acquire("ann");
  cut_off(play, "ann", false);
  if (!held || !play.gets_it("bob", 10s)) return false;
  return play.believes("ann", *held);
}

TEST(ZooKeeperLock, OfWhoIsCutOffIsBelievedUntilItsClientIsTold) {
  EXPECT_TRUE(believes_beside_another("zk-seq"));
  EXPECT_TRUE(believes_beside_another("zk-seq-ignore-session"));
  EXPECT_FALSE(believes_beside_another("zk-seq-suspend"));
  EXPECT_FALSE(believes_beside_another("zk-leader-latch"));
}

TEST(ZooKeeperLock, EndsForItsHolderWhenHeIsTold) {
  LocksPlay play("zk-seq", short_session);
  const auto held = play.acquire("ann");
  ASSERT_TRUE(held);
  cut_off(play, "ann", false);
  play.pass(5s);
  EXPECT_TRUE(play.losses.empty());
  cut_off(play, "ann", true);
  play.pass(2s);
  ASSERT_EQ(play.losses.size(), 1u);
  EXPECT_EQ(play.losses.front().owner, held->owner);
  EXPECT_EQ(play.release("ann", *held).error().code, ErrorCode::lost);
}

/// Whether a waiter who is woken by the death of another waiter believes that he holds: 43.
bool wakes_into_a_held_lock(const std::string& lock) {
  LocksPlay play(lock, short_session);
  const auto held = play.acquire("ann");
  const auto second = play.begin_acquire("bob", 300ms);  // gives up while the others wait
  play.pass(50ms);
  const auto third = play.begin_acquire("cleo");
  play.pass(1s);
  return held && third->has_value();
}

TEST(ZooKeeperLock, LooksAtTheLineAgainWhenItIsWoken) {
  EXPECT_FALSE(wakes_into_a_held_lock("zk-seq"));
  EXPECT_TRUE(wakes_into_a_held_lock("zk-seq-no-recheck"));
}

/// Whether anybody gets the lock after a create whose reply was lost: 44 and 38.
bool outlives_a_lost_reply(const std::string& lock) {
  LocksPlay play(lock, short_session);
  EXPECT_TRUE(play.release("ann", *play.acquire("ann")));
  // What ann sends arrives, what is answered does not, for less than her session.
  const NodeId ann = play.client("ann").node.id();
  for (const NodeId server : play.server_ids()) play.world.cut(server, ann);
  const auto acquired = play.begin_acquire("ann", 30s);
  play.pass(1500ms);
  for (const NodeId server : play.server_ids()) play.world.mend(server, ann);
  play.pass(10s);
  return acquired->has_value() && (*acquired)->has_value();
}

TEST(ZooKeeperLock, FindsItsNodeAgainAfterALostReply) {
  EXPECT_TRUE(outlives_a_lost_reply("zk-seq"));
  EXPECT_TRUE(outlives_a_lost_reply("zk-ephemeral-owned"));
  EXPECT_FALSE(outlives_a_lost_reply("zk-seq-no-guid"));
  EXPECT_FALSE(outlives_a_lost_reply("zk-ephemeral"));
}

TEST(ZooKeeperLock, ComparesSuffixesAcrossTheWrap) {
  for (const bool as_integers : {false, true}) {
    LocksPlay play("zk-seq", {{"session", Duration(2s)},
                              {"creates_before", std::int64_t{2'147'483'647}},
                              {"compare_as_integers", as_integers}});
    ASSERT_TRUE(play.acquire("ann"));
    EXPECT_EQ(play.gets_it("bob"), as_integers);
  }
}

TEST(ZooKeeperLock, IsOrderedByTheNumberAndNotByTheSession) {
  const auto lets_two_in = [](const std::string& lock) {
    LocksPlay play(lock, short_session);
    // Their sessions' ids begin with the number of the server that they came to first.
    std::size_t inside = 0;
    for (const char* name : {"ann", "bob", "cleo", "dan"}) {
      if (play.acquire(name, 200ms)) ++inside;
    }
    return inside > 1;
  };
  EXPECT_TRUE(lets_two_in("zk-seq-order-by-name"));
  EXPECT_FALSE(lets_two_in("zk-seq"));
}

TEST(ZooKeeperLock, NumbersAreReadOutOfNames) {
  EXPECT_EQ(zookeeper::sequence_in("0f-lock-0000000012"), 12);
  EXPECT_EQ(zookeeper::sequence_in("0f-lock--2147483648"), -2'147'483'648);
  EXPECT_EQ(zookeeper::sequence_in("0f-lock--000000001"), -1);
  EXPECT_EQ(zookeeper::sequence_in("x"), 0);
}

TEST(ZooKeeperReaders, ShareAndWaitForTheWriterBeforeThem) {
  LocksPlay play("zk-rw", short_session);
  const auto shared = [&](const std::string& name) {
    LocksPlay::Actor& actor = play.client(name);
    return play.begin(actor, actor.lock->acquire_shared("a", 60s));
  };
  const auto first = play.outcome(shared("ann"));
  const auto second = play.outcome(shared("bob"));
  ASSERT_TRUE(first && second);
  EXPECT_TRUE(first->shared);
  const auto writer = play.begin_acquire("cleo");
  play.pass(100ms);
  const auto late = shared("dan");
  play.pass(100ms);
  EXPECT_FALSE(*writer);
  EXPECT_FALSE(*late);
  ASSERT_TRUE(play.release("ann", *first));
  ASSERT_TRUE(play.release("bob", *second));
  const auto written = play.outcome(writer);
  ASSERT_TRUE(written);
  EXPECT_FALSE(*late);
  ASSERT_TRUE(play.release("cleo", *written));
  EXPECT_TRUE(play.outcome(late));
}

TEST(ZooKeeperReaders, OfKazooAndWritersWaitForEachOther) {
  for (const std::string lock : {"zk-rw", "zk-rw-kazoo"}) {
    LocksPlay play(lock, short_session);
    const auto held = play.acquire("ann");
    LocksPlay::Actor& bob = play.client("bob");
    const auto reader = play.begin(bob, bob.lock->acquire_shared("a", 60s));
    play.pass(100ms);
    const auto writer = play.begin_acquire("cleo");
    play.pass(100ms);
    ASSERT_TRUE(play.release("ann", *held));
    play.pass(10s);
    EXPECT_EQ(reader->has_value(), lock == "zk-rw");
  }
}

TEST(ZooKeeperReentrant, IsLeftAsOftenAsItWasEntered) {
  LocksPlay play("zk-reentrant", short_session);
  const auto outer = play.acquire("ann");
  const auto inner = play.acquire("ann");
  ASSERT_TRUE(outer && inner);
  EXPECT_EQ(outer->owner, inner->owner);
  ASSERT_TRUE(play.release("ann", *inner));
  EXPECT_FALSE(play.gets_it("bob"));
  ASSERT_TRUE(play.release("ann", *outer));
  EXPECT_TRUE(play.gets_it("bob"));
}

TEST(ZooKeeperSemaphore, LetsInAsManyAsItHasPermits) {
  for (const std::string lock : {"sem-zk-v2", "kazoo-semaphore"}) {
    LocksPlay play(lock, {{"session", Duration(2s)}, {"permits", std::int64_t{2}}});
    const auto first = play.acquire("ann");
    ASSERT_TRUE(first) << lock;
    ASSERT_TRUE(play.acquire("bob")) << lock;
    EXPECT_EQ(play.acquire("cleo", 200ms).error().code, ErrorCode::held) << lock;
    ASSERT_TRUE(play.release("ann", *first)) << lock;
    EXPECT_TRUE(play.gets_it("cleo", 1s)) << lock;
    play.crash("bob");
    EXPECT_TRUE(play.gets_it("ann", 6s)) << lock;
  }
}

}  // namespace
}  // namespace lockstep
