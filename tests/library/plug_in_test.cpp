// Locks of other people: judged as ours are, and contained when they break the rules.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "core/sanitized.hpp"
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
  EXPECT_THAT(told.text, HasSubstr("lockstep replay --plugin"));
  std::filesystem::remove_all(folder);
}

TEST(PlugIn, AViolationIsMadeSmall) {
  const auto folder = std::filesystem::path(testing::TempDir()) / "lockstep-plug-in-shrunk";
  std::filesystem::remove_all(folder);
  const std::string seed =
      std::string("my-lock --swarm --seed 1 --expect violation -c 3 -d 20s") + pauses;
  with_plugin("template_redis", "run", seed + "-o " + (folder / "run").string());
  const Said shrunk =
      with_plugin("template_redis", "shrink",
                  (folder / "run").string() + " -q -o " + (folder / "small").string());
  EXPECT_LE(shrunk.code, 1) << shrunk.text;
  const Said small =
      with_plugin("template_redis", "run",
                  (folder / "small" / "scenario.toml").string() + " --expect violation");
  EXPECT_EQ(small.code, 0) << shrunk.text << small.text;
  EXPECT_THAT(small.text, HasSubstr("counter, 2 clients"));
  std::filesystem::remove_all(folder);
}

// The same code, built in and as a plug-in.
TEST(PlugIn, RunsAsTheBuiltInLockOfTheSameCodeDoes) {
  const auto digest = [](const Said& said) {
    return said.text.substr(said.text.find("\"digest\""), 30);
  };
  const std::string line = std::string(" --runs 30 --json -q") + pauses;
  const Said built_in = shell(std::string(LOCKSTEP_COMMAND) + " sweep redis-setpx" + line);
  const Said plugged_in = with_plugin("mischief", "sweep", "redis-twin" + line);
  EXPECT_THAT(built_in.text, HasSubstr("\"digest\""));
  EXPECT_EQ(digest(built_in), digest(plugged_in));
  const auto properties = [](const Said& said) {
    return said.text.substr(said.text.find("\"properties\""));
  };
  EXPECT_THAT(properties(built_in), HasSubstr("\"per_hold\""));
  EXPECT_EQ(properties(built_in), properties(plugged_in));
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
  const Said other = shell("sed -E 's/(gcc|clang) [0-9]+, headers/gcc 99, headers/' " + original +
                           " > " + copy.string() + " && " + LOCKSTEP_COMMAND + " run --plugin " +
                           copy.string() + " obedient");
  EXPECT_EQ(other.code, 65);
  EXPECT_THAT(other.text, HasSubstr("gcc 99"));
  EXPECT_THAT(other.text, HasSubstr("build it again, from the headers and with the compiler"));
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

TEST(Mischief, ASweepThatDivergedIsNoPassForMachinesEither) {
  const auto junit = std::filesystem::path(testing::TempDir()) / "lockstep-diverged.xml";
  const Said said =
      with_plugin("mischief", "sweep", "draws-from-rand -n 2 --junit " + junit.string());
  EXPECT_EQ(said.code, 3) << said.text;
  std::ostringstream xml;
  xml << std::ifstream(junit).rdbuf();
  EXPECT_THAT(xml.str(), HasSubstr("failures=\"1\" skipped=\"10\""));
  EXPECT_THAT(xml.str(), HasSubstr("<failure message=\"two runs of seed 1 differ\">"));
  std::filesystem::remove(junit);
}

TEST(Mischief, TheWallClockIsCaught) {
  const Said said = mischief("reads-the-clock");
  EXPECT_EQ(said.code, 3) << said.text;
  EXPECT_THAT(said.text, HasSubstr("reads a clock that is not Env's"));
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

TEST(Mischief, WhatSleepsWithoutUsingTheProcessorIsGivenUp) {
  const Said said = mischief("sleeps --max-wait 1");
  EXPECT_EQ(said.code, 2) << said.text;
  EXPECT_THAT(said.text, HasSubstr("gave up after 1 s of real time"));
  EXPECT_THAT(said.text, HasSubstr("sleeps or waits outside of the simulation"));
}

TEST(Mischief, WhatPrintsForEverIsGivenUp) {
  const Said said = mischief("prints");
  EXPECT_EQ(said.code, 2) << said.text;
  EXPECT_THAT(said.text, HasSubstr("gave up after 64 MiB of printed text"));
}

TEST(Mischief, AFloodIsGivenUpAfterTheEventsThatItMayUse) {
  const Said said = mischief("floods --max-events 200000");
  EXPECT_EQ(said.code, 2) << said.text;
  EXPECT_THAT(said.text, HasSubstr("gave up after 200000 events"));
}

TEST(Mischief, ALeakIsGivenUpAfterTheMemoryThatItMayUse) {
#if LOCKSTEP_SANITIZED
  GTEST_SKIP() << "sanitizers map more memory than any limit";
#endif
  const Said said = mischief("leaks --max-memory 256");
  EXPECT_EQ(said.code, 2) << said.text;
  EXPECT_THAT(said.text, HasSubstr("gave up after 256 MiB of memory"));
}

TEST(Mischief, EndsNoComparisonAndNoEnvelope) {
  const Said compared = with_plugin("mischief", "compare", "obedient crashes --runs 3");
  EXPECT_EQ(compared.code, 70) << compared.text;
  EXPECT_THAT(compared.text, HasSubstr("3 runs ended early"));
  const Said measured = with_plugin(
      "mischief", "envelope", "crashes --x pause=0..2s --y drift=0..10% --seeds 1 --columns 2");
  EXPECT_THAT(measured.text, testing::Not(HasSubstr("safe from")));
}

TEST(Mischief, IsToldByTheExitCodesOfComparisonsAndEnvelopes) {
  for (const auto& [lock, code, what] :
       {std::tuple("throws", 70, "the release has thrown"),
        std::tuple("draws-from-rand", 3, "diverged when repeated: seed 1"),
        std::tuple("floods --max-events 20000", 2, "gave up after 20000 events")}) {
    const std::string line = std::string("redis-setpx ") + lock + " -d 20s --runs 3";
    const Said compared = with_plugin("mischief", "compare", line);
    EXPECT_EQ(compared.code, code) << compared.text;
    EXPECT_THAT(compared.text, HasSubstr(std::string("first that of ") +
                                         std::string(lock).substr(0, std::string(lock).find(' '))));
    const Said measured = with_plugin(
        "mischief", "envelope",
        std::string(lock) + " -d 20s --x pause=0..2s --y drift=0..10% --seeds 1 --columns 1");
    EXPECT_EQ(measured.code, code) << measured.text;
    EXPECT_THAT(measured.text, HasSubstr(what));
    EXPECT_THAT(measured.text, HasSubstr("undecided from 0 % to 10 %"));
  }
}

TEST(Mischief, ASweepGoesOnAndTellsTheFirstSeed) {
  const Said said = with_plugin("mischief", "sweep", "crashes --runs 8");
  EXPECT_EQ(said.code, 70) << said.text;
  EXPECT_THAT(said.text, HasSubstr("8 runs"));
  EXPECT_THAT(said.text, HasSubstr("seed 1: the process of the run died"));
  const Said diverging = with_plugin("mischief", "sweep", "keeps-state --runs 8");
  EXPECT_EQ(diverging.code, 3);
  EXPECT_THAT(diverging.text, HasSubstr("8 runs diverged"));
  const Said sleeping = with_plugin("mischief", "sweep", "sleeps --runs 4 -j 4 --max-wait 1");
  EXPECT_EQ(sleeping.code, 2) << sleeping.text;
  EXPECT_THAT(sleeping.text, HasSubstr("4 runs gave up"));
}

TEST(Mischief, OtherRunsAreJudgedAllTheSame) {
  const Said said = with_plugin("mischief", "sweep", "crashes-in-some-runs --runs 30 --json -q");
  EXPECT_EQ(said.code, 70) << said.text;
  const auto count = [&](const std::string& name, std::size_t from) {
    const std::size_t at = said.text.find("\"" + name + "\": ", from);
    return at == std::string::npos ? -1 : std::stoi(said.text.substr(at + name.size() + 4));
  };
  const int failures = count("failures", 0);
  EXPECT_GT(failures, 0) << said.text;
  EXPECT_LT(failures, 30);
  EXPECT_EQ(count("holds", said.text.find("\"belief-exclusion\"")), 30 - failures) << said.text;
}

TEST(Mischief, EveryKindOfItEndsItsOwnRunsAlone) {
  for (const auto& [line, code] :
       {std::pair("throws", 70), std::pair("throws-no-exception", 70),
        std::pair("never-returns --max-cpu 1", 2), std::pair("floods --max-events 20000", 2),
        std::pair("prints", 2), std::pair("draws-from-rand", 3), std::pair("reads-the-clock", 3)}) {
    const Said said = with_plugin("mischief", "sweep", std::string(line) + " --runs 2");
    EXPECT_EQ(said.code, code) << line << "\n" << said.text;
    EXPECT_THAT(said.text, HasSubstr("2 runs, seeds 1 to 2")) << line;
  }
}

// In CI

TEST(Ci, ANewProjectsChecksAreMetAndAGapThatMustBeClosedGoesIntoTheCorpus) {
  const auto folder = std::filesystem::path(testing::TempDir()) / "lockstep-new-for-ci";
  std::filesystem::remove_all(folder);
  const std::string file = (folder / "lockstep.json").string();
  const Said made =
      shell(std::string(LOCKSTEP_COMMAND) + " new lock my-lock --on redis -o " + folder.string());
  ASSERT_EQ(made.code, 0) << made.text;
  const Said met = with_plugin("template_redis", "ci", file);
  EXPECT_EQ(met.code, 0) << met.text;
  EXPECT_THAT(met.text, HasSubstr("PASS     calm: 200 runs"));
  EXPECT_THAT(met.text, HasSubstr("PASS     gap: breaks as expected"));
  EXPECT_FALSE(std::filesystem::exists(folder / "corpus"));
  shell("sed -i 's/\"violation\"/\"safe\", \"properties\": [\"belief-exclusion\"]/; s/500/20/' " +
        file);
  const Said broken = with_plugin("template_redis", "ci", file);
  EXPECT_EQ(broken.code, 1) << broken.text;
  EXPECT_THAT(broken.text, HasSubstr("FAIL     gap: belief-exclusion is violated in"));
  const Said again = with_plugin("template_redis", "ci", file);
  EXPECT_THAT(again.text, testing::StartsWith("FAIL     gap/belief-exclusion-seed-"));
  EXPECT_THAT(again.text, HasSubstr("is violated again"));
  EXPECT_THAT(again.text, HasSubstr("lockstep explain --plugin"));
  std::filesystem::remove_all(folder);
}

TEST(Ci, WhatDivergesOrCrashesIsNoPass) {
  const auto file = std::filesystem::path(testing::TempDir()) / "lockstep-mischief.json";
  const auto checked = [&](const std::string& lock) {
    shell("echo '{\"checks\": [{\"name\": \"a\", \"lock\": \"" + lock +
          "\", \"runs\": 3, \"expect\": \"safe\"}]}' > " + file.string());
    return with_plugin("mischief", "ci", file.string());
  };
  const Said diverging = checked("keeps-state");
  EXPECT_EQ(diverging.code, 3) << diverging.text;
  EXPECT_THAT(diverging.text, HasSubstr("two runs of one seed differ, first at seed 1"));
  EXPECT_EQ(checked("crashes").code, 70);
  EXPECT_EQ(checked("obedient").code, 0);
  std::filesystem::remove(file);
}

}  // namespace
}  // namespace lockstep
