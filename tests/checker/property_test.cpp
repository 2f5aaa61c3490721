#include "checker/property.hpp"

#include <gmock/gmock.h>

#include <set>

#include "tests/checker/play.hpp"

namespace lockstep {
namespace {

using testing::paused_holder;
using testing::Play;

TEST(Properties, AreFoundByName) {
  std::set<std::string_view> names;
  for (const Property& property : all_properties()) {
    EXPECT_TRUE(names.insert(property.name).second) << property.name << " twice";
    EXPECT_EQ(find_property(property.name), &property);
    EXPECT_FALSE(property.summary.empty() || property.code.empty());
    EXPECT_EQ(property.needs.empty(), property.applies == &properties::always) << property.name;
  }
  EXPECT_EQ(find_property("nonsense"), nullptr);
}

TEST(JudgeAll, GivesTheVerdictsThatApplyInTheOrderOfTheTable) {
  Play play = paused_holder();
  play.settle();
  std::vector<std::string> names;
  for (const Verdict& verdict : judge_all(play.judged())) names.push_back(verdict.property);
  EXPECT_THAT(names, ::testing::ElementsAre("belief-exclusion", "service-exclusion",
                                            "effect-exclusion", "token-order", "linearizable",
                                            "release-rights", "deadlock-freedom", "bounded-wait",
                                            "loss-detection", "no-lost-update"));
  play.scenario.resource = ResourcePolicy::fence_all;
  EXPECT_EQ(judge_all(play.judged()).size(), names.size() + 1);
}

TEST(JudgeAll, HoldsOfARunInWhichNothingHappened) {
  Play play;
  for (const Verdict& verdict : judge_all(play.judged())) {
    EXPECT_EQ(verdict.status, Status::holds) << verdict.property << ": " << verdict.explanation;
  }
}

TEST(JudgeAll, IsTheSameTwice) {
  Play play = paused_holder();
  play.settle();
  const auto first = judge_all(play.judged());
  const auto again = judge_all(play.judged());
  ASSERT_EQ(first.size(), again.size());
  for (std::size_t i = 0; i < first.size(); ++i) {
    EXPECT_EQ(first[i].explanation, again[i].explanation);
    EXPECT_EQ(first[i].witness.size(), again[i].witness.size());
  }
}

}  // namespace
}  // namespace lockstep
