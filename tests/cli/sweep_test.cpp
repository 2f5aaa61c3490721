#include "cli/progress.hpp"
#include "cli/sweep_verdict.hpp"
#include "tests/cli/ctrl_c.hpp"
#include "tests/cli/driver.hpp"

namespace lockstep {
namespace {

using testing::HasSubstr;
using testing::Not;

class Sweep : public ScratchFolder {
 protected:
  static Ran sweep(std::vector<std::string> more = {}) {
    std::vector<std::string> args = {"sweep", "redis-setpx", "--duration", "5s"};
    if (std::find(more.begin(), more.end(), "--runs") == more.end()) {
      args.insert(args.end(), {"--runs", "20"});
    }
    args.insert(args.end(), more.begin(), more.end());
    return lockstep_with(args);
  }
};

/// Without the one line that a clock decides.
std::string without_wall(const std::string& json) {
  const std::size_t at = json.find("\"wall_ms\"");
  return json.substr(0, at) + json.substr(json.find('\n', at));
}

TEST_F(Sweep, CalmSeedsMeetTheirExpectation) {
  const Ran ran = sweep();
  EXPECT_EQ(ran.code, ExitCode::met) << ran.out;
  EXPECT_THAT(ran.out, HasSubstr("20"));
  EXPECT_EQ(ran.err, "seeds 1 to 20\n");
}

TEST_F(Sweep, TheNumberOfWorkersDoesNotShow) {
  const Ran one = sweep({"--json", "--faults", "gc-pause", "--workers", "1"});
  const Ran two = sweep({"--json", "--faults", "gc-pause", "--workers", "2"});
  EXPECT_THAT(one.out, HasSubstr("\"runs\": 20"));
  EXPECT_EQ(without_wall(one.out), without_wall(two.out));
}

TEST_F(Sweep, ABudgetEndsIt) {
  const Ran ran = sweep({"--runs", "1000000000", "--budget", "1ms", "--json"});
  EXPECT_EQ(ran.code, ExitCode::met) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("\"interrupted\": false"));
  EXPECT_EQ(sweep({"--budget", "soon"}).code, ExitCode::usage);
}

TEST_F(Sweep, AShardRunsItsSeedsOnly) {
  const Ran ran = sweep({"--shard", "2/3", "--json"});
  EXPECT_THAT(ran.err, HasSubstr("seeds 1 to 20, of these shard 2 of 3 (--shard)"));
  EXPECT_THAT(ran.out, HasSubstr("\"runs\": 7"));  // 2, 5, 8, 11, 14, 17, 20
  EXPECT_EQ(sweep({"--shard", "4/3"}).code, ExitCode::usage);
}

TEST_F(Sweep, TheFirstViolationIsKept) {
  const Ran ran =
      lockstep_with({"sweep", "redis-setpx", "--duration", "60s", "--runs", "30", "--faults",
                     "gc-pause", "--expect", "violation", "-o", path("found")});
  EXPECT_EQ(ran.code, ExitCode::met) << ran.out;
  EXPECT_THAT(names("found"),
              testing::IsSupersetOf({"scenario.toml", "sweep.json", "failure.1.html"}));
  const std::string page = content(path("found/index.html"));
  EXPECT_THAT(page, testing::HasSubstr("href=\"failure.1.html\""));
  EXPECT_THAT(page, testing::HasSubstr("<th scope=\"row\">belief-exclusion</th>"));
  EXPECT_EQ(lockstep_with({"replay", path("found")}).code, ExitCode::met);
}

/// The words of the first command of that verb in a page, each a word of a shell.
std::vector<std::string> command_in(const std::string& page, const std::string& verb) {
  const std::size_t from = page.find("lockstep " + verb);
  std::istringstream text(page.substr(from, page.find('<', from) - from));
  std::vector<std::string> words;
  for (std::string word; text >> word;) words.push_back(word);
  return words;
}

TEST_F(Sweep, ItsPageHasCommandsThatMakeThePagesThatItLinksTo) {
  const std::string folder = path("found");
  const auto sweep = [&] {
    return lockstep_with({"sweep", "redis-setpx", "--duration", "60s", "--runs", "30", "--faults",
                          "gc-pause", "--expect", "violation", "-o", folder});
  };
  ASSERT_EQ(sweep().code, ExitCode::met);
  const std::string page = content(folder + "/index.html");
  for (const std::string verb : {"odds", "envelope"}) {
    std::vector<std::string> words = command_in(page, verb);
    ASSERT_GT(words.size(), 4u) << verb;
    words.erase(words.begin());
    for (std::string& word : words) {  // files are named as from the page's folder
      if (word.ends_with(".toml") || word.ends_with("." + verb)) word = folder + "/" + word;
    }
    words.insert(words.end(), verb == "odds" ? std::initializer_list<std::string>{"--futures", "4"}
                                             : std::initializer_list<std::string>{"--columns", "2",
                                                                                  "--seeds", "2"});
    const Ran ran = lockstep_with(words);
    EXPECT_EQ(ran.code, ExitCode::met) << ran.err;
    const std::string made = "failure.1." + verb + "/" + verb + ".html";
    EXPECT_THAT(page, testing::HasSubstr("href=\"" + made + "\""));
    EXPECT_NE(content(folder + "/" + made), "");
  }
  EXPECT_EQ(sweep().code, ExitCode::met) << "what the commands made is replaced with the rest";
}

TEST_F(Sweep, CtrlCKeepsAndPrintsWhatWasFound) {
  std::ostringstream out;
  CtrlCAtTheFirstWord buffer;
  std::ostream err(&buffer);
  Terminal terminal{out, err};
  terminal.err_is_terminal = true;
  const ExitCode code = run_cli({"sweep", "redis-setpx", "--duration", "2s", "--runs", "100000000",
                                 "--json", "-o", path("kept"), "--junit", path("junit.xml")},
                                terminal);
  EXPECT_EQ(code, ExitCode::interrupted);
  EXPECT_THAT(content(path("junit.xml")), HasSubstr("failures=\"0\" skipped=\"1"));
  EXPECT_THAT(content(path("junit.xml")), HasSubstr("undecided: interrupted after "));
  EXPECT_THAT(out.str(), HasSubstr("\"interrupted\": true"));
  EXPECT_THAT(content(path("kept/sweep.json")), HasSubstr("\"interrupted\": true"));
}

TEST_F(Sweep, WithoutFaultsItSaysThatLittleWasTried) {
  EXPECT_THAT(sweep().out, HasSubstr("without faults: what breaks locks was not tried"));
  EXPECT_THAT(sweep({"--faults", "gc-pause"}).out, Not(HasSubstr("without faults")));
}

TEST_F(Sweep, FaultsThatMeetNoHoldAreNoPass) {
  const auto brief = [&](const std::string& expect) {
    return lockstep_with({"sweep", "redis-setpx", "--faults", "gc-pause", "--duration", "1ms", "-n",
                          "5", "--expect", expect, "--junit", path("junit.xml")});
  };
  const Ran safe = brief("safe");
  EXPECT_EQ(safe.code, ExitCode::undecided);
  EXPECT_THAT(safe.out, HasSubstr("UNKNOWN  belief-exclusion"));
  EXPECT_THAT(safe.out, Not(HasSubstr("PASS")));
  EXPECT_THAT(content(path("junit.xml")), HasSubstr("tests=\"10\" failures=\"0\" skipped=\"10\""));
  EXPECT_THAT(content(path("junit.xml")), HasSubstr("no fault ever met a hold"));
  EXPECT_EQ(brief("violation").code, ExitCode::undecided);
  EXPECT_THAT(content(path("junit.xml")), HasSubstr("tests=\"1\" failures=\"0\" skipped=\"1\""));
}

TEST(SweepVerdict, ALockThatNobodyEverHeldIsNoPass) {
  FinishedSweep sweep;
  sweep.result.runs = 5;
  sweep.result.properties = {{"belief-exclusion", {.holds = 5, .claimed = true}}};
  EXPECT_EQ(code_of(sweep, false), ExitCode::undecided);
  EXPECT_EQ(suite_of(sweep, false, {}).cases.front().remark,
            "nobody ever held the lock: nothing was tested");
  sweep.result.holds = 1;
  EXPECT_EQ(code_of(sweep, false), ExitCode::met);
  EXPECT_FALSE(suite_of(sweep, false, {}).cases.front().undecided);
}

TEST_F(Sweep, AShardWithoutSeedsIsNoErrorAndTellsSo) {
  const Ran ran = lockstep_with(
      {"sweep", "redis-setpx", "-n", "1", "--shard", "2/2", "--junit", path("junit.xml")});
  EXPECT_EQ(ran.code, ExitCode::met);
  EXPECT_THAT(ran.out, HasSubstr("warning  there are more shards than seeds: this one has none"));
  EXPECT_THAT(content(path("junit.xml")), HasSubstr("tests=\"1\" failures=\"0\" skipped=\"1\""));
}

TEST_F(Sweep, FlagsThatWouldDoNothingAreRefused) {
  const Ran placed = sweep({"--placed", "2"});
  EXPECT_EQ(placed.code, ExitCode::usage);
  EXPECT_THAT(placed.err, HasSubstr("say --strategy exhaustive, or leave it out"));
  const Ran every = sweep({"--fault-every", "5s"});
  EXPECT_EQ(every.code, ExitCode::usage);
  EXPECT_THAT(every.err, HasSubstr("say what: --faults gc-pause"));
}

/// Removes a folder when the seeds are told.
class RemovesAFolder : public std::stringbuf {
 public:
  explicit RemovesAFolder(std::string folder) : folder_(std::move(folder)) {}

