// How releases go wrong: the smallest plays of the locks that free what is not theirs, each beside
// the sibling that survives the same play.

#include <gtest/gtest.h>

#include "tests/backends/locks_play.hpp"

namespace lockstep {
namespace {

/// Ann overruns her lease, Bob gets the lock, Ann releases: does Cleo get in beside Bob?
bool an_overrun_frees_the_next_holder(std::string_view lock) {
  LocksPlay play(lock);
  const auto ann = play.acquire("ann");
  EXPECT_TRUE(ann);
  play.pass(11s);
  EXPECT_TRUE(play.gets_it("bob"));
  (void)play.release("ann", *ann);
  return play.gets_it("cleo");
}

TEST(LocksRelease, DelByNameFreesTheNextHolder) {
  EXPECT_TRUE(an_overrun_frees_the_next_holder("redis-setpx-del"));
}
TEST(LocksRelease, ComparingASharedNumberFreesTheNextHolder) {
  EXPECT_TRUE(an_overrun_frees_the_next_holder("redis-setpx-pid"));
}
TEST(LocksRelease, ComparingAUniqueValueFreesNobodyElse) {
  for (const char* lock : {"redis-setpx", "redis-setpx-getdel", "redis-setpx-lease",
                           "redis-setnx-expire", "redis-fence-atomic"}) {
    EXPECT_FALSE(an_overrun_frees_the_next_holder(lock)) << lock;
  }
}

TEST(LocksRelease, OfWhatIsOverSaysThatItIsLost) {
  LocksPlay play("redis-setpx");
  const auto ann = play.acquire("ann");
  ASSERT_TRUE(ann);
  play.pass(11s);
  const auto released = play.release("ann", *ann);
  ASSERT_FALSE(released);
  EXPECT_EQ(released.error().code, ErrorCode::lost);
}

TEST(LocksRelease, GetThenDelFreesWhoeverCameBetween) {
  LocksPlay play("redis-setpx-getdel");
  const auto ann = play.acquire("ann");
  ASSERT_TRUE(ann);
  play.pause_at("ann", "got-value");
  const auto releasing = play.begin_release("ann", *ann);
  play.pass(11s);
  ASSERT_TRUE(play.gets_it("bob"));
  play.resume("ann");
  ASSERT_TRUE(play.outcome(releasing));
  EXPECT_TRUE(play.gets_it("cleo"));
}

/// Ann's client sends its release again because no answer came, and Bob got the lock meanwhile.
bool a_release_sent_twice_frees_the_next_holder(std::string_view lock) {
  LocksPlay play(lock, {{"retries", std::int64_t{1}}});
  const auto ann = play.acquire("ann");
  EXPECT_TRUE(ann);
  sim::Node& node = play.client("ann").node;
  play.world.cut(play.server->id(), node.id());
  const auto releasing = play.begin_release("ann", *ann);
  play.pass(500ms);
  EXPECT_TRUE(play.gets_it("bob"));
  play.pass(600ms);
  play.world.mend(play.server->id(), node.id());
  (void)play.outcome(releasing);
  play.pass(1s);
  return play.gets_it("cleo");
}

TEST(LocksRelease, DelByNameSentTwiceFreesTheNextHolder) {
  for (const char* lock : {"redis-setnx", "redis-setpx-del", "redis-setpx-pid"}) {
    EXPECT_TRUE(a_release_sent_twice_frees_the_next_holder(lock)) << lock;
  }
}
TEST(LocksRelease, CompareAndDeleteMayBeSentTwice) {
  for (const char* lock : {"redis-setpx", "redis-watchdog", "redis-fair", "redis-reentrant"}) {
    EXPECT_FALSE(a_release_sent_twice_frees_the_next_holder(lock)) << lock;
  }
}

TEST(LocksRelease, AHandleThatEnteredTwiceLeavesTwice) {
  LocksPlay play("redis-reentrant");
  const auto once = play.acquire("ann");
  const auto twice = play.acquire("ann");
  ASSERT_TRUE(once && twice);
  ASSERT_TRUE(play.release("ann", *twice));
  EXPECT_FALSE(play.gets_it("bob"));
  ASSERT_TRUE(play.release("ann", *once));
  EXPECT_TRUE(play.gets_it("bob"));
}

}  // namespace
}  // namespace lockstep
