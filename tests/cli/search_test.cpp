#include "tests/cli/ctrl_c.hpp"
#include "tests/cli/driver.hpp"

namespace lockstep {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class SearchVerbs : public ScratchFolder {};

TEST_F(SearchVerbs, StrategiesAreListedAndCanBeChosen) {
  const Ran listed = lockstep_with({"list", "strategies"});
  for (const char* name : {"swarm", "random", "targeted", "guided"}) {
    EXPECT_THAT(listed.out, HasSubstr(name));
    const Ran ran = lockstep_with({"sweep", "redis-setpx", "--strategy", name, "--duration", "20s",
                                   "--runs", "40", "--faults", "gc-pause", "--expect", "violation",
                                   "--json", "-o", path(name)});
    EXPECT_EQ(ran.code, ExitCode::met) << ran.out << ran.err;
    EXPECT_THAT(ran.out, HasSubstr("\"strategy\": \"" + std::string(name) + "\""));
    EXPECT_EQ(lockstep_with({"replay", path(name)}).code, ExitCode::met);
  }
}

TEST_F(SearchVerbs, AnUnknownStrategyIsToldWithTheNearestOne) {
  const Ran ran = lockstep_with({"sweep", "redis-setpx", "--strategy", "swrm"});
  EXPECT_EQ(ran.code, ExitCode::usage);
  EXPECT_THAT(ran.err, HasSubstr("did you mean \"swarm\"?"));
}

TEST_F(SearchVerbs, TheStrategyExhaustiveLeadsToExhaust) {
  EXPECT_THAT(lockstep_with({"list", "strategies"}).out, HasSubstr("exhaustive"));
  const std::vector<std::string> tail = {"--resource", "RP2", "--set", "operations=1", "--json"};
  std::vector<std::string> sweep = {"sweep",      "redis-fence-atomic", "--strategy",
                                    "exhaustive", "--faults",           "gc-pause,delay"};
  std::vector<std::string> exhaust = {"exhaust", "redis-fence-atomic", "--kinds", "pause,late"};
  sweep.insert(sweep.end(), tail.begin(), tail.end());
  exhaust.insert(exhaust.end(), tail.begin(), tail.end());
  const auto without_clock = [](const std::string& json) {
    return json.substr(0, json.find("\"wall_ms\""));
  };
  const Ran placed = lockstep_with(sweep);
  EXPECT_EQ(placed.code, ExitCode::met) << placed.err;
  EXPECT_EQ(without_clock(placed.out), without_clock(lockstep_with(exhaust).out));
  sweep.insert(sweep.end(), {"--runs", "10"});
  EXPECT_EQ(lockstep_with(sweep).code, ExitCode::usage);
  EXPECT_EQ(
      lockstep_with({"sweep", "redis-setpx", "--strategy", "exhaustive", "-f", "partition"}).code,
      ExitCode::usage);
}

TEST_F(SearchVerbs, ExhaustSaysItsBound) {
  const Ran ran = lockstep_with({"exhaust", "redis-fence-atomic", "--resource", "RP2", "--kinds",
                                 "pause,late", "--set", "operations=1"});
  EXPECT_EQ(ran.code, ExitCode::met) << ran.out << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("No violation within the bound:\nup to 1 fault"));
  EXPECT_THAT(ran.out, HasSubstr("1 operation each"));
  EXPECT_THAT(ran.out, HasSubstr("a client or server stops for two leases"));
  EXPECT_THAT(ran.out, testing::Not(HasSubstr("dies for good")));
}

TEST_F(SearchVerbs, ExhaustTakesNothingForSafeThatWasNotTested) {
  const Ran brief = lockstep_with({"exhaust", "redis-setpx", "--duration", "1us"});
  EXPECT_EQ(brief.code, ExitCode::undecided) << brief.out;
  EXPECT_THAT(brief.out, HasSubstr("UNDECIDED everything: there is nowhere to place a fault"));
  const Ran other = lockstep_with(
      {"exhaust", "redis-setpx", "--kinds", "crash", "--property", "fenced-safety", "--json"});
  EXPECT_EQ(other.code, ExitCode::undecided) << other.out;
  EXPECT_THAT(other.out, HasSubstr("\"fenced-safety\""));
}

TEST_F(SearchVerbs, ExhaustKeepsTheViolatingRun) {
  const Ran ran = lockstep_with({"exhaust", "redis-setpx", "--kinds", "pause", "--expect",
                                 "violation", "--json", "-o", path("found")});
  EXPECT_EQ(ran.code, ExitCode::met) << ran.out << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("\"property\": "));
  EXPECT_EQ(lockstep_with({"replay", path("found")}).code, ExitCode::met);
}

