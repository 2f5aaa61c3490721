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
           "\"runs\": 60, \"expect\": \"" +
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
  EXPECT_THAT(ran.out, HasSubstr("PASS     pause: breaks as expected, at seed"));
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
