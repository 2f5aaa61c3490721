// A lock judged inside of a test program, the one of templates/lock_on_redis.cpp.
#include <gmock/gmock.h>
#include <rapidcheck/gtest.h>
#include <lockstep/gtest.hpp>

#include <cstdlib>
#include <filesystem>
#include <lockstep/rapidcheck.hpp>

namespace lockstep {
namespace {

using testing::HasSubstr;

TEST(InATest, ALockIsSafeWhenNothingGoesWrong) {
  EXPECT_LOCK_SAFE("my-lock", scenario(), 20);
}

TEST(InATest, TheGapIsFound) {
  EXPECT_LOCK_VIOLATION("my-lock", scenario().faults({"gc-pause"}), 40);
}

TEST(InATest, AFailureTellsSeedStoryReplayAndTimeline) {
  const auto folder = std::filesystem::path(testing::TempDir()) / "lockstep-failures-of-a-test";
  setenv("LOCKSTEP_FAILURES", folder.c_str(), 1);
  const LockJudgement judged = judge_lock("my-lock", scenario().faults({"gc-pause"}), 40);
  EXPECT_FALSE(judged.as_expected);
  for (const char* part : {"my-lock is not safe under counter, gc-pause", "was violated in",
                           "  seed      ", "  replay    ", "lockstep replay ", "  timeline  "}) {
    EXPECT_THAT(judged.message, HasSubstr(part));
  }
  const std::string path = judged.message.substr(judged.message.find("  timeline  ") + 12);
  EXPECT_TRUE(std::filesystem::exists(path)) << path;
  std::filesystem::remove_all(folder);
}

TEST(InATest, NoSeedsAreNoPass) {
  const LockJudgement judged = judge_lock("my-lock", scenario(), 0);
  EXPECT_FALSE(judged.as_expected);
  EXPECT_THAT(judged.message, HasSubstr("no seed was asked for"));
}

TEST(InATest, AWrongWordIsToldAndFails) {
  const LockJudgement judged = judge_lock("my-lock", scenario().faults({"gc-paws"}), 5);
  EXPECT_FALSE(judged.as_expected);
  EXPECT_THAT(judged.message, HasSubstr("there is no fault \"gc-paws\""));
  EXPECT_THAT(judge_lock("my-lokc", scenario(), 5).message, HasSubstr("my-lock"));
}

TEST(InATest, ASettingGoesToTheLockOrTheWorkload) {
  const DrawOptions options =
      scenario().set("lease", Duration(5s)).set("work_max", Duration(2s)).of("my-lock");
  EXPECT_EQ(options.base.lock_settings.duration("lease"), 5s);
  EXPECT_EQ(options.base.workload_settings.duration("work_max"), 2s);
}

RC_GTEST_PROP(InATest, EveryScenarioRunsTheSameTwice, ()) {
  const Scenario any = *any_scenario(scenario().lasts(5s).of("my-lock"));
  RC_ASSERT(run(any).digest == run(any).digest);
}

}  // namespace
}  // namespace lockstep
