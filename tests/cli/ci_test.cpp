#include <csignal>
#include <map>

#include "tests/cli/driver.hpp"

namespace lockstep {
namespace {

using testing::HasSubstr;

class Ci : public ScratchFolder {
 protected:
  std::string checks(const std::string& list) {
    return file("lockstep.json", "{\"budget\": \"5s\", \"checks\": [\n" + list + "\n]}\n");
  }
  /// The lock with a lease, under pauses: it breaks at once.
  static std::string check(const std::string& name, const std::string& expect,
                           const std::string& more = "") {
    return "{\"name\": \"" + name +
           "\", \"lock\": \"redis-setpx\", \"faults\": [\"gc-pause\"], "
           "\"runs\": 20, \"expect\": \"" +
           expect + "\"" + more + "}";
  }
  std::string error_of(const std::string& list) {
    const Ran ran = lockstep_with({"ci", checks(list)});
    EXPECT_EQ(ran.code, ExitCode::bad_file);
    return ran.err;
  }
};

TEST_F(Ci, WhatBreaksAsExpectedIsMet) {
  const Ran ran = lockstep_with({"ci", checks(check("pause", "violation")), "-q"});
  EXPECT_EQ(ran.code, ExitCode::met) << ran.out << ran.err;
  EXPECT_THAT(ran.out,
              HasSubstr("PASS     pause: breaks as expected: belief-exclusion is violated, at "));
  EXPECT_FALSE(std::filesystem::exists(path("corpus")));
}

TEST_F(Ci, ANewFailureGoesIntoTheCorpusAndIsReplayedFirst) {
  const Ran first = lockstep_with({"ci", checks(check("pause", "safe")), "-q"});
  EXPECT_EQ(first.code, ExitCode::violation) << first.out << first.err;
  EXPECT_THAT(first.out, HasSubstr("lockstep explain " + path("corpus/pause/belief-exclusion")));
  const std::vector<std::string> saved = names("corpus/pause");
  ASSERT_FALSE(saved.empty());
  EXPECT_EQ(
      lockstep_with({"run", path("corpus/pause/" + saved.front()), "--expect", "violation"}).code,
      ExitCode::met);
  const Ran second = lockstep_with({"ci", checks(check("pause", "safe")), "-q"});
  EXPECT_THAT(second.out, testing::StartsWith("FAIL     pause/" + saved.front()));
  EXPECT_THAT(second.out, HasSubstr("is violated again"));
}

TEST_F(Ci, WhatWasMendedPassesTheCorpus) {
  lockstep_with({"ci", checks(check("pause", "safe")), "-q"});
  const std::string saved = names("corpus/pause").front();
  // Nobody pauses for longer than an hour.
  const std::string mended = ", \"settings\": {\"lease\": \"1h\"}";
  const Ran ran = lockstep_with({"ci", checks(check("pause", "safe", mended)), "-q"});
  EXPECT_EQ(ran.code, ExitCode::met) << ran.out << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("PASS     pause/" + saved + ": as saved"));
}

TEST_F(Ci, EachKindOfFailureGoesIntoTheCorpusAndNoneTwice) {
  const std::string two =
      "{\"name\": \"two\", \"lock\": \"redis-setpx\", \"faults\": [\"gc-pause\", \"crash\"], "
      "\"runs\": 12, \"expect\": \"safe\"}";
  const Ran first = lockstep_with({"ci", checks(two), "--budget", "60s", "-q"});
  EXPECT_THAT(first.out, HasSubstr("are new in " + path("corpus/two")));
  EXPECT_THAT(first.out, HasSubstr("; linearizable in "));
  const std::vector<std::string> saved = names("corpus/two");
  EXPECT_GT(saved.size(), 1u);
  const Ran second = lockstep_with({"ci", checks(two), "--budget", "60s", "-q"});
  EXPECT_THAT(second.out, HasSubstr("the corpus has it already"));
  EXPECT_EQ(names("corpus/two"), saved);
}

TEST_F(Ci, WhatIsInTheCorpusIsNeverReplaced) {
  lockstep_with({"ci", checks(check("pause", "safe")), "-q"});
  const std::string saved = names("corpus/pause").front();
  const std::string calm = "schema_version = 1\nlock = \"redis-setpx\"\nduration = \"1s\"\n";
  file("corpus/pause/" + saved, calm);  // as if it had been mended since
  lockstep_with({"ci", checks(check("pause", "safe")), "-q"});
  EXPECT_EQ(content(path("corpus/pause/" + saved)), calm);
  EXPECT_GT(names("corpus/pause").size(), 1u);
}

TEST_F(Ci, WhatNoCheckReplaysIsNamed) {
  std::filesystem::create_directories(path("corpus/gone"));
  const Ran ran = lockstep_with({"ci", checks(check("pause", "violation")), "-q"});
  EXPECT_EQ(ran.err, "warning: " + path("corpus/gone") +
                         " is not replayed: it belongs to no check that expects safe\n");
}

TEST_F(Ci, FaultsThatMeetNoHoldAreNoPass) {
  const std::string brief =
      "{\"name\": \"brief\", \"lock\": \"redis-setpx\", \"duration\": \"5ms\", "
      "\"faults\": [\"gc-pause\"], \"runs\": 5, "
      "\"expect\": \"safe\"}";
  const Ran ran = lockstep_with({"ci", checks(brief), "-q"});
  EXPECT_EQ(ran.code, ExitCode::undecided) << ran.out << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("UNKNOWN  brief: 5 runs, and in none did a fault meet a hold"));
}

