// The scenarios that the program carries with it show what they say, and their siblings do not.
#include "cli/saved_scenarios.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "checker/property.hpp"
#include "driver.hpp"
#include "harness/run.hpp"

namespace lockstep {
namespace {

class SavedScenarios : public testing::TestWithParam<std::size_t> {
 protected:
  const NamedScenario& scenario() const { return named_scenarios()[GetParam()]; }
};

std::vector<std::string> violated_in(const Outcome& outcome) {
  std::vector<std::string> names;
  for (const Verdict& verdict : outcome.verdicts) {
    if (verdict.status == Status::violated) names.emplace_back(verdict.property);
  }
  return names;
}

TEST_P(SavedScenarios, ShowTheirBugAndTheirSiblingsDoNot) {
  const NamedScenario& saved = scenario();
  const Outcome outcome = run(saved.scenario);
  EXPECT_EQ(outcome.failure, "");
  const std::vector<std::string> violated = violated_in(outcome);
  const auto shown = [&](const std::string& name) {
    EXPECT_NE(find_property(name), nullptr) << saved.name << " names the property " << name;
    return std::find(violated.begin(), violated.end(), name) != violated.end();
  };
  for (const std::string& name : saved.fixed ? saved.about.prevents : saved.about.violates) {
    EXPECT_EQ(shown(name), !saved.fixed) << saved.name << ": " << name;
  }
}

/// A lucky seed is no fix.
TEST_P(SavedScenarios, StayPreventedUnderOtherSeeds) {
  const NamedScenario& saved = scenario();
  if (!saved.fixed) return;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    Scenario other = saved.scenario;
    other.seed = seed;
    const std::vector<std::string> violated = violated_in(run(other));
    for (const std::string& name : saved.about.prevents) {
      EXPECT_EQ(std::count(violated.begin(), violated.end(), name), 0)
          << saved.name << " under seed " << seed << ": " << name;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Each, SavedScenarios,
                         testing::Range(std::size_t{0}, named_scenarios().size()),
                         [](const auto& test) {
                           std::string name = named_scenarios()[test.param].name;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

TEST(SavedScenario, RunsByItsName) {
  EXPECT_EQ(lockstep_with({"run", "write-after-pause"}).code, ExitCode::violation);
  const Ran ran = lockstep_with({"run", "write-after-pause-fixed"});
  EXPECT_THAT(ran.out, testing::ContainsRegex("PASS +no-lost-update"));
}

TEST(SavedScenario, IsListedWithItsStory) {
  const Ran ran = lockstep_with({"list", "scenarios", "--verbose"});
  EXPECT_THAT(ran.out, testing::HasSubstr("write-after-pause-fixed"));
  EXPECT_THAT(ran.out, testing::HasSubstr("Kleppmann"));
}

TEST(SavedScenario, SaysWhatIsMissing) {
  const auto read =
      read_saved_scenario("lock = \"redis-setpx\"\n[about]\ntitle = \"x\"\n[fixed]\n");
  ASSERT_FALSE(read.has_value());
  EXPECT_EQ(read.error().text, "\"bug\" is missing here");
}

}  // namespace
}  // namespace lockstep
