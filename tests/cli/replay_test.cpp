#include "tests/cli/driver.hpp"

namespace lockstep {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

class Replay : public ScratchFolder {
 protected:
  /// A run that was saved, with faults in it.
  std::string saved() {
    const Ran ran = lockstep_with(
        {"run", "redis-setpx", "--faults", "gc-pause", "--duration", "20s", "-o", path("run")});
    EXPECT_EQ(ran.err, "kept in " + path("run") + "\n");
    return path("run");
  }

  /// Changes what is saved in a file.
  void edit(const std::string& name, const std::string& from, const std::string& to) {
    std::string text = content(path(name));
    const std::size_t at = text.find(from);
    ASSERT_NE(at, std::string::npos);
    file(name, text.replace(at, from.size(), to));
  }
};

TEST_F(Replay, ASavedRunIsTheSameAgain) {
  const Ran ran = lockstep_with({"replay", saved()});
  EXPECT_EQ(ran.code, ExitCode::met);
  EXPECT_THAT(ran.out, StartsWith("the same run: digest "));
}

TEST_F(Replay, AnotherSeedDivergesAndTheFirstDifferenceIsNamed) {
  saved();
  edit("run/scenario.toml", "seed = 1\n", "seed = 2\n");
  const Ran ran = lockstep_with({"replay", path("run")});
  EXPECT_EQ(ran.code, ExitCode::diverged);
  EXPECT_THAT(ran.out, StartsWith("diverged"));
  EXPECT_THAT(ran.out, HasSubstr("first difference:"));
}

TEST_F(Replay, JsonSaysWhetherItWasTheSame) {
  const std::string run = saved();
  EXPECT_THAT(lockstep_with({"replay", "--json", run}).out, HasSubstr("\"same\": true"));
  edit("run/scenario.toml", "seed = 1\n", "seed = 2\n");
  const Ran ran = lockstep_with({"replay", "--json", run});
  EXPECT_EQ(ran.code, ExitCode::diverged);
  EXPECT_THAT(ran.out, HasSubstr("\"same\": false"));
}

TEST_F(Replay, AScenarioWithoutOutcomeHasNothingToCompareWith) {
  saved();
  std::filesystem::remove(path("run/outcome.json"));
  const Ran ran = lockstep_with({"replay", path("run/scenario.toml")});
  EXPECT_EQ(ran.code, ExitCode::bad_file);
  EXPECT_THAT(ran.err, StartsWith("error: there is no outcome.json to compare with\n"));
}

TEST_F(Replay, ABrokenOutcomeIsPlaced) {
  saved();
  file("run/outcome.json", "{\n  \"digest\": \"123\"\n}\n");
  const Ran ran = lockstep_with({"replay", path("run")});
  EXPECT_EQ(ran.code, ExitCode::bad_file);
  EXPECT_THAT(ran.err, HasSubstr("outcome.json:2:3\n"));
}

TEST_F(Replay, AFolderThatHoldsNoRunIsNamed) {
  const Ran ran = lockstep_with({"replay", path("")});
  EXPECT_EQ(ran.code, ExitCode::bad_file);
  EXPECT_THAT(ran.err, StartsWith("error: this folder holds no scenario.toml\n"));
}

TEST_F(Replay, ExplainTellsTheSameRunWithItsSteps) {
  const std::string run = saved();
  const Ran ran = lockstep_with({"explain", run, "-o", path("again")});
  EXPECT_THAT(ran.out, HasSubstr("redis-setpx"));
  EXPECT_EQ(content(path("run/history.pb")), content(path("again/history.pb")));
}

}  // namespace
}  // namespace lockstep
