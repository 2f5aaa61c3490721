// W6: one leader for each term, and nothing of a deposed one.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/checker/play.hpp"

namespace lockstep {
namespace {

using testing::is_witnessed;
using testing::Play;

Play election(ResourcePolicy policy = ResourcePolicy::none) {
  Play play;
  play.scenario.workload = "election";
  play.scenario.resource = policy;
  play.claims.ordered_token = true;
  play.fault("client-1", 120, 180, "client-1 was paused");
  return play;
}

TEST(LeaderPerTerm, HoldsWhenEachGrantIsANewTerm) {
  Play play = election();
  play.believe(0, 100, 200, "a", 1);
  play.believe(1, 150, 250, "b", 2);  // two at once, which is P1's matter
  EXPECT_EQ(play.judge("leader-per-term").status, Status::holds);
}

TEST(LeaderPerTerm, IsViolatedByTwoOfOneTerm) {
  Play play = election();
  play.believe(0, 100, 120, "a", 7);
  play.believe(1, 150, 250, "b", 7);
  const Verdict verdict = play.judge("leader-per-term");
  EXPECT_EQ(verdict.status, Status::violated);
  EXPECT_TRUE(verdict.claimed);
  EXPECT_TRUE(is_witnessed(play.record, verdict));
  EXPECT_EQ(verdict.explanation,
            "client-1 led in term 7 from 0.100 s, and client-2 in the same term from 0.150 s");
}

TEST(DeposedLeader, MayAppendUntilTheNextOneHas) {
  Play play = election();
  const auto first = play.believe(0, 100, 200, "a", 1);
  const auto second = play.believe(1, 150, 250, "b", 2);
  play.writes(160, 0, first, 0, 1, 1).writes(170, 1, second, 1, 2, 2);
  EXPECT_EQ(play.judge("deposed-leader").status, Status::holds);
}

TEST(DeposedLeader, IsFoundWhenItAppendsAfterTheNext) {
  Play play = election();
  const auto first = play.believe(0, 100, 200, "a", 1);
  const auto second = play.believe(1, 150, 250, "b", 2);
  play.writes(160, 1, second, 0, 1, 2).writes(170, 0, first, 1, 2, 1);
  const Verdict verdict = play.judge("deposed-leader");
  EXPECT_EQ(verdict.status, Status::violated);
  EXPECT_FALSE(verdict.claimed);  // nothing checks tokens
  EXPECT_TRUE(is_witnessed(play.record, verdict));
  EXPECT_EQ(verdict.explanation,
            "client-1, deposed leader of term 1, had an entry accepted at 0.170 s, after one of "
            "client-2 of term 2");
}

TEST(DeposedLeader, MayTryWhereTheResourceRefusesIt) {
  Play play = election(ResourcePolicy::fence_writes);
  const auto first = play.believe(0, 100, 200, "a", 1);
  const auto second = play.believe(1, 150, 250, "b", 2);
  play.writes(160, 1, second, 0, 1, 2).refused(170, 0, first, 1, 1);
  const Verdict verdict = play.judge("deposed-leader");
  EXPECT_EQ(verdict.status, Status::holds);
  EXPECT_TRUE(verdict.claimed);
}

}  // namespace
}  // namespace lockstep
