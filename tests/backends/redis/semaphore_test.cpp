// Semaphores on Redis: how many they let in, and how each kind gets it wrong.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/backends/locks_play.hpp"

namespace lockstep {
namespace {

LocksPlay::Sets permits(std::int64_t count) {
  return {{"permits", count}};
}

class EverySemaphore : public testing::TestWithParam<std::string> {};

std::vector<std::string> semaphores_on_redis() {
  std::vector<std::string> names;
  for (const Backend& backend : all_backends()) {
    if (backend.name.starts_with("sem-") && backend.product == "redis") {
      names.emplace_back(backend.name);
    }
  }
  return names;
}
INSTANTIATE_TEST_SUITE_P(Redis, EverySemaphore, testing::ValuesIn(semaphores_on_redis()),
                         [](const auto& test) {
                           std::string name = test.param;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

TEST_P(EverySemaphore, LetsInAsManyAsItHasPermits) {
  LocksPlay play(GetParam(), permits(2));
  const auto ann = play.acquire("ann");
  ASSERT_TRUE(ann);
  ASSERT_TRUE(play.acquire("bob"));
  const auto cleo = play.acquire("cleo", 300ms);
  ASSERT_FALSE(cleo);
  EXPECT_EQ(cleo.error().code, ErrorCode::held);
  ASSERT_TRUE(play.release("ann", *ann));
  EXPECT_TRUE(play.gets_it("cleo", 1s));
}

TEST_P(EverySemaphore, TellsTheRecordOfEachPermit) {
  LocksPlay play(GetParam(), permits(2));
  const auto ann = play.acquire("ann");
  const auto bob = play.acquire("bob");
  ASSERT_TRUE(ann && bob);
  EXPECT_FALSE(play.gets_it("cleo"));
  ASSERT_TRUE(play.release("ann", *ann));
  ASSERT_EQ(play.grants.size(), 3u);
  EXPECT_EQ(play.grants[0].change, GrantChange::granted);
  EXPECT_EQ(play.grants[0].owner, ann->owner);
  EXPECT_EQ(play.grants[1].change, GrantChange::granted);
  EXPECT_EQ(play.grants[1].owner, bob->owner);
  EXPECT_EQ(play.grants[2].change, GrantChange::released);
  EXPECT_EQ(play.grants[2].owner, ann->owner);
}

TEST_P(EverySemaphore, GetsBackADeadHoldersPermitIfItsGrantsExpire) {
  LocksPlay play(GetParam(), permits(1));
  ASSERT_TRUE(play.acquire("ann"));
  play.crash("ann");
  EXPECT_FALSE(play.gets_it("bob", 8s));
  EXPECT_EQ(play.gets_it("bob", 8s), play.backend.claims.expires);
}

TEST_P(EverySemaphore, KeepsNoValueForItsHolders) {
  LocksPlay play(GetParam(), permits(2));
  const auto ann = play.acquire("ann");
  ASSERT_TRUE(ann);
  LocksPlay::Actor& actor = play.client("ann");
  const auto value = play.outcome(play.begin(actor, actor.lock->guarded_read(*ann, "sum")));
  ASSERT_FALSE(value);
  EXPECT_EQ(value.error().code, ErrorCode::unsupported);
}

// Counters

/// How many of ten newcomers get in.
int newcomers(LocksPlay& play) {
  int in = 0;
  for (int i = 0; i < 10; ++i) in += play.gets_it("newcomer-" + std::to_string(i));
  return in;
}

TEST(CounterSemaphore, IsFilledAgainByASecondInitialiser) {
  LocksPlay play("sem-counter", permits(3));
  play.pause_at("ann", "found-none");
  play.begin_acquire("ann");
  play.pass(10ms);
  EXPECT_TRUE(play.gets_it("bob") && play.gets_it("cleo") && play.gets_it("dan"));
  play.resume("ann");
  play.pass(10ms);
  EXPECT_EQ(newcomers(play), 2) << "ann has the third of the second filling";
}

TEST(CounterSemaphore, IsFilledOnceBySetnx) {
  for (const char* name : {"sem-counter-nx", "sem-counter-lua"}) {
    LocksPlay play(name, permits(3));
    for (const char* client : {"ann", "bob", "cleo"}) play.begin_acquire(client);
    play.pass(100ms);
    EXPECT_EQ(newcomers(play), 0) << name;
  }
}

TEST(CounterSemaphore, IsEmptyForEverWhenAnOverdraftIsNotPaidBack) {
  LocksPlay play("sem-counter-nx", permits(1));
  play.pause_at("bob", "saw-permit");
  play.begin_acquire("bob");
  play.pass(10ms);
  const auto ann = play.acquire("ann");
  ASSERT_TRUE(ann);
  play.at_step("bob", "overdrew", [&play](sim::Node&) {
    play.world.call_at(play.world.now(), [&play] { play.crash("bob"); });
  });
  play.resume("bob");
  play.pass(10ms);
  ASSERT_TRUE(play.release("ann", *ann));
  EXPECT_FALSE(play.gets_it("cleo", 100s)) << "nobody holds it, and nobody gets it";
}

TEST(CounterSemaphore, LetsOneMoreInForEachReleaseTooMany) {
  for (const char* name : {"sem-counter", "sem-counter-nx", "sem-counter-lua"}) {
    LocksPlay play(name, permits(1));
    const auto ann = play.acquire("ann");
    ASSERT_TRUE(ann);
    ASSERT_TRUE(play.release("ann", *ann));
    ASSERT_TRUE(play.release("ann", *ann)) << "nobody knows that it is the second time";
    EXPECT_EQ(newcomers(play), 2) << name;
  }
}

// Sorted sets

TEST(ZsetSemaphore, ASlowClockStealsAPermit) {
  LocksPlay play("sem-zset-clientclock", permits(1));
  ASSERT_TRUE(play.acquire("ann"));
  play.client("bob").node.jump_wall(-15ms);
  play.pass(5ms);
  EXPECT_TRUE(play.gets_it("bob"));
  EXPECT_EQ(play.grants[1].change, GrantChange::released) << "ann's, by what bob did";
}

TEST(ZsetSemaphore, AClockThatIsALeaseAheadDropsEverybody) {
  for (const char* name : {"sem-zset-clientclock", "sem-zset-fair-2trip", "sem-permit-expirable"}) {
    LocksPlay play(name, permits(1));
    ASSERT_TRUE(play.acquire("ann"));
    play.client("bob").node.jump_wall(11s);
    EXPECT_TRUE(play.gets_it("bob")) << name;
  }
}

TEST(ZsetSemaphore, TheServersClockIsTheSameForAll) {
  LocksPlay play("sem-zset-lua", permits(1));
  ASSERT_TRUE(play.acquire("ann"));
  play.client("bob").node.jump_wall(11s);
  EXPECT_FALSE(play.gets_it("bob"));
}

TEST(ZsetSemaphore, ALowerNumberRanksBeforeAHolder) {
  LocksPlay play("sem-zset-fair-2trip", permits(1));
  play.pause_at("ann", "drew-number");
  const auto ann = play.begin_acquire("ann");
  play.pass(10ms);
  const auto bob = play.acquire("bob");
  ASSERT_TRUE(bob);
  play.resume("ann");
  EXPECT_TRUE(play.outcome(ann));
  EXPECT_TRUE(play.believes("bob", *bob)) << "who does not know that there are two now";
}

TEST(ZsetSemaphore, TellsItsHolderWhenToStop) {
  LocksPlay play("sem-zset-lua", permits(1));
  const auto ann = play.acquire("ann");
  ASSERT_TRUE(ann);
  play.pass(9800ms);
  EXPECT_TRUE(play.believes("ann", *ann));
  play.pass(100ms);
  EXPECT_FALSE(play.believes("ann", *ann));
  EXPECT_FALSE(play.gets_it("bob", 50ms)) << "the server keeps it a little longer";
}

TEST(ZsetSemaphore, AReleaseAfterTheLeaseIsToldSo) {
  for (const char* name :
       {"sem-zset-clientclock", "sem-zset-fair-2trip", "sem-zset-lua", "sem-permit-expirable"}) {
    LocksPlay play(name, permits(1));
    const auto ann = play.acquire("ann");
    ASSERT_TRUE(ann);
    play.pass(11s);
    ASSERT_TRUE(play.gets_it("bob")) << name;
    const auto late = play.release("ann", *ann);
    ASSERT_FALSE(late) << name;
    EXPECT_EQ(late.error().code, ErrorCode::lost) << name;
    EXPECT_FALSE(play.gets_it("cleo")) << name << ": bob has it still";
  }
}

// What a changed key means

std::vector<GrantNote> interpreted(std::string_view lock, std::int64_t permits, KeyChange change) {
  std::vector<GrantNote> notes;
  find_backend(lock)->interpret_permits(change, permits, notes);
  return notes;
}

KeyChange change_of(std::string key, std::optional<std::string> before,
                    std::optional<std::string> after, ChangeCause cause = ChangeCause::command) {
  KeyChange change;
  change.key = std::move(key);
  change.before = std::move(before);
  change.after = std::move(after);
  change.cause = cause;
  change.by = NodeId{4};
  return change;
}

TEST(CounterInRecord, CountsPermitsThatAreOutNotDebts) {
  const auto notes = [](std::optional<std::string> before, std::optional<std::string> after) {
    return interpreted("sem-counter", 5, change_of("permits:a", before, after));
  };
  EXPECT_TRUE(notes({}, "5").empty()) << "made full";
  EXPECT_EQ(notes("5", "4").size(), 1u);
  EXPECT_EQ(notes("5", "4")[0].change, GrantChange::granted);
  EXPECT_TRUE(notes("0", "-1").empty());
  EXPECT_TRUE(notes("-1", "0").empty());
  EXPECT_EQ(notes("0", "1")[0].change, GrantChange::released);
  EXPECT_EQ(notes("2", "5").size(), 3u) << "filled again while three were out";
  EXPECT_TRUE(interpreted("sem-counter", 5, change_of("other:a", "5", "4")).empty());
}

TEST(CounterInRecord, ReadsBackFromADiskWhatWasOut) {
  const auto back =
      interpreted("sem-counter", 5, change_of("permits:a", {}, "3", ChangeCause::restart));
  ASSERT_EQ(back.size(), 2u);
  EXPECT_EQ(back[0].change, GrantChange::granted);
  const auto lost =
      interpreted("sem-counter", 5, change_of("permits:a", "3", {}, ChangeCause::flushed));
  ASSERT_EQ(lost.size(), 2u);
  EXPECT_EQ(lost[0].change, GrantChange::forgotten);
}

TEST(ZsetInRecord, TheFirstMembersHoldThePermits) {
  const auto notes = interpreted("sem-zset-clientclock", 2,
                                 change_of("holders:a", "(4/x 1, 5/y 3)", "(4/x 1, 6/z 2, 5/y 3)"));
  ASSERT_EQ(notes.size(), 2u);
  EXPECT_EQ(notes[0].owner, "5/y");
  EXPECT_EQ(notes[0].change, GrantChange::released);
  EXPECT_EQ(notes[0].holder, NodeId{5});
  EXPECT_EQ(notes[1].owner, "6/z");
  EXPECT_EQ(notes[1].change, GrantChange::granted);
  EXPECT_EQ(notes[1].holder, NodeId{6});
}

}  // namespace
}  // namespace lockstep