 protected:
  int sync() override {
    std::filesystem::remove_all(folder_);
    return 0;
  }

 private:
  std::string folder_;
};

TEST_F(Sweep, AFileThatCantBeWrittenLosesNoResult) {
  std::filesystem::create_directory(path("gone"));
  std::ostringstream out;
  RemovesAFolder buffer(path("gone"));
  std::ostream err(&buffer);
  const ExitCode code = run_cli({"sweep", "redis-setpx", "--duration", "5s", "--runs", "20",
                                 "--junit", path("gone/junit.xml")},
                                Terminal{out, err});
  EXPECT_EQ(code, ExitCode::bad_file);
  EXPECT_THAT(out.str(), HasSubstr("PASS     belief-exclusion"));
  EXPECT_THAT(buffer.str(), HasSubstr("this file can't be written: there is no folder "));
}

TEST_F(Sweep, WhereNothingCanBeWrittenNothingIsRun) {
  for (const auto& [flag, name] :
       {std::pair("--junit", "/proc/lockstep.xml"), std::pair("--export", "junit=/proc/x.xml"),
        std::pair("-o", "/proc/lockstep"), std::pair("--junit", "/nowhere/at/all.xml")}) {
    const Ran ran = sweep({"--runs", "1000000000", flag, name});
    EXPECT_EQ(ran.code, ExitCode::bad_file) << flag;
    EXPECT_THAT(ran.err, HasSubstr("can't be written: ")) << flag;
    EXPECT_THAT(ran.err, Not(HasSubstr("seeds 1 to"))) << flag;
  }
}

TEST_F(Sweep, JUnitsFileMayLieInTheFolderOfTheRun) {
  const auto sweep_into = [&] {
    return sweep({"-o", path("kept"), "--junit", path("kept/junit.xml")});
  };
  EXPECT_EQ(sweep_into().code, ExitCode::met);
  EXPECT_EQ(sweep_into().code, ExitCode::met) << "again, over what the first one wrote";
  EXPECT_THAT(content(path("kept/junit.xml")), HasSubstr("<testsuite"));
  const Ran lost = sweep({"-o", path("kept"), "--export", "junit=" + path("kept/junit.xml")});
  EXPECT_EQ(lost.code, ExitCode::usage);
  EXPECT_THAT(lost.err, HasSubstr("--export junit puts it there, as junit.xml"));
}

TEST(ProgressLine, TellsRunsSpeedViolationsStatesAndWhatIsLeft) {
  SweepResult so_far;
  so_far.runs = 1000;
  so_far.simulated = 3600s;
  so_far.states = 24'137;
  so_far.properties = {{"belief-exclusion", {}}};
  so_far.properties.front().second.violated = 31;
  EXPECT_EQ(Progress::line(so_far, {.runs = 5200, .before = 200, .budget = {}}, 2s),
            "1,200 of 5,200 runs, 500 runs/s, 60 min 0 s simulated, belief-exclusion 31, "
            "24,137 states, 8 s left");
}

TEST_F(Sweep, StatesAreCountedForPlainLinesTooAndChangeNothing) {
  const Ran counted = sweep({"--json", "--faults", "gc-pause"});
  const Ran quiet = sweep({"--json", "--faults", "gc-pause", "-q"});
  EXPECT_EQ(without_wall(counted.out), without_wall(quiet.out));
}

TEST_F(Sweep, WrongUsageIsToldBeforeAnyRun) {
  EXPECT_EQ(sweep({"--runs", "0"}).code, ExitCode::usage);
  EXPECT_EQ(sweep({"--faults", "nothing-like-it"}).code, ExitCode::usage);
}

}  // namespace
}  // namespace lockstep
