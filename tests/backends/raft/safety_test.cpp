// Raft's promises hold in random runs under every kind of fault, and none of the known mistakes
// escapes the same checks. `lockstep_raft_safety RUNS` does as many runs as one likes.

#include <gtest/gtest.h>

#include "tests/backends/raft/safety_run.hpp"

namespace lockstep::raft {
namespace {

class RaftSafety : public testing::TestWithParam<Temper> {};

TEST_P(RaftSafety, HoldsAfterEveryStepOfRandomRuns) {
  SafetyReport sum;
  for (std::uint64_t seed = 1; seed <= 500; ++seed) {
    SafetyOptions options;
    options.seed = seed;
    options.temper = GetParam();
    options.ends_well = seed % 10 == 0;
    const SafetyReport report = run_safely(options);
    ASSERT_EQ(report.violation, "") << "seed " << seed;
    sum.add(report);
  }
  EXPECT_GT(sum.elections, 800u) << sum.describe();
  EXPECT_GT(sum.commits, 5'000u);
  EXPECT_GT(sum.answers, 3'000u);
  EXPECT_GT(sum.reads, 1'000u);
  EXPECT_GT(sum.restores, 100u);
  EXPECT_GT(sum.truncations, 50u);
  EXPECT_GT(sum.cuts, 500u);
  EXPECT_GT(sum.power_losses, 100u);
}

INSTANTIATE_TEST_SUITE_P(Tempers, RaftSafety,
                         testing::Values(Temper::mixed, Temper::elections, Temper::changes,
                                         Temper::clocks));

class RaftMistake : public testing::TestWithParam<NamedMistake> {};

TEST_P(RaftMistake, IsCaught) {
  for (std::uint64_t seed = 1; seed <= 6'000; ++seed) {
    SafetyOptions options;
    options.seed = seed;
    options.mistakes.*GetParam().mistake = true;
    options.temper = GetParam().shown_by;
    const SafetyReport report = run_safely(options);
    if (report.violation.empty()) continue;
    RecordProperty("seed", std::to_string(seed));
    RecordProperty("violation", report.violation);
    return;
  }
  FAIL() << "no run was broken by " << GetParam().name;
}

INSTANTIATE_TEST_SUITE_P(All, RaftMistake, testing::ValuesIn(all_mistakes),
                         [](const auto& mistake) { return std::string(mistake.param.name); });

}  // namespace
}  // namespace lockstep::raft
