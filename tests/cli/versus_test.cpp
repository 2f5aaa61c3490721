// versus: the same universe for two locks, told in three forms.
#include <nlohmann/json.hpp>

#include "tests/cli/driver.hpp"

namespace lockstep {
namespace {

using testing::HasSubstr;
using VersusFolder = ScratchFolder;

TEST(Versus, AFenceMakesTheLateWriteHarmless) {
  const Ran ran = lockstep_with({"versus", "redis-setpx", "redis-fence-atomic:resource=RP2",
                                 "--scenario", "write-after-pause", "--json"});
  ASSERT_EQ(ran.code, ExitCode::met) << ran.err;
  const auto json = nlohmann::json::parse(ran.out);
  const auto status = [&](const char* side) {
    for (const auto& verdict : json[side]["verdicts"]) {
      if (verdict["property"] == "no-lost-update") return verdict["status"].get<std::string>();
    }
    return std::string("none");
  };
  EXPECT_EQ(status("a"), "violated");
  EXPECT_EQ(status("b"), "holds");
  EXPECT_GT(json["first_difference"]["alike"], 3);
  EXPECT_THAT(json["first_difference"]["b"]["text"].get<std::string>(), HasSubstr("refused"));
}

TEST(Versus, ALockAgainstItselfIsAlike) {
  const Ran ran = lockstep_with({"versus", "redlock", "redlock", "--faults", "gc-pause"});
  EXPECT_EQ(ran.code, ExitCode::met) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("alike in both"));
}

TEST_F(VersusFolder, HoldsThePageAndBothScenarios) {
  const std::string folder = path("out");
  const Ran ran =
      lockstep_with({"versus", "redis-setpx", "redlock", "--duration", "5s", "-o", folder});
  ASSERT_EQ(ran.code, ExitCode::met) << ran.err;
  EXPECT_THAT(names("out"), testing::ElementsAre("a.toml", "b.toml", "versus.html", "versus.json"));
  EXPECT_EQ(lockstep_with({"run", folder + "/b.toml"}).code, ExitCode::met);
}

TEST(Versus, ALockThatIsNoneAndAFaultThatHasNoTargetAreRefused) {
  EXPECT_EQ(lockstep_with({"versus", "redlock", "redlok", "--scenario", "write-after-pause"}).code,
            ExitCode::usage);
  const Ran ran = lockstep_with(
      {"versus", "redlock", "redis-setpx", "--scenario", "clock-of-the-fifth-server"});
  EXPECT_EQ(ran.code, ExitCode::usage);
  EXPECT_THAT(ran.err, HasSubstr("redis-"));
}

}  // namespace
}  // namespace lockstep
