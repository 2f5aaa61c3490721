#include "tests/cli/driver.hpp"

namespace lockstep {
namespace {

using testing::HasSubstr;

class ShrinkVerb : public ScratchFolder {};

TEST_F(ShrinkVerb, ASavedBugIsToldMinimalWithItsThresholds) {
  const Ran ran = lockstep_with({"shrink", "write-after-pause", "-o", path("small")});
  EXPECT_EQ(ran.code, ExitCode::met) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("belief-exclusion: pause>expiry>grant>belief"));
  EXPECT_THAT(ran.out, HasSubstr("2 clients, 1 fault, 1 operation each"));
  EXPECT_THAT(ran.out, HasSubstr("vanishes  when the pause is under "));
  EXPECT_THAT(names("small"),
              testing::IsSupersetOf({"scenario.toml", "found.toml", "shrink.json"}));
  EXPECT_EQ(lockstep_with({"replay", path("small")}).code, ExitCode::met);
  EXPECT_EQ(lockstep_with({"run", path("small/scenario.toml"), "--expect", "violation"}).code,
            ExitCode::met);
}

TEST_F(ShrinkVerb, WhatViolatesNothingCannotBeShrunk) {
  const Ran calm = lockstep_with({"run", "redis-setpx", "-d", "2s", "-o", path("calm")});
  ASSERT_EQ(calm.code, ExitCode::met);
  const Ran ran = lockstep_with({"shrink", path("calm")});
  EXPECT_EQ(ran.code, ExitCode::bad_file) << "no violation was found, and none expected";
  EXPECT_THAT(ran.err, HasSubstr("violates nothing"));
  EXPECT_EQ(lockstep_with({"odds", path("calm")}).code, ExitCode::bad_file);
  EXPECT_EQ(lockstep_with({"shrink", "write-after-pause", "-p", "belief"}).code, ExitCode::usage);
}

TEST_F(ShrinkVerb, ASweepHandsBackTheSmallest) {
  const Ran ran =
      lockstep_with({"sweep", "redis-setpx", "--duration", "60s", "--runs", "10", "--faults",
                     "gc-pause", "--expect", "violation", "-o", path("found")});
  EXPECT_EQ(ran.code, ExitCode::met) << ran.out;
  EXPECT_THAT(content(path("found/shrink.json")), HasSubstr("\"minimal\": true"));
  EXPECT_THAT(content(path("found/scenario.toml")), HasSubstr("clients = 2"));
  EXPECT_THAT(ran.out, HasSubstr(" per million holds ("));
}

TEST(CompareVerb, ShowsWhatFencingDoesForTheSameSeeds) {
  const Ran ran = lockstep_with({"compare", "redis-fence-atomic", "redis-fence-atomic:resource=RP2",
                                 "--faults", "gc-pause", "-d", "60s", "-n", "40"});
  EXPECT_EQ(ran.code, ExitCode::met) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("no-lost-update"));
  EXPECT_THAT(ran.out, HasSubstr("A less B (95 %)"));
  EXPECT_EQ(lockstep_with({"compare", "redlock", "redlok"}).code, ExitCode::usage);
  EXPECT_EQ(lockstep_with({"compare", "redlock", "redlock:leese=3s"}).code, ExitCode::usage);
}

TEST(CompareVerb, GivesNoPValueForWhatOneSideIsNotJudgedBy) {
  const Ran ran = lockstep_with({"compare", "redlock:lease=3s", "redlock:lease=30s,resource=RP2",
                                 "--faults", "gc-pause", "-n", "40"});
  EXPECT_EQ(ran.code, ExitCode::met) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("fenced-safety          judged for B only: violated in"));
}

TEST(CompareVerb, KeepsToTheLimitsOfARun) {
  const Ran ran = lockstep_with({"compare", "redis-setpx", "redis-setpx:lease=20s", "--faults",
                                 "gc-pause", "-n", "5", "--max-events", "10"});
  EXPECT_EQ(ran.code, ExitCode::undecided) << ran.out;
  EXPECT_THAT(ran.out, HasSubstr("10 runs gave up, first that of redis-setpx with seed 1: "));
  EXPECT_THAT(ran.out, HasSubstr("no seed is decided on both sides"));
}

TEST(CompareVerb, BlamesTheWordThatASettingStandsIn) {
  const Ran of_word = lockstep_with({"compare", "redlock", "redlock:lease=0s"});
  EXPECT_EQ(of_word.code, ExitCode::usage);
  EXPECT_THAT(of_word.err, HasSubstr("redlock:lease=0s"));
  EXPECT_THAT(of_word.err, testing::Not(HasSubstr("--set")));
  const Ran of_both = lockstep_with({"compare", "redlock", "redlock", "--set", "lease=0s"});
  EXPECT_THAT(of_both.err, HasSubstr("--set"));
}