TEST_F(SearchVerbs, ExhaustWritesIntoItsFolderAgain) {
  for (int i = 0; i < 2; ++i) {
    const Ran ran = lockstep_with({"exhaust", "redis-setpx", "--kinds", "pause", "--expect",
                                   "violation", "-o", path("same")});
    EXPECT_EQ(ran.code, ExitCode::met) << ran.err;
    EXPECT_THAT(ran.err, testing::StartsWith("seed 1\n"));
  }
}

TEST_F(SearchVerbs, ExhaustRefusesWhatItCantPlace) {
  EXPECT_EQ(lockstep_with({"exhaust", "redis-setpx", "--kinds", "earthquake"}).code,
            ExitCode::usage);
  EXPECT_EQ(lockstep_with({"exhaust", "redis-setpx", "--property", "beauty"}).code,
            ExitCode::usage);
}

TEST_F(SearchVerbs, TheScoreboardLeavesNoNameOut) {
  const auto refused = [](const std::string& locks) {
    const Ran ran = lockstep_with({"scoreboard", "--locks", locks, "--repetitions", "1"});
    EXPECT_EQ(ran.code, ExitCode::usage);
    return ran.err;
  };
  EXPECT_THAT(refused("redis-setpx,redis-setpz"),
              AllOf(HasSubstr("there is no lock or saved scenario \"redis-setpz\""),
                    HasSubstr("did you mean \"redis-setpx\"?")));
  EXPECT_THAT(refused("redis-setpx,write-after-pause-fixed"),
              HasSubstr("\"write-after-pause-fixed\" is no known bug"));
}

TEST_F(SearchVerbs, TheScoreboardComparesWithRandomWhereThatWasMeasured) {
  const auto table = [](const std::string& strategies) {
    return lockstep_with({"scoreboard", "--locks", "redis-setpx", "--strategy", strategies,
                          "--repetitions", "1", "-q"})
        .out;
  };
  EXPECT_THAT(table("swarm"), AllOf(HasSubstr("searched for 1 time with each"),
                                    Not(HasSubstr("times fewer runs"))));
  EXPECT_THAT(table("swarm,random"), HasSubstr("times fewer runs than random"));
}

TEST_F(SearchVerbs, AnInterruptedScoreboardSaysThatItIsAPart) {
  std::ostringstream out;
  CtrlCAtTheFirstWord buffer;
  std::ostream err(&buffer);
  const ExitCode code = run_cli({"scoreboard", "--locks", "redis-setpx,write-after-pause",
                                 "--strategy", "swarm", "--repetitions", "1", "-o", path("score")},
                                Terminal{out, err});
  EXPECT_EQ(code, ExitCode::interrupted);
  EXPECT_THAT(content(path("score/scoreboard.md")), HasSubstr("**Interrupted: 1 of 2 bugs were"));
}

TEST_F(SearchVerbs, TheScoreboardIsATableAndJson) {
  const Ran ran =
      lockstep_with({"scoreboard", "--locks", "redis-setpx,write-after-pause", "--strategy",
                     "swarm,targeted", "--repetitions", "2", "-q", "-o", path("score")});
  EXPECT_EQ(ran.code, ExitCode::met) << ran.out << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("| write-after-pause | gc-pause |"));
  EXPECT_THAT(content(path("score/scoreboard.json")), HasSubstr("\"always_found\": 2"));
  EXPECT_EQ(content(path("score/scoreboard.md")), ran.out);
  EXPECT_THAT(ran.out, HasSubstr("--locks redis-setpx,write-after-pause --strategy "));
  EXPECT_THAT(ran.out, Not(HasSubstr("Interrupted")));
  EXPECT_EQ(lockstep_with({"scoreboard", "--locks", "no-such-lock"}).code, ExitCode::usage);
}

TEST_F(SearchVerbs, ASwarmFindsWhatNeedsTwoFaultsThatMeetOrAClockThatIsAnHourOff) {
  const Ran ran = lockstep_with({"scoreboard", "--of", "scenarios", "--locks",
                                 "clock-of-the-fifth-server,fair-lock-purged-queue", "--strategy",
                                 "swarm", "--repetitions", "2", "--runs", "400", "-q", "--json"});
  EXPECT_EQ(ran.code, ExitCode::met) << ran.out << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("\"always_found\": 2"));
}

}  // namespace
}  // namespace lockstep
