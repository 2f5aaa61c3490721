#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "formats/scenario_fields.hpp"
#include "formats/scenario_toml.hpp"
#include "tests/formats/random_data.hpp"

namespace lockstep {
namespace {

std::string told(const FileError& error) {
  return to_text(error.at) + " " + error.text + (error.advice.empty() ? "" : "; " + error.advice);
}

std::string error_of(std::string_view text) {
  const FileResult<ScenarioFile> file = read_scenario(text);
  return file ? "" : told(file.error());
}

/// The error of a scenario that is right up to its last lines.
std::string error_after_lock(const std::string& lines) {
  return error_of("lock = \"redis-setpx\"\n" + lines);
}

std::string setting_error(const std::string& line) {
  const auto file = read_scenario("lock = \"a\"\n[lock_settings]\n" + line);
  if (!file) return told(file.error());
  const auto settings = resolve_settings(file->lock_settings, known_parameters(), "the lock a");
  return settings ? "" : told(settings.error());
}

RC_GTEST_PROP(ScenarioToml, WhatIsWrittenIsReadBack, ()) {
  const Scenario scenario = any_scenario();
  const FileResult<ScenarioFile> file = read_scenario(write_scenario(scenario));
  if (!file) RC_FAIL(told(file.error()));
  Scenario read = file->scenario;
  read.lock_settings = resolve_settings(file->lock_settings, known_parameters(), "lock").value();
  read.workload_settings =
      resolve_settings(file->workload_settings, known_parameters(), "workload").value();
  RC_ASSERT(read == scenario);
  RC_ASSERT(write_scenario(read) == write_scenario(scenario));
}

TEST(ScenarioToml, WhatIsLeftOutStaysAsAScenarioHasIt) {
  const auto file = read_scenario("lock = \"redis-setpx\"");
  ASSERT_TRUE(file);
  EXPECT_EQ(file->scenario, Scenario{});
}

TEST(ScenarioToml, PlacesOfValuesAreKept) {
  const auto file = read_scenario(
      "lock = \"a\"\n[[faults]]\nkind = \"gc-pause\"\nat = \"1s\"\ntargets = [\"client-1\"]\n");
  ASSERT_TRUE(file);
  EXPECT_EQ(to_text(file->place_of("lock")), "1:8");
  EXPECT_EQ(to_text(file->place_of("faults[0].kind")), "3:8");
  EXPECT_EQ(to_text(file->place_of("faults[0].targets[0]")), "5:11");
  EXPECT_EQ(to_text(file->place_of("faults[0].lasts")), "2:1");
  EXPECT_EQ(to_text(file->place_of("workload")), "1:1");
}

TEST(ScenarioToml, ErrorsNameThePlace) {
  EXPECT_EQ(error_of("clients = 3"), "1:1 a scenario names its lock; add a line: lock = \"...\"");
  EXPECT_EQ(error_after_lock("cleints = 3"),
            "2:1 a scenario has no \"cleints\"; did you mean \"clients\"?");
  EXPECT_EQ(error_after_lock("clients = \"3\""), "2:11 clients is a whole number");
  EXPECT_EQ(error_after_lock("clients = 0"), "2:11 clients is at least 1");
  EXPECT_EQ(error_after_lock("duration = 60"),
            "2:12 duration is a length of time with its unit, such as \"250ms\" or \"10s\"");
  EXPECT_EQ(error_after_lock("duration = \"-60s\""),
            "2:12 duration is no negative length of time: \"-60s\"");
  EXPECT_EQ(error_after_lock("resource = \"RP9\""),
            "2:12 resource is one of \"RP0\", \"RP1\", \"RP2\", \"RP3\", \"RP4\"");
  EXPECT_EQ(error_after_lock("seed = -1"), "2:8 seed is a whole number from 0 up");
  EXPECT_EQ(error_after_lock("schema_version = 2"), "2:18 this program reads schema_version 1");
  EXPECT_EQ(error_after_lock("[network]\nlatency_min = \"2s\""),
            "3:15 latency_min is no longer than latency_max");
}

TEST(ScenarioToml, WhatIsNotTomlIsPlaced) {
  const std::string error = error_after_lock("clients = \n");
  EXPECT_EQ(error.substr(0, error.find(':')), "2");
  EXPECT_NE(error.find("this is not TOML"), std::string::npos);
}

TEST(ScenarioToml, FaultsAreChecked) {
  EXPECT_EQ(error_after_lock("[[faults]]\nat = \"1s\""), "2:1 a fault names its kind");
  EXPECT_EQ(error_after_lock("[[faults]]\nkind = \"x\"\nat = \"1s\"\nstep = \"granted\""),
            "4:6 a fault strikes `at` an instant or at a `step`; leave one of the two out");
  EXPECT_EQ(error_after_lock("[[faults]]\nkind = \"x\"\nafter = \"1s\""),
            "4:9 after says nothing without a step; add a line: step = \"granted\"");
  EXPECT_EQ(error_after_lock("faults = [\"gc-pause\"]"), "2:11 each fault is a table: [[faults]]");
}

TEST(ScenarioToml, SettingsAreCheckedAgainstTheParametersOfTheirOwner) {
  EXPECT_EQ(setting_error("lease = \"10s\""), "");
  EXPECT_EQ(setting_error("lease = \"-10s\""), "3:9 lease can't be negative: \"-10s\"");
  EXPECT_EQ(setting_error("leese = \"10s\""),
            "3:1 the lock a has no setting \"leese\"; did you mean \"lease\"?");
  EXPECT_EQ(setting_error("lease = 10"),
            "3:9 lease is a length of time with its unit, such as \"250ms\" or \"10s\"");
  EXPECT_EQ(setting_error("retry = \"true\""), "3:9 retry is true or false, without quotes");
  EXPECT_EQ(setting_error("tries = -3"), "3:9 tries is a whole number from 0 up, not \"-3\"");
  EXPECT_EQ(setting_error("tries = 1.5"), "3:9 tries is true, false, a whole number or text");
}

TEST(ScenarioSchema, TheFileInDocsIsTheOneThatTheTableGives) {
  const std::string path = LOCKSTEP_SOURCE_DIR "/docs/scenario.schema.json";
  if (std::getenv("LOCKSTEP_UPDATE") != nullptr) std::ofstream(path) << scenario_schema();
  std::stringstream content;
  content << std::ifstream(path).rdbuf();
  EXPECT_EQ(content.str(), scenario_schema())
      << "to write it anew: LOCKSTEP_UPDATE=1 formats_tests --gtest_filter=ScenarioSchema.*";
}

}  // namespace
}  // namespace lockstep