class OddsVerb : public ScratchFolder {};

TEST_F(OddsVerb, NamesTheEventAfterWhichAViolationWasLikely) {
  const Ran ran =
      lockstep_with({"odds", "write-after-pause", "--futures", "10", "-o", path("odds")});
  EXPECT_EQ(ran.code, ExitCode::met) << ran.err;
  EXPECT_THAT(names("odds"), testing::UnorderedElementsAre("odds.html", "odds.json",
                                                           "scenario.toml", "timeline.html"));
  EXPECT_THAT(content(path("odds/odds.html")), HasSubstr("client-1 paused for"));
  EXPECT_EQ(lockstep_with({"odds", path("odds/scenario.toml"), "--futures", "10"}).out, ran.out);
  EXPECT_THAT(ran.out, HasSubstr("no event made it likelier"));
  EXPECT_THAT(ran.out, HasSubstr("belief-exclusion is violated"));
  EXPECT_EQ(lockstep_with({"odds", "write-after-paus"}).code, ExitCode::bad_file);
}

class EnvelopeVerb : public ScratchFolder {};

TEST_F(EnvelopeVerb, KeepsAScenarioOnEachSideOfTheLine) {
  const Ran ran = lockstep_with(
      {"envelope", "redis-setpx", "-d", "20s", "--set", "lease=2s", "--set", "work_max=10ms", "--x",
       "drift=0..10%", "--y", "pause=0..8s", "--columns", "3", "--seeds", "4", "-o", path("line")});
  EXPECT_EQ(ran.code, ExitCode::met) << ran.err;
  EXPECT_THAT(names("line"), testing::UnorderedElementsAre("envelope.html", "envelope.json",
                                                           "safe.toml", "unsafe.toml"));
  EXPECT_EQ(lockstep_with({"run", path("line/safe.toml")}).code, ExitCode::met);
  EXPECT_EQ(lockstep_with({"run", path("line/unsafe.toml")}).code, ExitCode::violation);
  EXPECT_EQ(
      lockstep_with({"envelope", "redis-setpx", "--x", "paus=0..1s", "--y", "drift=0..1%"}).code,
      ExitCode::usage);
}

TEST_F(EnvelopeVerb, SaysWhyAPropertyIsNeverJudged) {
  const Ran ran =
      lockstep_with({"envelope", "redis-setpx", "--x", "pause=0..20s", "--y", "lease=1s..30s",
                     "--columns", "2", "--seeds", "2", "-p", "fenced-safety", "-o", path("never")});
  EXPECT_EQ(ran.code, ExitCode::undecided) << ran.out;
  EXPECT_THAT(ran.out, HasSubstr("undecided from 1 s to 30 s"));
  const std::string why = "fenced-safety is never judged here: it needs a resource that checks";
  EXPECT_THAT(ran.out, HasSubstr("  " + why));
  EXPECT_THAT(content(path("never/envelope.html")), HasSubstr("<p>" + why));
  EXPECT_THAT(content(path("never/envelope.html")), HasSubstr("class=\"undecided\""));
  EXPECT_THAT(content(path("never/envelope.json")), HasSubstr("\"state\": \"undecided\""));
  EXPECT_THAT(ran.out, testing::Not(HasSubstr("safe from")));
}

TEST_F(EnvelopeVerb, OffersNoFaultsBesideThoseOfItsAxes) {
  const std::vector<std::string> axes = {"envelope",    "redis-setpx", "--x",
                                         "pause=0..2s", "--y",         "lease=1s..3s"};
  for (const char* flag : {"--faults=crash", "--fault-every=1s"}) {
    std::vector<std::string> words = axes;
    words.emplace_back(flag);
    EXPECT_EQ(lockstep_with(words).code, ExitCode::usage) << flag;
  }
  EXPECT_THAT(lockstep_with({"envelope", "--help"}).out, testing::Not(HasSubstr("--fault-every")));
  EXPECT_THAT(lockstep_with({"run", "--help"}).out, HasSubstr("--fault-every"));
}

TEST_F(EnvelopeVerb, OneColumnIsAtOneValue) {
  const Ran ran = lockstep_with({"envelope", "redis-setpx", "-d", "10s", "--x", "drift=0..10%",
                                 "--y", "pause=0..8s", "--columns", "1", "--seeds", "1"});
  EXPECT_THAT(ran.out, HasSubstr("drift at 0 %\n"));
}

}  // namespace
}  // namespace lockstep
