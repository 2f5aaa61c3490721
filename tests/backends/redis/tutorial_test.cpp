// The tutorial's lock and semaphore: each of their known bugs (lock-algorithms.md, section F), and
// that those which mend it don't have it.

#include <gtest/gtest.h>

#include "backends/redis/client.hpp"
#include "tests/backends/locks_play.hpp"

namespace lockstep {
namespace {

constexpr const char* tutorial_lock = "tutorial-redis-lock";
constexpr const char* tutorial_semaphore = "tutorial-redis-semaphore";

Task<void> ask(Env& env, NodeId server, redis::Words command, std::int64_t& answer) {
  redis::Client client(env, server);
  const auto reply = co_await client.call(std::move(command));
  EXPECT_TRUE(reply);
  if (reply) answer = reply->number;
}

/// The number that the server answers to a stranger's command.
std::int64_t told(LocksPlay& play, redis::Words command) {
  std::int64_t answer = -1000;
  sim::Node& stranger = play.client("stranger").node;
  stranger.spawn(ask(stranger, play.server->id(), std::move(command), answer));
  play.pass(10ms);
  return answer;
}

void crash_at(LocksPlay& play, const std::string& name, std::string step) {
  play.at_step(name, std::move(step), [&play, name](sim::Node&) {
    play.world.call_at(play.world.now(), [&play, name] { play.crash(name); });
  });
}

LocksPlay::Sets lease_of(Duration lease) {
  return {{"lease", lease}};
}

// RedisLock

TEST(TutorialLock, F10ACrashBetweenItsCommandsLeavesAKeyWithoutAnEnd) {
  LocksPlay play(tutorial_lock);
  crash_at(play, "ann", "setnx-done");
  play.begin_acquire("ann");
  play.pass(60s);
  EXPECT_EQ(told(play, redis::words("TTL", "lock:a")), -1);
}

TEST(TutorialLock, F10OneCommandLeavesNone) {
  LocksPlay play("redis-setpx");
  ASSERT_TRUE(play.acquire("ann"));
  play.crash("ann");
  EXPECT_GT(told(play, redis::words("TTL", "lock:a")), 0);
}

/// Bob asks for a short lease while Ann is about to get a long one: when is Cleo let in beside her?
bool cut_short(std::string_view lock) {
  LocksPlay play(lock, lease_of(60s));
  play.client("bob", lease_of(1s));
  play.pause_at("ann", "setnx-done");
  const auto ann = play.begin_acquire("ann");
  play.pass(10ms);
  play.pause_at("bob", "repairing");
  play.begin_acquire("bob", 500ms);
  play.pass(100ms);
  play.resume("ann");
  EXPECT_TRUE(play.outcome(ann));
  play.resume("bob");
  play.pass(10ms);
  play.crash("bob");
  return play.gets_it("cleo", 3s);
}

TEST(TutorialLock, F11ARepairCutsAHealthyLeaseShort) {
  EXPECT_TRUE(cut_short(tutorial_lock));
  EXPECT_FALSE(cut_short("redis-setpx"));
}

TEST(TutorialLock, F12AnExpireThatFoundNoKeyIsASuccess) {
  LocksPlay play(tutorial_lock);
  play.pause_at("ann", "setnx-done");
  const auto ann = play.begin_acquire("ann");
  play.pass(10ms);
  EXPECT_EQ(told(play, redis::words("DEL", "lock:a")), 1);
  play.resume("ann");
  EXPECT_TRUE(play.outcome(ann));
  EXPECT_TRUE(play.gets_it("bob"));
}

/// Whether a late release of an expired hold frees the next hold of the same object.
bool frees_the_next_hold(std::string_view lock) {
  LocksPlay play(lock);
  const auto first = play.acquire("ann");
  play.pass(11s);
  EXPECT_TRUE(play.acquire("ann"));
  const auto late = play.release("ann", *first);
  return late.has_value() && play.gets_it("bob");
}

TEST(TutorialLock, F13OneTokenForAllHoldsLetsAnOldReleaseEndANewOne) {
  EXPECT_TRUE(frees_the_next_hold(tutorial_lock));
  EXPECT_FALSE(frees_the_next_hold("redis-setpx"));
}

/// Ann holds for 1.3 s; does Bob, whose own lease is 1 s, get it within a minute?
bool waits_long_enough(std::string_view lock) {
  LocksPlay play(lock);
  const auto ann = play.acquire("ann");
  play.client("bob", lease_of(1s));
  const auto bob = play.begin_acquire("bob", 60s);
  play.pass(1300ms);
  EXPECT_TRUE(play.release("ann", *ann));
  return play.outcome(bob).has_value();
}

TEST(TutorialLock, F14ALeasesLengthIsNoPatience) {
  EXPECT_FALSE(waits_long_enough(tutorial_lock));
  EXPECT_TRUE(waits_long_enough("redis-setpx"));
}

/// How long Bob waits for 5 s when his wall clock jumps a second after he began.
Duration wait_over_a_jump(std::string_view lock, Duration by) {
  LocksPlay play(lock, lease_of(5s));
  EXPECT_TRUE(play.acquire("ann"));
  EXPECT_EQ(told(play, redis::words("PERSIST", "lock:a")), 1) << "ann keeps it";
  const WorldTime began = play.world.now();
  const auto bob = play.begin_acquire("bob", 5s);
  play.pass(1s);
  play.client("bob").node.jump_wall(by);
  EXPECT_FALSE(play.outcome(bob));
  return play.world.now() - began;
}

TEST(TutorialLock, F15AWaitByTheWallClockEndsWhenThatJumps) {
  EXPECT_LT(wait_over_a_jump(tutorial_lock, 10s), 1100ms);
  EXPECT_GT(wait_over_a_jump("redis-setpx", 10s), 4s);
  EXPECT_LT(wait_over_a_jump("redis-setpx", -10s), 6s);
}

/// Messages while Bob waits for a lock for a second.
std::uint64_t cost_of_waiting(std::string_view lock) {
  LocksPlay play(lock);
  EXPECT_TRUE(play.acquire("ann"));
  const std::uint64_t before = play.world.messages();
  play.begin_acquire("bob", 1s);
  play.pass(1s);
  return play.world.messages() - before;
}

TEST(TutorialLock, F16AskingEveryTenMillisecondsIsExpensive) {
  const std::uint64_t tutorial = cost_of_waiting(tutorial_lock);
  EXPECT_GT(tutorial, 160u * 2) << "two commands and their answers, almost a hundred times";
  EXPECT_LT(cost_of_waiting("redis-setpx"), tutorial / 5);
}

/// Ann's try is executed, its answer is lost: what does the server keep, and does she know?
TEST(TutorialLock, F17ALostAnswerLeavesHerOwnKeyThatSheDoesNotKnowOf) {
  LocksPlay play(tutorial_lock);
  const auto first = play.acquire("ann");
  ASSERT_TRUE(first && play.release("ann", *first));
  play.world.cut(play.server->id(), play.client("ann").node.id());
  const auto lease = play.acquire("ann");
  EXPECT_FALSE(lease);
  EXPECT_EQ(told(play, redis::words("TTL", "lock:a")), -1);
}

TEST(TutorialLock, F18AReleaseAfterTheEndIsFalseForWhoLooks) {
  LocksPlay play(tutorial_lock);
  const auto ann = play.acquire("ann");
  ASSERT_TRUE(ann);
  play.pass(11s);
  const auto late = play.release("ann", *ann);
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, ErrorCode::lost);
}

TEST(TutorialLock, F19AHolderNeitherRenewsNorChecks) {
  for (const char* name : {tutorial_lock, "redis-setpx-lease", "redis-watchdog-lease"}) {
    LocksPlay play(name);
    const auto ann = play.acquire("ann");
    ASSERT_TRUE(ann) << name;
    play.pass(11s);
    const bool two_at_once = play.believes("ann", *ann) && play.gets_it("bob");
    EXPECT_EQ(two_at_once, name == tutorial_lock) << name;
  }
}

// RedisSemaphore

LocksPlay::Sets permits(std::int64_t count) {
  return {{"permits", count}, {"lease", Duration(1s)}};
}

/// How many of twenty newcomers get in.
int newcomers(LocksPlay& play, const LocksPlay::Sets& sets = {}) {
  int in = 0;
  for (int i = 0; i < 20; ++i) {
    const std::string name = "newcomer-" + std::to_string(i);
    play.client(name, sets);
    in += play.gets_it(name);
  }
  return in;
}

TEST(TutorialSemaphore, F32TwoConstructorsAtOnceMakeEightHoldersOfFive) {
  LocksPlay play(tutorial_semaphore, permits(5));
  play.pause_at("ann", "found-none");
  const auto ann = play.begin_acquire("ann");
  play.pass(10ms);
  for (const char* name : {"bob", "cleo", "dan"}) EXPECT_TRUE(play.gets_it(name));
  play.resume("ann");
  EXPECT_TRUE(play.outcome(ann));
  EXPECT_EQ(newcomers(play) + 4, 8);
}

TEST(TutorialSemaphore, F33AsManyCrashesAsPermitsAreTheEndOfIt) {
  for (const char* name : {tutorial_semaphore, "sem-zset-lua"}) {
    LocksPlay play(name, permits(2));
    for (const char* holder : {"ann", "bob"}) {
      ASSERT_TRUE(play.acquire(holder));
      play.crash(holder);
    }
    play.pass(2s);
    EXPECT_EQ(play.gets_it("cleo", 5s), name != tutorial_semaphore) << name;
  }
}

TEST(TutorialSemaphore, F34AnOverdraftThatIsNotPaidBackIsTheEndOfIt) {
  LocksPlay play(tutorial_semaphore, permits(1));
  play.pause_at("bob", "saw-permit");
  play.begin_acquire("bob");
  play.pass(10ms);
  const auto ann = play.acquire("ann");
  ASSERT_TRUE(ann);
  crash_at(play, "bob", "overdrew");
  play.resume("bob");
  play.pass(10ms);
  ASSERT_TRUE(play.release("ann", *ann));
  EXPECT_EQ(told(play, redis::words("DECR", "permits:a")), -1) << "it was 0, and nobody holds it";
  EXPECT_FALSE(play.gets_it("cleo", 5s));
}

TEST(TutorialSemaphore, F35AReleaseTooManyLetsOneMoreIn) {
  for (const char* name : {tutorial_semaphore, "sem-zset-lua"}) {
    LocksPlay play(name, {{"permits", std::int64_t{1}}, {"lease", Duration(4s)}});
    const auto ann = play.acquire("ann");
    ASSERT_TRUE(ann && play.release("ann", *ann));
    const auto again = play.release("ann", *ann);
    EXPECT_EQ(again.has_value(), name == tutorial_semaphore) << name;
    EXPECT_EQ(newcomers(play), name == tutorial_semaphore ? 2 : 1) << name;
  }
}

TEST(TutorialSemaphore, F36WithoutItsKeyItThrowsAndAConstructorFillsItAgain) {
  LocksPlay play(tutorial_semaphore, permits(5));
  for (const char* name : {"ann", "bob", "cleo", "dan", "eve"}) EXPECT_TRUE(play.gets_it(name));
  EXPECT_EQ(told(play, redis::words("DEL", "permits:a")), 1);
  const auto ann = play.acquire("ann");
  ASSERT_FALSE(ann);
  EXPECT_EQ(ann.error().code, ErrorCode::refused);
  EXPECT_EQ(newcomers(play) + 5, 10) << "holders of five";
}

TEST(TutorialSemaphore, F37LaterConstructorsAreNotAsked) {
  LocksPlay play(tutorial_semaphore, permits(2));
  ASSERT_TRUE(play.acquire("ann"));
  EXPECT_EQ(newcomers(play, permits(10)) + 1, 2);
}

/// A command of Ann's is executed, its answer is lost, and the library sends it again: how many
/// newcomers get in then?
int newcomers_after_a_resend(std::string_view lock, bool of_release) {
  LocksPlay::Sets sets = permits(3);
  sets.emplace_back("retries", std::int64_t{1});
  LocksPlay play(lock, sets);
  const auto ann = play.acquire("ann");
  EXPECT_TRUE(ann);
  const NodeId id = play.client("ann").node.id();
  const auto lose_answers = [&play, id] {
    play.world.cut(play.server->id(), id);
    play.world.call_at(play.world.now() + 1100ms,
                       [&play, id] { play.world.mend(play.server->id(), id); });
  };
  if (of_release) {
    lose_answers();
    EXPECT_TRUE(play.release("ann", *ann));
  } else {
    play.at_step("ann", "saw-permit", [&](sim::Node&) { lose_answers(); });
    EXPECT_TRUE(play.acquire("ann"));
  }
  return newcomers(play);
}

TEST(TutorialSemaphore, F38ADecrementThatIsSentAgainLosesAPermit) {
  EXPECT_EQ(newcomers_after_a_resend(tutorial_semaphore, false), 0) << "of the one that is left";
}

TEST(TutorialSemaphore, F38AnIncrementThatIsSentAgainMakesOne) {
  EXPECT_EQ(newcomers_after_a_resend(tutorial_semaphore, true), 4) << "holders of three";
}

TEST(TutorialSemaphore, F39ALeaseHasNoOwnerAndNoEnd) {
  LocksPlay play(tutorial_semaphore, permits(1));
  const auto ann = play.acquire("ann");
  ASSERT_TRUE(ann);
  EXPECT_EQ(ann->owner, "");
  EXPECT_FALSE(ann->until.has_value());
  EXPECT_FALSE(find_backend(tutorial_semaphore)->claims.expires);
}

}  // namespace
}  // namespace lockstep
