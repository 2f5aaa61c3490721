// Locks whose release commits all that was done under them: a hold that was cut short never was.
#include <gtest/gtest.h>

#include "tests/checker/play.hpp"

namespace lockstep {
namespace {

using testing::Play;

/// The service ends the first hold, and its client does not know.
Play cut_short() {
  Play play;
  play.granted(8, "a", 0);
  play.believe(0, 10, 30, "a");
  play.expired(15, "a", 0);
  play.granted(18, "b", 1);
  play.believe(1, 20, 40, "b");
  return play;
}

TEST(Transactional, BeliefsInHoldsThatWereCutShortDoNotCount) {
  Play play = cut_short();
  EXPECT_EQ(play.judge("belief-exclusion").status, Status::violated);
  play.claims.transactional = true;
  EXPECT_EQ(play.judge("belief-exclusion").status, Status::holds);
}

TEST(Transactional, BeliefsInHoldsThatWereCommittedDo) {
  Play play;
  play.claims.transactional = true;
  play.granted(8, "a", 0);
  play.believe(0, 10, 30, "a");
  play.granted(18, "b", 1);
  play.believe(1, 20, 40, "b");
  play.released(30, "a", 0, 0);
  play.released(40, "b", 1, 1);
  EXPECT_EQ(play.judge("belief-exclusion").status, Status::violated);
}

TEST(Transactional, WritesOfATransactionThatWasRolledBackAreNotMissed) {
  Play play;
  play.scenario.workload = "counter";
  const auto write = [&](std::int64_t process, std::int64_t from, OpType end) {
    play.operation(process, "write", "counter", from, from + 5, OpType::ok, {}, 0, {});
    play.op(process, "release", from + 6, from + 9, end, "owner");
  };
  const auto section = play.believe(0, 10, 26, "owner");
  write(0, 20, OpType::ok);
  play.writes(28, 0, section, 0, 1);
  play.believe(1, 40, 56, "owner");
  write(1, 50, OpType::fail);
  EXPECT_EQ(play.judge("no-lost-update").status, Status::violated);
  play.claims.transactional = true;
  EXPECT_EQ(play.judge("no-lost-update").status, Status::holds);
}

TEST(Transactional, AGrantThatAServerForgotHasEnded) {
  Play play;
  play.granted(8, "a", 0);
  play.believe(0, 10, 30, "a");
  play.service(15, GrantChange::forgotten, "a", 0, -1);
  play.granted(18, "b", 1);
  play.believe(1, 20, 40, "b");
  EXPECT_EQ(play.judge("linearizable").status, Status::violated);
  play.claims.transactional = true;
  EXPECT_EQ(play.judge("linearizable").status, Status::holds);
}

TEST(BeliefExclusion, IsNotAskedOfALockThatClaimsNone) {
  Play play = cut_short();
  play.claims.exclusion = false;
  for (const Verdict& verdict : judge_all(play.judged())) {
    EXPECT_NE(verdict.property, "belief-exclusion");
  }
}

}  // namespace
}  // namespace lockstep
