#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>

#include "cli/campaign_rows.hpp"
#include "tests/cli/driver.hpp"

namespace lockstep {
namespace {

using testing::HasSubstr;

class Campaigns : public ScratchFolder {
 protected:
  /// A sweep of 60 seeds, of which some break a promise.
  Ran sweep(const std::string& file, std::vector<std::string> more = {}) {
    std::vector<std::string> args = {"sweep",    "redis-setpx",    "--duration", "20s",
                                     "--faults", "gc-pause,crash", "--campaign", path(file)};
    args.insert(args.end(), more.begin(), more.end());
    if (std::find(more.begin(), more.end(), "--runs") == more.end()) {
      args.insert(args.end(), {"--runs", "60"});
    }
    return lockstep_with(args);
  }

  std::string shown(const std::string& file) {
    const Ran ran = lockstep_with({"campaign", path(file), "--json"});
    EXPECT_EQ(ran.code, ExitCode::met) << ran.err;
    return ran.out;
  }
};

std::string without_clock(const std::string& json) {
  const std::size_t at = json.find("\"wall_ms\"");
  return json.substr(0, at) + json.substr(json.find('\n', at));
}

TEST_F(Campaigns, TellsWhatAPlainSweepTells) {
  const Ran kept = sweep("a.sqlite", {"--json"});
  const Ran plain = lockstep_with({"sweep", "redis-setpx", "--duration", "20s", "--faults",
                                   "gc-pause,crash", "--runs", "60", "--json"});
  EXPECT_EQ(kept.code, plain.code);
  EXPECT_EQ(kept.code, ExitCode::violation);
  EXPECT_EQ(without_clock(kept.out), without_clock(plain.out));
}

TEST_F(Campaigns, ShowingOneIsNoJudgement) {
  EXPECT_EQ(sweep("a.sqlite").code, ExitCode::violation);
  const Ran shown = lockstep_with({"campaign", path("a.sqlite")});
  EXPECT_EQ(shown.code, ExitCode::met);
  EXPECT_THAT(shown.out, HasSubstr("FAIL "));
  EXPECT_EQ(sweep("a.sqlite", {"--resume"}).code, ExitCode::violation);
}

TEST_F(Campaigns, FourShardsMergedInAnyOrderAreTheWhole) {
  sweep("whole.sqlite");
  for (const char* shard : {"1/4", "2/4", "3/4", "4/4"}) {
    sweep("{shard}.sqlite", {"--shard", shard});
  }
  EXPECT_EQ(names(), (std::vector<std::string>{"1-of-4.sqlite", "2-of-4.sqlite", "3-of-4.sqlite",
                                               "4-of-4.sqlite", "whole.sqlite"}));
  const std::vector<std::vector<std::string>> orders = {
      {"1", "2", "3", "4", "2"}, {"4", "4", "1", "3", "2"}, {"3", "1", "2", "1", "4"}};
  for (const auto& order : orders) {
    std::vector<std::string> args = {"merge", path("merged.sqlite")};
    for (const std::string& shard : order) args.push_back(path(shard + "-of-4.sqlite"));
    const Ran merged = lockstep_with(args);
    EXPECT_EQ(merged.code, ExitCode::met) << merged.err;
    EXPECT_THAT(merged.out, HasSubstr("holds 60 of 60 runs"));
    EXPECT_EQ(shown("merged.sqlite"), shown("whole.sqlite"));
    std::filesystem::remove(path("merged.sqlite"));
  }
}

TEST_F(Campaigns, WhatIsMissingIsDoneOnResume) {
  sweep("a.sqlite", {"--shard", "2/3"});
  EXPECT_THAT(shown("a.sqlite"), HasSubstr("\"runs\": 20"));
  const Ran rest = sweep("a.sqlite", {"--resume"});
  EXPECT_THAT(rest.err, HasSubstr("20 of them in "));
  sweep("whole.sqlite");
  EXPECT_EQ(shown("a.sqlite"), shown("whole.sqlite"));
  const Ran again = sweep("a.sqlite", {"--resume", "--json"});
  EXPECT_EQ(again.code, ExitCode::violation);  // of the runs that are there
  EXPECT_THAT(again.out, HasSubstr("\"runs\": 60"));
  EXPECT_EQ(shown("a.sqlite"), shown("whole.sqlite"));
}

TEST_F(Campaigns, AResumedSweepTellsOfItsOwnSpeedAndOfAllSeeds) {
  sweep("a.sqlite");
  const Ran again = sweep("a.sqlite", {"--resume"});
  EXPECT_THAT(again.out, HasSubstr("60 runs, seeds 1 to 60, "));
  EXPECT_THAT(again.out, HasSubstr("; 0 of them now, in "));
  EXPECT_THAT(again.out, HasSubstr(": 0 runs/s"));
  const Ran part = sweep("a.sqlite", {"--resume", "--runs", "64", "--shard", "2/2"});
  EXPECT_THAT(part.out, HasSubstr("62 runs, seeds 1 to 64, "));
  EXPECT_THAT(part.out, Not(HasSubstr("3 clients, shard")));
}

TEST_F(Campaigns, ARunThatGaveUpIsNoBugAndIsTold) {
  sweep("a.sqlite", {"--runs", "2"});
  {
    auto file = CampaignFile::look_into(path("a.sqlite"));
    ASSERT_TRUE(file);
    RunDone run;
    run.seed = 3;
    run.gave_up = "gave up after 7 events";
    ASSERT_TRUE(add_run(*file, run));
    run.seed = 4;
    run.gave_up = "";
    run.diverged = "the clocks differ";
    ASSERT_TRUE(add_run(*file, run));
    ASSERT_TRUE(file->commit());
    const auto result = result_of(*file);
    ASSERT_TRUE(result);
    EXPECT_EQ(result->failures, 0u);
    EXPECT_EQ(result->given_up, 1u);
    EXPECT_EQ(result->first_given_up, "gave up after 7 events");
    EXPECT_EQ(result->first_diverged_seed, 4u);
  }
  const Ran told = lockstep_with({"campaign", path("a.sqlite")});
  EXPECT_THAT(told.out, HasSubstr("warning  1 run gave up; seed 3: gave up after 7 events"));
  EXPECT_THAT(told.out, HasSubstr("warning  1 run diverged; seed 4: the clocks differ"));
  EXPECT_THAT(shown("a.sqlite"), HasSubstr("\"given_up\": 1"));
}

TEST_F(Campaigns, WhatTheLockNeverPromisedIsToldSo) {
  sweep("a.sqlite");
  const Ran told = lockstep_with({"campaign", path("a.sqlite")});
  EXPECT_THAT(told.out,
              testing::ContainsRegex("FAIL     no-lost-update [^\n]*not promised by this lock"));
  EXPECT_THAT(told.out,
              Not(testing::ContainsRegex("FAIL     belief-exclusion [^\n]*not promised")));
}

TEST_F(Campaigns, ItCanGrow) {
  sweep("a.sqlite", {"--runs", "40"});
  sweep("a.sqlite", {"--runs", "60", "--resume"});
  sweep("whole.sqlite");
  EXPECT_EQ(shown("a.sqlite"), shown("whole.sqlite"));
}

TEST_F(Campaigns, AFileThatIsThereIsNotTakenForAnother) {
  sweep("a.sqlite");
  const Ran again = sweep("a.sqlite");
  EXPECT_EQ(again.code, ExitCode::usage);
  EXPECT_THAT(again.err, HasSubstr("--resume"));
  const Ran other = sweep("a.sqlite", {"--resume", "--set", "lease=9s"});
  EXPECT_EQ(other.code, ExitCode::bad_file);
  EXPECT_THAT(other.err, HasSubstr("`lease = \"10s\"`, not `lease = \"9s\"`"));
  EXPECT_EQ(lockstep_with({"sweep", "redis-setpx", "--resume"}).code, ExitCode::usage);
}

TEST_F(Campaigns, EachFailureCanBeRunAgain) {
  sweep("a.sqlite");
  const Ran ran = lockstep_with({"campaign", path("a.sqlite"), "-o", path("failures")});
  EXPECT_EQ(ran.code, ExitCode::met) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("belief-exclusion"));
  const std::vector<std::string> files = names("failures");
  const std::string page = content(path("failures/index.html"));
  EXPECT_THAT(files, testing::IsSupersetOf({"failure.1.toml", "failure.1.html", "index.html"}));
  for (const std::string& file : files) {
    if (!file.ends_with(".toml") || file == "base.toml") continue;
    EXPECT_THAT(page, HasSubstr("href=\"" + file + "\""));
    EXPECT_EQ(lockstep_with({"run", path("failures/" + file), "--expect", "violation"}).code,
              ExitCode::met)
        << file;
  }
}

std::size_t count_of(const std::string& text, const std::string& word) {
  std::size_t count = 0;
  for (std::size_t at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) {
    ++count;
  }
  return count;
}

TEST_F(Campaigns, FailuresAreShrunkOnceAndMergedWithTheirFiles) {
  sweep("a.sqlite", {"--shard", "1/2"});
  sweep("b.sqlite", {"--shard", "2/2"});
  const Ran first = lockstep_with({"campaign", path("a.sqlite"), "--shrink"});
  EXPECT_EQ(first.code, ExitCode::met) << first.err;
  const std::size_t failures = count_of(shown("a.sqlite"), "\"pattern\"");
  EXPECT_EQ(count_of(first.err, "shrunk to "), failures);
  EXPECT_EQ(count_of(first.out, "    shrunk to "), failures) << first.out;
  EXPECT_EQ(count_of(shown("a.sqlite"), "\"minimal\": true"), failures);
  EXPECT_EQ(lockstep_with({"campaign", path("a.sqlite"), "--shrink"}).err, "");
  lockstep_with({"campaign", path("b.sqlite"), "--shrink"});
  for (const auto& order : {std::array{"a", "b", "a"}, std::array{"b", "a", "b"}}) {
    std::vector<std::string> args = {"merge", path(std::string(order[0]) + "-first.sqlite")};
    for (const char* file : order) args.push_back(path(std::string(file) + ".sqlite"));
    EXPECT_EQ(lockstep_with(args).code, ExitCode::met);
  }
  EXPECT_EQ(shown("a-first.sqlite"), shown("b-first.sqlite"));
  EXPECT_EQ(lockstep_with({"campaign", path("a-first.sqlite"), "--shrink"}).err, "");
  lockstep_with({"campaign", path("a-first.sqlite"), "-o", path("small")});
  for (const std::string& file : names("small")) {
    if (!file.ends_with(".toml") || file == "base.toml") continue;
    EXPECT_EQ(lockstep_with({"run", path("small/" + file), "--expect", "violation"}).code,
              ExitCode::met)
        << file;
  }
}

TEST_F(Campaigns, TheEnvironmentNamesTheShard) {
  std::ostringstream out;
  std::ostringstream err;
  Terminal terminal{out, err};
  terminal.environment = [](const std::string& name) -> std::optional<std::string> {
    if (name == "OMPI_COMM_WORLD_RANK") return "1";
    if (name == "OMPI_COMM_WORLD_SIZE") return "3";
    return std::nullopt;
  };
  run_cli({"sweep", "redis-setpx", "--duration", "1s", "--runs", "30", "--campaign",
           path("{shard}.sqlite")},
          terminal);
  EXPECT_THAT(err.str(), HasSubstr("of these shard 2 of 3 (OMPI_COMM_WORLD_RANK); 0 of them in"));
  EXPECT_THAT(shown("2-of-3.sqlite"), HasSubstr("\"runs\": 10"));
}

TEST_F(Campaigns, OneThatLearnsCanNotBeDivided) {
  const Ran ran = lockstep_with({"list", "strategies"});
  if (ran.out.find("guided") == std::string::npos) GTEST_SKIP() << "no strategy learns";
  const Ran refused = sweep("a.sqlite", {"--strategy", "guided"});
  EXPECT_EQ(refused.code, ExitCode::usage);
  EXPECT_THAT(refused.err, HasSubstr("can't be resumed"));
}

/// Does something in a process of its own, and gives its exit status.
int in_child(const std::function<int()>& work) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(work());
  int status = 0;
  ::waitpid(child, &status, 0);
  return status;
}

