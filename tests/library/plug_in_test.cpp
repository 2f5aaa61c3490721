// Locks of other people: judged as ours are, and contained when they break the rules.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/library/command.hpp"

namespace lockstep {
namespace {

using testing::HasSubstr;

constexpr const char* pauses = " --faults gc-pause ";

TEST(PlugIn, IsListedWithWhatItClaims) {
  const Said said = with_plugin("template_redis", "list", "locks -v");
  EXPECT_EQ(said.code, 0) << said.text;
  EXPECT_THAT(said.text, HasSubstr("my-lock"));
}

TEST(PlugIn, IsFoundThroughTheEnvironment) {
  const Said said = shell(std::string("LOCKSTEP_PLUGIN=") + LOCKSTEP_PLUGINS +
                          "/libtemplate_redis.so " + LOCKSTEP_COMMAND + " run my-lock");
  EXPECT_EQ(said.code, 0) << said.text;
}

TEST(PlugIn, EveryTemplateIsSafeInCalmAndHasAGap) {
  for (const auto& [library, fault] :
       {std::pair("template_redis", "gc-pause"), std::pair("template_zookeeper", "gc-pause"),
        std::pair("template_etcd", "gc-pause"), std::pair("template_sql", "crash"),
        std::pair("template_raft", "gc-pause"), std::pair("template_own_server", "crash")}) {
    const Said calm = with_plugin(library, "sweep", "my-lock --runs 30");
    EXPECT_EQ(calm.code, 0) << library << "\n" << calm.text;
    const std::string hunt = std::string("my-lock --runs 60 --expect violation --faults ") + fault;
    const Said found = with_plugin(library, "sweep", hunt);
    EXPECT_EQ(found.code, 0) << library << "\n" << found.text;
  }
}

TEST(PlugIn, AWorkloadAFaultAndAModelAreAddedToo) {
  const Said workload = with_plugin("template_workload", "run", "redis-setpx -w my-lock");
  EXPECT_EQ(workload.code, 0) << workload.text;
  const Said fault = with_plugin("template_fault", "run", "redis-setpx-lease --faults my-lock");
  EXPECT_EQ(fault.code, 0) << fault.text;
  EXPECT_THAT(fault.text, HasSubstr("my-lock"));
  EXPECT_THAT(with_plugin("template_model", "list", "models").text, HasSubstr("my-lock"));
}

TEST(PlugIn, ASweepGivesTheSameDigestWithAnyNumberOfWorkers) {
  const std::string line = std::string("my-lock --runs 40 --json") + pauses;
  const auto digest = [](const Said& said) {
    return said.text.substr(said.text.find("\"digest\""), 30);
  };
  const Said one = with_plugin("template_redis", "sweep", line + "-j 1");
  const Said two = with_plugin("template_redis", "sweep", line + "-j 3");
  EXPECT_THAT(one.text, HasSubstr("\"digest\""));
  EXPECT_EQ(digest(one), digest(two));
}

TEST(PlugIn, ARunIsKeptReplayedAndExplained) {
  const auto folder = std::filesystem::path(testing::TempDir()) / "lockstep-plug-in-run";
  std::filesystem::remove_all(folder);
  const std::string seed = std::string("my-lock --swarm --seed 1 --expect violation") + pauses;
  const Said ran = with_plugin("template_redis", "run", seed + "-o " + folder.string());
  EXPECT_THAT(ran.text, HasSubstr("lockstep replay --plugin"));
  EXPECT_TRUE(std::filesystem::exists(folder / "timeline.html"));
  EXPECT_THAT(with_plugin("template_redis", "replay", folder.string()).text,
              HasSubstr("the same run"));
  const Said told = with_plugin("template_redis", "explain", folder.string());
  EXPECT_THAT(told.text, HasSubstr("belief-exclusion"));
  std::filesystem::remove_all(folder);
}

// What does not fit

TEST(PlugIn, AFileThatIsNoneIsRefused) {
  const Said said = shell(std::string(LOCKSTEP_COMMAND) + " run --plugin /bin/sh my-lock");
  EXPECT_EQ(said.code, 65) << said.text;
  EXPECT_THAT(said.text, HasSubstr("this file is no plug-in of Lockstep"));
}

TEST(PlugIn, OneOfAnotherBuildIsRefusedBeforeItsCodeRuns) {
  const auto copy = std::filesystem::path(testing::TempDir()) / "libstale.so";
  const std::string original = std::string(LOCKSTEP_PLUGINS) + "/libmischief.so";
  const Said made = shell("sed 's/headers ................/headers 0123456789abcdef/' " + original +
                          " > " + copy.string());
  ASSERT_EQ(made.code, 0) << made.text;
  const Said said =
      shell(std::string(LOCKSTEP_COMMAND) + " run --plugin " + copy.string() + " obedient");
  EXPECT_EQ(said.code, 65);
  EXPECT_THAT(said.text, HasSubstr("this plug-in was built for another Lockstep"));
  EXPECT_THAT(said.text, HasSubstr("headers 0123456789abcdef"));
  std::filesystem::remove(copy);
}

TEST(PlugIn, ANameThatIsTakenIsRefused) {
  const std::string twice = std::string("--plugin ") + LOCKSTEP_PLUGINS + "/libtemplate_etcd.so";
  const Said said = with_plugin("template_redis", "list", twice);
  EXPECT_EQ(said.code, 65);
  EXPECT_THAT(said.text, HasSubstr("the lock \"my-lock\" has a name that another one has"));
}

// What breaks the rules

Said mischief(const std::string& arguments) {
  return with_plugin("mischief", "run", arguments);
}

TEST(Mischief, AnObedientLockIsNotAccused) {
  const Said said = mischief("obedient");
  EXPECT_EQ(said.code, 0) << said.text;
}

TEST(Mischief, RandIsCaughtWithTheFirstDifference) {
  const Said said = mischief("draws-from-rand");
  EXPECT_EQ(said.code, 3) << said.text;
  EXPECT_THAT(said.text, HasSubstr("draws from rand"));
  EXPECT_THAT(said.text, HasSubstr("first"));
  EXPECT_THAT(said.text, HasSubstr("in the other run at"));
}

TEST(Mischief, TheWallClockIsCaught) {
  const Said said = mischief("reads-the-clock");
  EXPECT_EQ(said.code, 3) << said.text;
}

TEST(Mischief, StateAcrossRunsIsCaught) {
  const Said said = mischief("keeps-state");
  EXPECT_EQ(said.code, 3) << said.text;
  EXPECT_THAT(said.text, HasSubstr("keeps state"));
}

TEST(Mischief, AThrowIsTheRunsFailure) {
  const Said said = mischief("throws");
  EXPECT_EQ(said.code, 70) << said.text;
  EXPECT_THAT(said.text, HasSubstr("the release has thrown"));
  EXPECT_EQ(mischief("throws-no-exception").code, 70);
}

TEST(Mischief, ACrashIsToldWithItsLastWords) {
  const Said said = mischief("crashes");
  EXPECT_EQ(said.code, 70) << said.text;
  EXPECT_THAT(said.text, HasSubstr("an assertion did not hold"));
}

TEST(Mischief, WhatNeverReturnsIsGivenUp) {
  const Said said = mischief("never-returns --max-cpu 1");
  EXPECT_EQ(said.code, 2) << said.text;
  EXPECT_THAT(said.text, HasSubstr("some function does not return"));
}

TEST(Mischief, AFloodIsGivenUpAfterTheEventsThatItMayUse) {
  const Said said = mischief("floods --max-events 200000");
  EXPECT_EQ(said.code, 2) << said.text;
  EXPECT_THAT(said.text, HasSubstr("gave up after 200000 events"));
}

TEST(Mischief, ALeakIsGivenUpAfterTheMemoryThatItMayUse) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "sanitizers map more memory than any limit";
#endif
  const Said said = mischief("leaks");
  EXPECT_EQ(said.code, 2) << said.text;
  EXPECT_THAT(said.text, HasSubstr("MiB of memory"));
}

TEST(Mischief, ASweepGoesOnAndTellsTheFirstSeed) {
  const Said said = with_plugin("mischief", "sweep", "crashes --runs 8");
  EXPECT_EQ(said.code, 70) << said.text;
  EXPECT_THAT(said.text, HasSubstr("8 runs"));
  EXPECT_THAT(said.text, HasSubstr("seed 1: the process of the run died"));
  const Said diverging = with_plugin("mischief", "sweep", "keeps-state --runs 8");
  EXPECT_EQ(diverging.code, 3);
  EXPECT_THAT(diverging.text, HasSubstr("8 runs diverged"));
}

}  // namespace
}  // namespace lockstep
