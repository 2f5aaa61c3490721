#include "cli/envelope_files.hpp"
#include "tests/cli/driver.hpp"

namespace lockstep {
namespace {

using testing::HasSubstr;

TEST(Usage, AMistypedVerbGetsTheNearestOne) {
  const Ran ran = lockstep_with({"chekc", "file"});
  EXPECT_EQ(ran.code, ExitCode::usage);
  EXPECT_EQ(ran.err, "error: there is no verb \"chekc\"\n  did you mean \"check\"?\n");
  EXPECT_EQ(ran.out, "");
}

TEST(Usage, AMistypedFlagGetsTheNearestOneEvenIfItWasRequired) {
  const Ran ran = lockstep_with({"check", "file", "--modle", "mutex"});
  EXPECT_EQ(ran.code, ExitCode::usage);
  EXPECT_EQ(ran.err, "error: check takes no --modle\n  did you mean \"--model\"?\n");
}

TEST(Usage, WhatIsLackingIsNamed) {
  const Ran ran = lockstep_with({"check", "file"});
  EXPECT_EQ(ran.code, ExitCode::usage);
  EXPECT_EQ(ran.err, "error: --model is required\n  see: lockstep check --help\n");
}

TEST(Usage, NoArgumentsShowTheHelpAsAMessage) {
  const Ran ran = lockstep_with({});
  EXPECT_EQ(ran.code, ExitCode::usage);
  EXPECT_THAT(ran.err, HasSubstr("Usage: lockstep"));
  EXPECT_EQ(ran.out, "");
}

TEST(Usage, HelpIsAResultAndNamesTheExitCodes) {
  const Ran ran = lockstep_with({"check", "--help"});
  EXPECT_EQ(ran.code, ExitCode::met);
  EXPECT_THAT(ran.out, HasSubstr("Usage: lockstep check"));
  EXPECT_THAT(ran.out, HasSubstr("65 bad file"));
  EXPECT_EQ(ran.err, "");
}

TEST(Usage, TheHelpOfTheWholeNamesTheProgramOnce) {
  EXPECT_THAT(lockstep_with({"--help"}).out, HasSubstr("Usage: lockstep [OPTIONS]"));
}

TEST(Usage, ACountOutOfItsRangeIsToldInWholeNumbers) {
  EXPECT_EQ(lockstep_with({"sweep", "redis-setpx", "--runs", "0"}).err,
            "error: --runs: takes a whole number from 1 to 1000000000000, not \"0\"\n"
            "  see: lockstep sweep --help\n");
  const Ran crowd = lockstep_with({"sweep", "redis-setpx", "--workers", "9999999"});
  EXPECT_EQ(crowd.code, ExitCode::usage);
  EXPECT_THAT(crowd.err, HasSubstr("from 1 to 1024, not \"9999999\""));
}

TEST(Usage, AnOutputFolderWithoutANameIsRefusedAsNothingWouldBeKept) {
  const Ran ran = lockstep_with({"run", "redis-setpx", "-o", ""});
  EXPECT_EQ(ran.code, ExitCode::usage);
  EXPECT_THAT(ran.err, HasSubstr("names a folder"));
}

TEST(Usage, AFileWithoutANameIsRefusedAsNothingWouldBeWritten) {
  const std::vector<std::vector<std::string>> all = {
      {"sweep", "redis-setpx", "--junit", ""},
      {"sweep", "redis-setpx", "--campaign", ""},
      {"sweep", "redis-setpx", "--export", "junit=", "-o", "out/of-nobody"},
      {"ci", "--junit", ""},
      {"merge", "", "a.sqlite"}};
  for (const std::vector<std::string>& words : all) {
    const Ran ran = lockstep_with(words);
    EXPECT_EQ(ran.code, ExitCode::usage) << words.front() << " " << words[2];
    EXPECT_THAT(ran.err, testing::AnyOf(HasSubstr("names a file, not \"\""),
                                        HasSubstr("name a file: --export junit=junit.xml")));
  }
}

TEST(Usage, AListByCommasIsOneWordAndNamesSomething) {
  const Ran none = lockstep_with({"sweep", "redis-setpx", "--faults", ",", "--runs", "2"});
  EXPECT_EQ(none.code, ExitCode::usage);
  EXPECT_THAT(none.err, HasSubstr("--faults: takes names by commas, not \",\""));
  const Ran before = lockstep_with({"sweep", "--faults", "gc-pause,crash", "--faults=clock-jump",
                                    "redis-setpx", "--runs", "2", "--json", "-q"});
  EXPECT_THAT(before.out, HasSubstr("\"lock\": \"redis-setpx\""));
  EXPECT_THAT(before.out, HasSubstr("\"gc-pause\""));
  EXPECT_THAT(before.out, HasSubstr("\"clock-jump\""));
}

TEST(Usage, OneIsNotMany) {
  EXPECT_THAT(lockstep_with({"sweep", "redis-setpx", "-c", "1", "-n", "1"}).out,
              testing::StartsWith("redis-setpx counter, RP0, 1 client\n"));
}

TEST(Usage, ANumberIsToldAsItWasTyped) {
  EXPECT_THAT(lockstep_with({"run", "redis-setpx", "--clients", "99999999999999"}).err,
              HasSubstr("takes 1 to 10000, not 99999999999999"));
}

TEST(Usage, ASettingThatNoServerTakesIsRefusedBeforeAnythingRuns) {
  const Ran ran = lockstep_with({"run", "redis-setpx", "--set", "persistence=tape"});
  EXPECT_EQ(ran.code, ExitCode::usage);
  EXPECT_THAT(ran.err, HasSubstr("persistence is one of none, rdb, aof, not \"tape\""));
}

TEST(Usage, ADeploymentThatNobodyHasIsRefused) {
  const std::pair<const char*, const char*> odd[] = {{"etcd-mutex", "servers=0"},
                                                     {"redis-failover", "replicas=100000"},
                                                     {"redis-failover", "sentinels=100000"},
                                                     {"sem-counter", "permits=0"}};
  for (const auto& [lock, setting] : odd) {
    const Ran ran = lockstep_with({"run", lock, "--set", setting});
    EXPECT_EQ(ran.code, ExitCode::usage) << setting;
    EXPECT_THAT(ran.err, HasSubstr(" is from ")) << setting;
  }
}

TEST(Usage, VersionSaysWhichProgramThisIs) {
  EXPECT_THAT(lockstep_with({"version"}).out, testing::StartsWith("lockstep "));
  EXPECT_THAT(lockstep_with({"--version"}).out, testing::StartsWith("lockstep "));
  EXPECT_THAT(lockstep_with({"version", "--json"}).out, HasSubstr("\"version\": "));
}

TEST(Usage, AnEnvelopeNeedsTwoDifferentNumbers) {
  const Ran ran =
      lockstep_with({"envelope", "redis-setpx", "--x", "pause=0..20s", "--y", "pause=1s..2s"});
  EXPECT_EQ(ran.code, ExitCode::usage);
  EXPECT_THAT(ran.err, testing::HasSubstr("both axes are the same number"));
}

TEST(Usage, AnInterruptedEnvelopeIsDrawnWhereItWasMeasured) {
  const std::int64_t second = nanos(WorldTime(1s));
  EnvelopeOptions options;
  options.columns = 4;
  Envelope envelope;
  envelope.x = {.name = "pause", .fault = "gc-pause", .length = true, .high = 3 * second};
  envelope.y = {.name = "lease", .length = true, .high = 3 * second};
  const std::vector<Stretch> safe{{PointState::safe, 0, 3 * second}};
  envelope.columns = {{0, safe}, {second, safe}};
  envelope.interrupted = true;
  const Scenario base;
  const EnvelopeReport report{base, options, envelope};
  EXPECT_THAT(tell(report), HasSubstr("pause from 0 s to 1 s\n"));
  std::string pages;
  for (const OutputFile& file : files_of(report)) pages += file.content;
  EXPECT_THAT(pages, HasSubstr("It was interrupted: the rest was not measured."));
  EXPECT_THAT(pages, HasSubstr("width=\"200.00\""));
}

TEST(Usage, ARunThatIsNotThereIsToldWithHowOneIsSaved) {
  for (const char* verb : {"shrink", "odds", "replay", "explain"}) {
    const Ran ran = lockstep_with({verb, "no/such/run"});
    EXPECT_EQ(ran.code, ExitCode::bad_file) << verb;
    EXPECT_THAT(ran.err, testing::HasSubstr("lockstep run LOCK -o DIR")) << verb;
  }
}

TEST(ExitCodes, TheGraverOneWins) {
  EXPECT_EQ(worse(ExitCode::violation, ExitCode::undecided), ExitCode::violation);
  EXPECT_EQ(worse(ExitCode::violation, ExitCode::diverged), ExitCode::diverged);
  EXPECT_EQ(worse(ExitCode::internal, ExitCode::diverged), ExitCode::internal);
  EXPECT_EQ(worse(ExitCode::violation, ExitCode::bad_file), ExitCode::bad_file);
  EXPECT_EQ(worse(ExitCode::met, ExitCode::undecided), ExitCode::undecided);
  EXPECT_EQ(worse(ExitCode::met, ExitCode::met), ExitCode::met);
}

}  // namespace
}  // namespace lockstep