/// Runs the program in a child, with its messages in a file.
int told_in_child(const std::vector<std::string>& args, const std::string& messages,
                  const std::function<void()>& before) {
  return in_child([&] {
    before();
    std::ostringstream out;
    std::ostringstream err;
    const ExitCode code = run_cli(args, Terminal{out, err});
    std::ofstream(messages) << err.str();
    return static_cast<int>(code);
  });
}

TEST_F(Campaigns, AFullDiskIsOneClearErrorAndLosesNothing) {
  const std::vector<std::string> args = {"sweep",      "redis-setpx",    "--duration", "20s",
                                         "--faults",   "gc-pause,crash", "--runs",     "100000",
                                         "--campaign", path("a.sqlite"), "--workers",  "1",
                                         "-q"};
  const int status = told_in_child(args, path("messages"), [] {
    const rlimit small{200'000, 200'000};
    ::setrlimit(RLIMIT_FSIZE, &small);
  });
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), static_cast<int>(ExitCode::bad_file));
  const std::string told = content(path("messages"));
  EXPECT_EQ(told,
            "error: the campaign file can't be written: the disk, a quota or a limit refuses\n  " +
                path("a.sqlite") +
                "\n  what was committed is safe; make room, then go on with --resume\n");
  EXPECT_THAT(shown("a.sqlite"), Not(HasSubstr("\"runs\": 0,")));
  EXPECT_NE(sweep("a.sqlite", {"--resume", "--runs", "100000", "--budget", "10ms"}).code,
            ExitCode::bad_file);
}

TEST_F(Campaigns, AReadOnlyFileIsOneClearError) {
  sweep("a.sqlite");
  const std::string before = shown("a.sqlite");
  ::chmod(path("a.sqlite").c_str(), 0444);
  ::chmod(path("").c_str(), 0777);
  std::vector<std::string> args = {
      "sweep",          "redis-setpx", "--duration",     "20s",      "--faults",
      "gc-pause,crash", "--campaign",  path("a.sqlite"), "--resume", "-q"};
  const int status = told_in_child(args, path("messages"), [] {
    const bool root = ::geteuid() == 0;  // who may write anything
    if (root && ::setuid(65534) != 0) ::_exit(99);
  });
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), static_cast<int>(ExitCode::bad_file));
  EXPECT_THAT(content(path("messages")), HasSubstr("it is read-only"));
  EXPECT_EQ(shown("a.sqlite"), before);
}

TEST(CampaignComplaint, OfADamagedFileSteersNoTerminal) {
  const CampaignError damaged{CampaignError::Kind::different, "it has `\x1b[31m\xff`", ""};
  EXPECT_THAT(complaint_of(damaged, "night.sqlite").what, HasSubstr("it has `\\x1b[31m"));
}

}  // namespace
}  // namespace lockstep
