// W2, W3 and W5: jobs run once, stock is not sold twice, permits neither come nor go.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/checker/play.hpp"

namespace lockstep {
namespace {

using testing::at_ms;
using ::testing::HasSubstr;
using testing::is_witnessed;
using testing::Play;

void at_resource(Play& play, std::int64_t at, std::int64_t process, std::uint64_t section,
                 std::string resource, std::int64_t value, std::uint64_t based_on,
                 std::uint64_t version) {
  ResourceEvent event;
  event.at = at_ms(at);
  event.process = process;
  event.access.resource = std::move(resource);
  event.access.section = section;
  event.access.write = true;
  event.access.value = value;
  event.access.based_on = based_on;
  event.access.version = version;
  play.record.resource.push_back(event);
}

// Jobs

Play schedule(bool done_flag = true, std::string promise = "at-least-once") {
  Play play;
  play.scenario.workload = "job";
  play.scenario.workload_settings.put("done_flag", done_flag);
  play.scenario.workload_settings.put("promise", std::move(promise));
  play.scenario.workload_settings.put("work_max", Duration(1s));
  return play;
}

TEST(JobOnce, HoldsWhenEachRunsOnce) {
  Play play = schedule();
  at_resource(play, 110, 0, play.believe(0, 100, 200, "a"), "job-1", 1, 0, 1);
  at_resource(play, 1'110, 1, play.believe(1, 1'100, 1'200, "b"), "job-2", 1, 0, 1);
  EXPECT_EQ(play.judge("job-once").explanation, "none of 2 jobs ran twice");
}

TEST(JobOnce, TellsWhoHadLetGoBeforeTheLateClockStruck) {
  Play play = schedule(false);
  play.fault("client-2", 0, 0, "client-2's wall clock jumped by -300 ms");
  at_resource(play, 110, 0, play.believe(0, 100, 120, "a"), "job-1", 1, 0, 1);
  at_resource(play, 410, 1, play.believe(1, 400, 420, "b"), "job-1", 2, 1, 2);
  const Verdict verdict = play.judge("job-once");
  EXPECT_TRUE(is_witnessed(play.record, verdict));
  EXPECT_EQ(verdict.at, at_ms(410));
  EXPECT_FALSE(verdict.claimed);
  EXPECT_EQ(verdict.explanation,
            "job 1 ran 2 times: client-1 ran it at 0.110 s and client-2 at 0.410 s: client-1 had "
            "let go of lock-1 at 0.120 s (released) when client-2 got it at 0.400 s");
}

TEST(JobOnce, IsPromisedWhereTheMarkComesFirstAndTheResourceIsGuarded) {
  Play play = schedule(true, "at-most-once");
  play.fault("client-1", 0, 50, "client-1 paused for 50 ms");
  play.scenario.resource = ResourcePolicy::fence_all;
  EXPECT_FALSE(play.judge("job-once").claimed);
  play.claims.ordered_token = true;
  EXPECT_TRUE(play.judge("job-once").claimed);
  play.scenario.workload_settings.put("promise", std::string("at-least-once"));
  EXPECT_FALSE(play.judge("job-once").claimed) << "a crash before the mark runs it again";
}

TEST(JobOnce, OneThatWasUndertakenAfterTheHealMustRunIfThatIsThePromise) {
  Play play = schedule();
  play.record.healed_at = at_ms(1'000);
  play.record.ended_at = at_ms(30'000);
  at_resource(play, 110, 0, 0, "job-1", 1, 0, 1);
  play.operation(0, "read", "done-7", 2'000, 2'001, OpType::ok, "", 0, OpValue{std::int64_t{0}});
  const Verdict verdict = play.judge("job-once");
  EXPECT_TRUE(is_witnessed(play.record, verdict));
  EXPECT_THAT(verdict.explanation, HasSubstr("job 7 was undertaken after the heal and never ran"));
  play.scenario.workload_settings.put("promise", std::string("at-most-once"));
  EXPECT_EQ(play.judge("job-once").status, Status::holds);
  play.scenario.workload_settings.put("promise", std::string("at-least-once"));
  play.record.ended_at = at_ms(5'000);
  EXPECT_EQ(play.judge("job-once").status, Status::holds) << "there was no time for it";
}

// Stock

Play shop() {
  Play play;
  play.scenario.workload = "inventory";
  play.scenario.workload_settings.put("stock", std::int64_t{5});
  return play;
}

TEST(NoOverselling, HoldsWhileOrdersAddUp) {
  Play play = shop();
  at_resource(play, 110, 0, play.believe(0, 100, 200, "a"), "sold-1", 3, 0, 1);
  at_resource(play, 310, 1, play.believe(1, 300, 400, "b"), "sold-1", 5, 1, 2);
  EXPECT_EQ(play.judge("no-overselling").status, Status::holds);
}

TEST(NoOverselling, FailsWhenOrdersTookMoreThanThereWas) {
  Play play = shop();
  const auto one = play.believe(0, 100, 500, "a");
  const auto two = play.believe(1, 200, 300, "b");
  at_resource(play, 210, 1, two, "sold-1", 3, 0, 1);
  at_resource(play, 400, 0, one, "sold-1", 4, 0, 2);
  const Verdict verdict = play.judge("no-overselling");
  EXPECT_TRUE(is_witnessed(play.record, verdict));
  EXPECT_EQ(verdict.at, at_ms(400));
  EXPECT_TRUE(verdict.claimed);
  EXPECT_THAT(verdict.explanation,
              HasSubstr("oversold: warehouse 1 had 5 items, and orders had taken 7"));
}

TEST(NoOverselling, FailsWhenAnOrderIsForgottenThoughStockRemains) {
  Play play = shop();
  const auto one = play.believe(0, 100, 500, "a");
  const auto two = play.believe(1, 200, 300, "b");
  at_resource(play, 210, 1, two, "sold-2", 1, 0, 1);
  at_resource(play, 400, 0, one, "sold-2", 2, 0, 2);
  EXPECT_THAT(play.judge("no-overselling").explanation,
              HasSubstr("warehouse 2 counts 2 sold and 3 left of 5, though orders had taken 3"));
}

// Permits

Play throttled(std::int64_t permits = 2) {
  Play play;
  play.scenario.workload = "throttled";
  play.claims.permits = permits;
  play.record.healed_at = at_ms(1'000);
  play.record.ended_at = at_ms(20'000);
  return play;
}

TEST(Permits, HoldWhenAClientIsTurnedAwayWhileAllAreHeld) {
  Play play = throttled();
  play.believe(0, 12'000, 13'000, "a");
  play.believe(1, 12'100, 13'000, "b");
  play.op(2, "acquire", 12'200, 12'300, OpType::fail);
  EXPECT_EQ(play.judge("permits-conserved").status, Status::holds);
}

TEST(Permits, LeakWhenAClientIsTurnedAwayWhileSomeAreLeft) {
  Play play = throttled();
  play.believe(0, 12'000, 13'000, "a");
  play.op(2, "acquire", 12'200, 12'300, OpType::fail);
  const Verdict verdict = play.judge("permits-conserved");
  EXPECT_TRUE(is_witnessed(play.record, verdict));
  EXPECT_TRUE(verdict.claimed);
  EXPECT_THAT(verdict.explanation, HasSubstr("1 of 2 permits leaked: client-3 asked"));
}

TEST(Permits, MayBeGoneForAWhileAfterAFault) {
  Play play = throttled();
  play.op(2, "acquire", 2'200, 2'300, OpType::fail);
  EXPECT_EQ(play.judge("permits-conserved").status, Status::holds)
      << "what the dead had taken has not expired yet";
}

TEST(Permits, CountAsHeldUntilTheirReleaseIsAnswered) {
  Play play = throttled(1);
  play.believe(0, 12'000, 12'100, "a");
  play.op(0, "release", 12'100, 12'250, OpType::ok, "a");
  play.op(2, "acquire", 12'200, 12'300, OpType::fail);
  EXPECT_EQ(play.judge("permits-conserved").status, Status::holds);
}

TEST(Permits, AreOverIssuedWhenMoreBelieveThanThereAre) {
  Play play = throttled();
  play.believe(0, 100, 500, "a");
  play.believe(1, 200, 500, "b");
  EXPECT_EQ(play.judge("permits-conserved").status, Status::holds);
  play.believe(2, 300, 400, "c");
  const Verdict verdict = play.judge("permits-conserved");
  EXPECT_TRUE(is_witnessed(play.record, verdict));
  EXPECT_EQ(play.judge("belief-exclusion").status, Status::violated);
}

TEST(Permits, OneClientMayHoldSeveralUnderDifferentOwners) {
  Play play = throttled();
  play.believe(0, 100, 500, "a");
  play.believe(0, 200, 500, "b");
  EXPECT_EQ(play.judge("permits-conserved").status, Status::holds);
  play.believe(0, 300, 400, "c");
  EXPECT_EQ(play.judge("permits-conserved").status, Status::violated);
}

TEST(Permits, BoundTheUsersOfTheServiceToo) {
  Play play = throttled(1);
  const auto one = play.believe(0, 100, 200, "a");
  const auto two = play.believe(1, 300, 400, "b");
  at_resource(play, 110, 0, one, "service", 1, 0, 1);
  at_resource(play, 310, 1, two, "service", 2, 1, 2);
  const Verdict verdict = play.judge("permits-conserved");
  EXPECT_TRUE(is_witnessed(play.record, verdict));
  EXPECT_THAT(verdict.explanation, HasSubstr("service had 2 users at 0.310 s, and there are 1"));
}

TEST(Permits, AreNotJudgedByPropertiesOfMutexes) {
  Play play = throttled();
  for (const char* name : {"no-lost-update", "linearizable", "fenced-safety"}) {
    EXPECT_FALSE(find_property(name)->applies(play.judged())) << name;
  }
}

TEST(DeadlockFreedom, WithPermitsLeftIsNotExcusedByOneHolder) {
  Play play = throttled();
  play.record.ended_at = at_ms(12'000);
  play.op(2, "acquire", 2'000, -1, OpType::info);
  play.granted(100, "a", 0);
  play.believe(0, 102, -1, "a");
  EXPECT_THAT(play.judge("deadlock-freedom").explanation, HasSubstr("lost wake-up"));
  play.granted(200, "b", 1);
  play.believe(1, 202, -1, "b");
  EXPECT_EQ(play.judge("deadlock-freedom").status, Status::unknown);
}

}  // namespace
}  // namespace lockstep
