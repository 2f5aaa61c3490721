// Which violations are told as two holds that met, and which in the words of their verdict.
#include <gtest/gtest.h>

#include "reports/story.hpp"
#include "tests/reports/story_fixture.hpp"

namespace lockstep::reports {
namespace {

constexpr WorldTime at_ms(std::int64_t ms) {
  return WorldTime(std::chrono::milliseconds(ms));
}

/// client-1 holds from 100 ms on and client-2 from 200 ms on; both write to one resource.
Record two_holds(std::string first_lock, std::string second_lock, std::int64_t first_until) {
  Record record;
  record.processes = {"client-1", "client-2"};
  for (std::int64_t i = 0; i < 2; ++i) {
    Belief belief;
    belief.process = i;
    belief.lock = i == 0 ? first_lock : second_lock;
    belief.owner = i == 0 ? "a" : "b";
    belief.section = static_cast<std::uint64_t>(i + 1);
    belief.from = at_ms(100 + 100 * i);
    belief.to = i == 0 ? at_ms(first_until) : at_ms(400);
    record.beliefs.push_back(belief);
    ResourceEvent event;
    event.at = at_ms(150 + 100 * i);
    event.process = i;
    event.access.resource = "counter";
    event.access.section = belief.section;
    event.access.write = true;
    record.resource.push_back(event);
  }
  return record;
}

Verdict violation(std::string property, std::string explanation = "something") {
  Verdict verdict;
  verdict.property = std::move(property);
  verdict.status = Status::violated;
  verdict.explanation = std::move(explanation);
  verdict.at = at_ms(250);
  return verdict;
}

TEST(Incident, IsTwoHoldsOfOneLockThatMet) {
  const Record met = two_holds("lock-1", "lock-1", 300);
  const auto incident = find_incident(met, violation("no-lost-update"));
  ASSERT_TRUE(incident);
  EXPECT_EQ(incident->first->process, 0);
  EXPECT_EQ(incident->second->process, 1);
}

TEST(Incident, IsNoneWhereHoldsFollowedEachOtherOrWereOfTwoLocks) {
  EXPECT_FALSE(find_incident(two_holds("lock-1", "lock-1", 180), violation("job-once")));
  EXPECT_FALSE(find_incident(two_holds("lock-1", "lock-2", 300), violation("no-overselling")));
}

TEST(Incident, IsNoneWhereASectionWasCutOrClientsWaitedForEachOther) {
  const Record met = two_holds("lock-1", "lock-1", 300);
  EXPECT_FALSE(find_incident(met, violation("money-conserved", "non-atomic section: client-1")));
  EXPECT_TRUE(find_incident(met, violation("money-conserved", "lock broken: the accounts")));
  EXPECT_FALSE(find_incident(met, violation("no-wait-cycle")));
}

TEST(Advice, IsToCheckTokensWhereTheyTellOldFromNewWhoeverBelievedFirst) {
  Outcome outcome;
  outcome.record = two_holds("lock-1", "lock-1", 300);
  const auto advised = [&](std::uint64_t first, std::uint64_t second) {
    outcome.record.beliefs[0].token = first;
    outcome.record.beliefs[1].token = second;
    const auto incident = find_incident(outcome.record, violation("no-lost-update"));
    return incident && advice(outcome, *incident).at(0).flag == "--resource RP2";
  };
  EXPECT_TRUE(advised(1, 2));
  EXPECT_TRUE(advised(39, 20)) << "the older one was told late";
  EXPECT_FALSE(advised(7, 7));
  EXPECT_FALSE(advised(0, 1));
  outcome.verdicts = {violation("token-order")};
  EXPECT_FALSE(advised(39, 20));
}

TEST(Reason, IsTheClockAndNotThePauseWhereTheHoldersOwnDeadlineEndedItsBelief) {
  Outcome outcome = StoryFixture().outcome();
  const auto told = [&outcome] {
    const auto incident = find_incident(outcome.record, outcome.verdicts.front());
    return reason(outcome, *incident).assumption;
  };
  outcome.record.faults.push_back({.fault = 1,
                                   .kind = "clock-drift",
                                   .targets = {"client-1"},
                                   .text = "the clocks of client-1 ran 1.700 % slow",
                                   .from = ms(9400),
                                   .to = ms(22502)});
  EXPECT_EQ(told(), Assumption::awake_holder);
  outcome.record.beliefs.front().end = BeliefEnd::deadline;
  EXPECT_EQ(told(), Assumption::clocks_run_alike);
  outcome.record.faults.pop_back();
  EXPECT_EQ(told(), Assumption::awake_holder);
}

}  // namespace
}  // namespace lockstep::reports
