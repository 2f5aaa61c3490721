// Deadlines that only the leader keeps.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "backends/raft/leader_deadlines.hpp"

namespace lockstep::raft {
namespace {

using Deadlines = LeaderDeadlines<int>;

SteadyTime at(Duration since_start) {
  return SteadyTime(since_start);
}

TEST(LeaderDeadlines, EndWhatWasNotHeardOfForItsWholeLength) {
  Deadlines deadlines;
  const Deadlines::Living living{{1, 10s}, {2, 20s}};
  EXPECT_THAT(deadlines.due(1, living, at(0s)), testing::IsEmpty());
  EXPECT_THAT(deadlines.due(1, living, at(9s)), testing::IsEmpty());
  EXPECT_THAT(deadlines.due(1, living, at(10s)), testing::ElementsAre(1));
  EXPECT_THAT(deadlines.due(1, living, at(20s)), testing::ElementsAre(2));
}

TEST(LeaderDeadlines, MoveWithEachRenewal) {
  Deadlines deadlines;
  const Deadlines::Living living{{1, 10s}};
  (void)deadlines.due(1, living, at(0s));
  EXPECT_TRUE(deadlines.renew(1, 1, 10s, at(8s)));
  EXPECT_THAT(deadlines.due(1, living, at(17s)), testing::IsEmpty());
  EXPECT_THAT(deadlines.due(1, living, at(18s)), testing::ElementsAre(1));
}

TEST(LeaderDeadlines, RenewNothingWhoseEndWasProposed) {
  Deadlines deadlines;
  const Deadlines::Living living{{1, 10s}};
  (void)deadlines.due(1, living, at(0s));
  (void)deadlines.due(1, living, at(10s));
  EXPECT_FALSE(deadlines.renew(1, 1, 10s, at(10s)));
  EXPECT_THAT(deadlines.due(1, living, at(11s)), testing::IsEmpty()) << "it was told once";
}

TEST(LeaderDeadlines, BeginInFullInANewTerm) {
  Deadlines deadlines;
  const Deadlines::Living living{{1, 10s}, {2, 10s}};
  (void)deadlines.due(1, living, at(0s));
  (void)deadlines.due(1, {{1, 10s}}, at(10s));
  EXPECT_THAT(deadlines.due(2, living, at(11s)), testing::IsEmpty());
  EXPECT_TRUE(deadlines.renew(2, 1, 10s, at(12s))) << "its end was another leader's idea";
  EXPECT_THAT(deadlines.due(2, living, at(21s)), testing::ElementsAre(2));
}

TEST(LeaderDeadlines, ForgetWhatLivesNoMore) {
  Deadlines deadlines;
  (void)deadlines.due(1, {{1, 10s}}, at(0s));
  (void)deadlines.due(1, {}, at(5s));
  EXPECT_THAT(deadlines.due(1, {{1, 10s}}, at(12s)), testing::IsEmpty()) << "it is a new one";
}

}  // namespace
}  // namespace lockstep::raft
