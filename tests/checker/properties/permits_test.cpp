// Semaphores: properties that count to more than one, and permits that have no owner.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/checker/play.hpp"

namespace lockstep {
namespace {

using testing::at_ms;
using ::testing::HasSubstr;
using testing::Play;

constexpr const char* nobody = "";

TEST(Permits, AsManySectionsMayInterleaveAsThereArePermits) {
  Play play;
  play.claims.permits = 2;
  for (int process = 0; process < 3; ++process) {
    play.believe(process, 10 + process, 50, nobody);
  }
  play.reads(20, 0, 1, 0).reads(21, 1, 2, 0).writes(30, 0, 1, 0, 1).writes(31, 1, 2, 0, 2);
  EXPECT_EQ(play.judge("effect-exclusion").status, Status::holds);
  Play late = play;
  late.reads(40, 2, 3, 2).writes(41, 0, 1, 0, 3);
  EXPECT_EQ(late.judge("effect-exclusion").status, Status::holds) << "1's section ended at 31";
  late.writes(42, 1, 2, 0, 4).writes(43, 2, 3, 2, 5);
  EXPECT_EQ(late.judge("effect-exclusion").status, Status::violated);
}

TEST(Permits, ABeliefWithoutAnOwnerIsAlwaysAnother) {
  Play play;
  play.believe(0, 10, 30, nobody);
  play.believe(0, 20, 25, nobody);
  EXPECT_EQ(play.judge("belief-exclusion").status, Status::violated);
}

TEST(Permits, OneHolderMayHaveSeveralGrantsWithoutAnOwner) {
  Play play;
  play.claims.permits = 2;
  play.believe(0, 11, 15, nobody);
  play.granted(10, nobody, 0).granted(12, nobody, 0);
  EXPECT_EQ(play.judge("service-exclusion").status, Status::holds);
  play.granted(13, nobody, 1);
  EXPECT_EQ(play.judge("service-exclusion").status, Status::violated);
}

TEST(Permits, AReleaseEndsOneOfItsHoldersGrants) {
  Play play;
  play.claims.permits = 2;
  play.believe(0, 11, 40, nobody);
  play.believe(1, 21, 40, nobody);
  play.granted(10, nobody, 0).granted(12, nobody, 0).released(14, nobody, 0, 0);
  play.granted(20, nobody, 1);
  EXPECT_EQ(play.judge("service-exclusion").status, Status::holds);
  EXPECT_EQ(play.judge("release-rights").status, Status::holds) << "client-1 has one left";
  play.released(25, nobody, 0, 0);
  EXPECT_EQ(play.judge("release-rights").status, Status::violated) << "and believes in it";
}

TEST(Permits, GivingBackAnothersPermitIsNoRight) {
  Play play;
  play.believe(0, 11, 40, nobody);
  play.granted(10, nobody, 0).released(20, nobody, 0, 1);
  const Verdict verdict = play.judge("release-rights");
  EXPECT_EQ(verdict.status, Status::violated);
  EXPECT_THAT(verdict.explanation, HasSubstr("client-2 released lock-1"));
}

TEST(Permits, ALeakCountsAsSuchWhileOthersHoldLessThanAll) {
  Play play;
  play.claims.permits = 2;
  play.bound = 5s;
  play.record.healed_at = at_ms(1'000);
  play.record.ended_at = at_ms(30'000);
  play.granted(10, nobody, 0).granted(500, nobody, 1);
  play.believe(1, 501, -1, nobody);
  play.op(2, "acquire", 600, -1, OpType::info);
  EXPECT_EQ(play.judge("deadlock-freedom").status, Status::violated) << "0's permit leaked";
  play.believe(0, 511, -1, nobody);
  EXPECT_EQ(play.judge("deadlock-freedom").status, Status::unknown) << "both are held";
}

}  // namespace
}  // namespace lockstep