/// Presses Ctrl-C when the seeds of the first check are told.
class CtrlCAtTheSeeds : public std::stringbuf {
 protected:
  int sync() override {
    if (str().find("first: seeds") != std::string::npos) std::raise(SIGINT);
    return 0;
  }
};

TEST_F(Ci, WhatAnInterruptCutShortOrLeftOutIsNoPass) {
  std::ostringstream out;
  CtrlCAtTheSeeds buffer;
  std::ostream err(&buffer);
  const std::string long_one =
      "\"lock\": \"redis-fence-atomic\", \"expect\": \"safe\", \"runs\": 1000000}";
  const std::string list =
      "{\"name\": \"first\", " + long_one + ",\n{\"name\": \"second\", " + long_one;
  const ExitCode code = run_cli(
      {"ci", checks(list), "--budget", "600s", "--junit", path("junit.xml")}, Terminal{out, err});
  EXPECT_EQ(code, ExitCode::interrupted);
  EXPECT_THAT(out.str(), HasSubstr("UNKNOWN  first: interrupted after "));
  EXPECT_THAT(out.str(), HasSubstr("UNKNOWN  second: not reached"));
  EXPECT_THAT(content(path("junit.xml")), HasSubstr("tests=\"2\" failures=\"0\" skipped=\"2\""));
}

TEST_F(Ci, FailFastEndsAtTheFirstOfTheCorpus) {
  lockstep_with({"ci", checks(check("pause", "safe")), "-q"});
  const std::string saved = path("corpus/pause/" + names("corpus/pause").front());
  std::filesystem::copy_file(saved, path("corpus/pause/a.toml"));
  const Ran ran = lockstep_with({"ci", checks(check("pause", "safe")), "-q", "--fail-fast"});
  EXPECT_EQ(ran.code, ExitCode::violation);
  EXPECT_THAT(ran.out, testing::StartsWith("FAIL     pause/a.toml"));
  EXPECT_EQ(ran.out.find("FAIL", 1), std::string::npos) << ran.out;
  EXPECT_EQ(ran.out.find("PASS"), std::string::npos) << ran.out;
}

TEST_F(Ci, WhatDoesNotBreakThoughItShouldIsAFailure) {
  const std::string calm =
      "{\"name\": \"calm\", \"lock\": \"redis-setpx\", \"runs\": 5, \"expect\": \"violation\"}";
  const Ran ran = lockstep_with({"ci", checks(calm), "--json", "-q"});
  EXPECT_EQ(ran.code, ExitCode::violation);
  EXPECT_THAT(ran.out, HasSubstr("\"failure\": \"nothing was violated in 5 runs\""));
}

TEST_F(Ci, PropertiesNarrowTheCheck) {
  const std::string fenced =
      "{\"name\": \"fenced\", \"lock\": \"redis-fence-atomic\", \"resource\": \"RP2\", "
      "\"faults\": [\"gc-pause\"], \"runs\": 40, \"expect\": \"safe\", "
      "\"properties\": [\"no-lost-update\"]}";
  const Ran ran = lockstep_with({"ci", checks(fenced), "-q"});
  EXPECT_EQ(ran.code, ExitCode::met) << ran.out;
}

TEST_F(Ci, APropertyThatIsNeverJudgedIsNoPass) {
  const std::string fenced = ", \"properties\": [\"fenced-safety\"]";
  const Ran ran =
      lockstep_with({"ci", checks(check("a", "safe", fenced)), "-q", "--junit", path("junit.xml")});
  EXPECT_EQ(ran.code, ExitCode::undecided) << ran.out;
  EXPECT_THAT(ran.out, HasSubstr("UNKNOWN  a: fenced-safety is never judged here: it needs a "));
  EXPECT_THAT(content(path("junit.xml")), HasSubstr("undecided: fenced-safety is never judged"));
  const Ran told = lockstep_with({"ci", checks(check("a", "safe", fenced)), "-q", "--json"});
  EXPECT_THAT(told.out, HasSubstr("\"reason\": \"fenced-safety is never judged here"));
}

