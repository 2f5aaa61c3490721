#include "formats/detect.hpp"
#include "tests/cli/driver.hpp"

namespace lockstep {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::IsSupersetOf;
using testing::StartsWith;

class Run : public ScratchFolder {
 protected:
  /// A short run, calm unless the arguments say otherwise.
  static Ran run(std::vector<std::string> more = {}) {
    std::vector<std::string> args = {"run", "redis-setpx", "--duration", "5s"};
    args.insert(args.end(), more.begin(), more.end());
    return lockstep_with(args);
  }
  static std::string usage_error(const std::vector<std::string>& more) {
    const Ran ran = run(more);
    EXPECT_EQ(ran.code, ExitCode::usage);
    EXPECT_EQ(ran.out, "");
    return ran.err;
  }
};

TEST_F(Run, ACalmRunMeetsItsExpectation) {
  const Ran ran = run();
  EXPECT_EQ(ran.code, ExitCode::met) << ran.out;
  EXPECT_THAT(ran.out, HasSubstr("redis-setpx"));
  EXPECT_EQ(ran.err, "");
}

TEST_F(Run, TheSameCommandGivesTheSameWords) {
  EXPECT_EQ(run({"--faults", "gc-pause"}).out, run({"--faults", "gc-pause"}).out);
}

TEST_F(Run, AFolderHoldsTheWholeRun) {
  const Ran ran = run({"-o", path("run")});
  EXPECT_EQ(ran.code, ExitCode::met) << ran.err;
  EXPECT_THAT(names("run"),
              IsSupersetOf({"history.jsonl", "history.pb", "outcome.json", "scenario.toml"}));
  const auto jsonl = read_history_file(path("run/history.jsonl"));
  const auto proto = read_history_file(path("run/history.pb"));
  ASSERT_TRUE(jsonl) << jsonl.error().text;
  ASSERT_TRUE(proto) << proto.error().text;
  EXPECT_EQ(jsonl->history, proto->history);
  EXPECT_GT(jsonl->history.size(), 10u);
}

TEST_F(Run, ASavedScenarioRunsTheSame) {
  ASSERT_EQ(run({"--faults", "gc-pause,clock-jump", "-o", path("a")}).err,
            "kept in " + path("a") + "\n");
  lockstep_with({"run", path("a/scenario.toml"), "-o", path("b")});
  EXPECT_EQ(content(path("a/scenario.toml")), content(path("b/scenario.toml")));
  EXPECT_EQ(content(path("a/history.pb")), content(path("b/history.pb")));
}

/// What a reader needs so as to see why a lease ended too early is in no record: it is told from
/// the messages, although nobody asked for a folder.
TEST_F(Run, WhoWasElectedAndWhoChangedALeaseAreToldWithoutAFolder) {
  const std::string deposed = lockstep_with({"run", "the-deposed-leaders-axe"}).out;
  EXPECT_THAT(deposed, HasSubstr("etcd-3    leads from now on, in term 2, in place of etcd-1"));
  EXPECT_THAT(deposed, HasSubstr("etcd-3    renews the lease of client-2 for 10 s"));
  EXPECT_THAT(deposed, HasSubstr("proposed by etcd-1, which did not lead"));
  const std::string repair = lockstep_with({"run", "repair-that-kills"}).out;
  EXPECT_THAT(repair, HasSubstr("on the word of client-2: PEXPIRE"));
  EXPECT_THAT(repair, HasSubstr("<- lease cut short"));
  EXPECT_THAT(repair, HasSubstr("although 59.91 s had been left"));
  const std::string keys = lockstep_with({"run", "key-by-build"}).out;
  EXPECT_THAT(keys, HasSubstr("client-1 had asked for it by \"lock 12"));
}

TEST_F(Run, JsonIsTheOutcome) {
  const Ran ran = run({"--json"});
  EXPECT_THAT(ran.out, StartsWith("{"));
  EXPECT_THAT(ran.out, HasSubstr("\"digest\": \""));
  EXPECT_THAT(ran.out, HasSubstr("\"verdicts\": ["));
}

TEST_F(Run, AnExpectedViolationThatIsNotFoundExitsWith1) {
  EXPECT_EQ(run({"--expect", "violation"}).code, ExitCode::violation);
}

TEST_F(Run, UnknownNamesGetTheNearestOnes) {
  EXPECT_THAT(lockstep_with({"run", "redis-setpz"}).err,
              HasSubstr("there is no lock \"redis-setpz\"\n  did you mean \"redis-setp"));
  EXPECT_EQ(usage_error({"--faults", "gc_pauze"}),
            "error: there is no fault \"gc_pauze\"\n  --faults gc_pauze\n"
            "  did you mean \"gc-pause\"?\n");
  EXPECT_EQ(usage_error({"--workload", "countr"}),
            "error: there is no workload \"countr\"\n  --workload countr\n"
            "  did you mean \"counter\"?\n");
  EXPECT_EQ(usage_error({"--set", "leese=10s"}),
            "error: neither redis-setpx nor counter has a setting \"leese\"\n"
            "  --set leese=10s\n  did you mean \"lease\"?\n");
  EXPECT_EQ(usage_error({"--resource", "RP7"}),
            "error: there is no resource policy \"RP7\"\n  --resource RP7\n"
            "  it is one of RP0, RP1, RP2, RP3, RP4\n");
  EXPECT_EQ(usage_error({"--clinets", "3"}),
            "error: run takes no --clinets\n  did you mean \"--clients\"?\n");
}

TEST_F(Run, WrongValuesAreNamed) {
  EXPECT_EQ(usage_error({"--set", "lease=-10s"}),
            "error: lease can't be negative: \"-10s\"\n  --set lease=-10s\n");
  EXPECT_EQ(usage_error({"--set", "lease"}),
            "error: a setting is a name and a value\n  --set lease\n  such as --set lease=10s\n");
  EXPECT_EQ(usage_error({"--seed", "-1"}),
            "error: --seed takes a whole number from 0 up, not \"-1\"\n");
  EXPECT_EQ(usage_error({"--duration", "60"}),
            "error: --duration takes a length of time such as 250ms or 60s, not \"60\"\n");
  EXPECT_THAT(usage_error({"--clients", "0"}), HasSubstr("clients"));
  EXPECT_THAT(usage_error({"--expect", "miracles"}), HasSubstr("--expect"));
}

TEST_F(Run, ExportsGoWhereTheyAreAskedTo) {
  const std::string folder = path("kept");
  const Ran ran = run({"-q", "-o", folder, "--export", "perfetto", "--export", "text", "--export",
                       "shiviz=" + path("elsewhere.log")});
  EXPECT_EQ(ran.code, ExitCode::met) << ran.err;
  EXPECT_THAT(names("kept"), IsSupersetOf({"perfetto.json", "report.txt"}));
  EXPECT_THAT(content(path("elsewhere.log")), StartsWith("(?<event>.*)"));
  EXPECT_EQ(run({"-q", "-o", folder}).code, ExitCode::met) << "a folder of ours is written again";
  EXPECT_THAT(names("kept"), testing::Not(testing::Contains("perfetto.json")));
}

TEST_F(Run, AnExportThatHasNoPlaceOrNoSenseIsRefused) {
  EXPECT_THAT(usage_error({"--export", "perfetto"}), HasSubstr("--export perfetto=perfetto.json"));
  EXPECT_THAT(usage_error({"--export", "perfeto=x"}), HasSubstr("there is no report"));
  const Ran sweep = lockstep_with({"sweep", "redis-setpx", "--export", "shiviz=x"});
  EXPECT_EQ(sweep.code, ExitCode::usage);
  EXPECT_THAT(sweep.err, HasSubstr("of many there are: markdown, sarif, junit"));
}

TEST_F(Run, AWrongCommandLeavesNoFolder) {
  usage_error({"--set", "lease=-10s", "-o", path("run")});
  EXPECT_THAT(names(), IsEmpty());
}

TEST_F(Run, AFolderWithOtherFilesIsRefusedBeforeTheRun) {
  std::filesystem::create_directory(path("home"));
  file("home/letter.txt", "dear");
  EXPECT_THAT(usage_error({"-o", path("home")}), HasSubstr("which lockstep did not write"));
  EXPECT_THAT(names("home"), ElementsAre("letter.txt"));
}

class ScenarioFiles : public ScratchFolder {
 protected:
  Ran run_file(const std::string& text) {
    return lockstep_with({"run", file("night.toml", text), "-o", path("run")});
  }
  std::string error_of(const std::string& text) {
    const Ran ran = run_file(text);
    EXPECT_EQ(ran.code, ExitCode::bad_file);
    EXPECT_EQ(ran.out, "");
    EXPECT_THAT(names(), ElementsAre("night.toml"));
    return ran.err;
  }
  std::string at(const std::string& place) const { return "  " + path("night.toml") + place; }
};

TEST_F(ScenarioFiles, AnUnknownFaultIsShownInItsLine) {
  EXPECT_THAT(error_of("lock = \"redis-setpx\"\n"
                       "[[faults]]\n"
                       "kind = \"gc_pauze\"\n"
                       "targets = [\"client-1\"]\n"
                       "at = \"1s\"\n"),
              StartsWith("error: there is no fault \"gc_pauze\"; did you mean \"gc-pause\"?\n" +
                         at(":3:8\n") +
                         "      3 | kind = \"gc_pauze\"\n"
                         "        |        ^\n"));
}

TEST_F(ScenarioFiles, AnUnknownLockIsPlaced) {
  EXPECT_THAT(error_of("clients = 3\nlock = \"redis-setpz\""), HasSubstr(at(":2:8\n")));
}

TEST_F(ScenarioFiles, ANegativeLeaseIsPlaced) {
  EXPECT_EQ(error_of("lock = \"redis-setpx\"\n[lock_settings]\nlease = \"-10s\"\n"),
            "error: lease can't be negative: \"-10s\"\n" + at(":3:9\n") +
                "      3 | lease = \"-10s\"\n"
                "        |         ^\n");
}

TEST_F(ScenarioFiles, AnUnknownNodeIsPlaced) {
  EXPECT_THAT(error_of("lock = \"redis-setpx\"\n[[faults]]\nkind = \"gc-pause\"\n"
                       "targets = [\"client-77\"]\nat = \"1s\"\n"),
              HasSubstr(at(":4:11\n")));
}

TEST_F(ScenarioFiles, WhatIsNotTomlIsPlaced) {
  EXPECT_THAT(error_of("lock = redis\n"), HasSubstr(at(":1:8\n")));
  EXPECT_THAT(error_of(std::string("\x01\x02\x03", 3)), HasSubstr(at(":1:1\n")));
}

TEST_F(ScenarioFiles, AnAbsentFileIsNamed) {
  const Ran ran = lockstep_with({"run", path("absent.toml")});
  EXPECT_EQ(ran.code, ExitCode::bad_file);
  EXPECT_EQ(ran.err, "error: there is no such file\n  " + path("absent.toml") + "\n");
}

}  // namespace
}  // namespace lockstep