TEST_F(Ci, WhatWasNotPromisedIsNamedAsThat) {
  const std::string updates =
      "{\"name\": \"a\", \"lock\": \"redis-setpx-lease\", \"faults\": [\"gc-pause\"], "
      "\"properties\": [\"no-lost-update\"], \"runs\": 200, \"expect\": \"violation\"}";
  const Ran ran = lockstep_with({"ci", checks(updates), "-q"});
  EXPECT_EQ(ran.code, ExitCode::met) << ran.out;
  EXPECT_THAT(ran.out, HasSubstr("no-lost-update is violated, at seed"));
  EXPECT_THAT(ran.out, HasSubstr("(not promised by this lock)"));
}

TEST_F(Ci, TellsHowManyOfTheRunsFittedIntoTheBudget) {
  const std::string many =
      "{\"name\": \"a\", \"lock\": \"redis-setpx\", \"runs\": 1000000, \"expect\": \"safe\"}";
  const Ran cut = lockstep_with({"ci", checks(many), "-q", "--budget", "100ms"});
  EXPECT_EQ(cut.code, ExitCode::met) << cut.out;
  EXPECT_THAT(cut.out, HasSubstr(" of 1,000,000 runs, the budget ended\n"));
  const Ran whole = lockstep_with({"ci", checks(check("a", "violation")), "-q", "--json"});
  EXPECT_THAT(whole.out, HasSubstr("\"planned\": 20"));
  EXPECT_THAT(whole.out, HasSubstr("\"runs\": "));
}

TEST_F(Ci, ABadFileOfTheCorpusFailsAlone) {
  std::filesystem::create_directories(path("corpus/first"));
  file("corpus/first/torn.toml", "schema_version = 1\nlock = \"redis-se");
  const std::string calm = "\"lock\": \"redis-setpx\", \"runs\": 5, \"expect\": \"safe\"}";
  const Ran ran = lockstep_with(
      {"ci", checks("{\"name\": \"first\", " + calm + ",\n{\"name\": \"second\", " + calm), "-q"});
  EXPECT_EQ(ran.code, ExitCode::bad_file) << ran.out << ran.err;
  EXPECT_THAT(ran.out,
              testing::StartsWith("FAIL     first/torn.toml: " + path("corpus/first/torn.toml:2")));
  EXPECT_THAT(ran.out, HasSubstr("PASS     first: 5 runs"));
  EXPECT_THAT(ran.out, HasSubstr("PASS     second: 5 runs"));
}

TEST_F(Ci, ErrorsPointIntoTheFile) {
  EXPECT_THAT(error_of("{\"name\": \"a\", \"lock\": \"redis-setpz\", \"expect\": \"safe\"}"),
              testing::AllOf(HasSubstr("there is no lock \"redis-setpz\""), HasSubstr(":2:23"),
                             HasSubstr("did you mean \"redis-setpx\"?")));
  EXPECT_THAT(error_of(check("a", "safe", ", \"settings\": {\"leese\": \"1s\"}")),
              testing::AllOf(HasSubstr("\"leese\""), HasSubstr("lockstep.json:2:")));
  EXPECT_THAT(error_of(check("a", "maybe")), HasSubstr("expect is \"safe\" or \"violation\""));
  EXPECT_THAT(error_of(check("a", "safe", ", \"fautls\": []")),
              HasSubstr("did you mean \"faults\""));
  EXPECT_THAT(error_of(check("../a", "safe")), HasSubstr("a folder is named after it"));
  EXPECT_THAT(error_of(check("a", "safe") + ",\n" + check("a", "safe")), HasSubstr(":3:"));
  EXPECT_THAT(error_of("oops"), HasSubstr("this is not JSON"));
  EXPECT_EQ(lockstep_with({"ci", path("absent.json")}).code, ExitCode::bad_file);
}

TEST_F(Ci, GitHubAndJUnitAreTold) {
  std::ostringstream out;
  std::ostringstream err;
  Terminal terminal{out, err};
  const std::map<std::string, std::string> variables = {{"GITHUB_ACTIONS", "true"},
                                                        {"GITHUB_STEP_SUMMARY", path("summary")}};
  terminal.environment = [&](const std::string& name) -> std::optional<std::string> {
    const auto at = variables.find(name);
    if (at == variables.end()) return std::nullopt;
    return at->second;
  };
  run_cli({"sweep", "redis-setpx", "--faults", "gc-pause", "--runs", "40", "--junit",
           path("junit.xml")},
          terminal);
  EXPECT_THAT(err.str(),
              HasSubstr("::error title=lockstep sweep redis-setpx%3A belief-exclusion::"));
  EXPECT_THAT(content(path("summary")), HasSubstr("| FAIL | belief-exclusion |"));
  EXPECT_THAT(content(path("junit.xml")), HasSubstr("<testcase name=\"belief-exclusion\""));
}

}  // namespace
}  // namespace lockstep
