// The verbs that show what there is.
#include "tests/cli/driver.hpp"

namespace lockstep {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(List, ShowsEveryTable) {
  const Ran ran = lockstep_with({"list"});
  EXPECT_EQ(ran.code, ExitCode::met);
  for (const char* name : {"redis-setpx", "counter", "gc-pause", "RP2", "belief-exclusion",
                           "owner-mutex", "outcome_json"}) {
    EXPECT_THAT(ran.out, HasSubstr(name));
  }
}

TEST(List, AVerboseTableShowsClaimsAndParameters) {
  const Ran ran = lockstep_with({"list", "locks", "--verbose"});
  EXPECT_THAT(ran.out, HasSubstr("--set lease="));
  EXPECT_THAT(ran.out, HasSubstr("claims    no two hold it at once"));
  EXPECT_THAT(ran.out, testing::Not(HasSubstr("gc-pause")));
  EXPECT_EQ(lockstep_with({"list", "lock", "-v"}).out, ran.out);
}

TEST(List, AMistypedTableGetsTheNearestOne) {
  const Ran ran = lockstep_with({"list", "fualts"});
  EXPECT_EQ(ran.code, ExitCode::usage);
  EXPECT_EQ(ran.err,
            "error: there is nothing called \"fualts\" to list\n  did you mean \"faults\"?\n");
}

TEST(List, JsonNamesDefaults) {
  EXPECT_THAT(lockstep_with({"list", "locks", "--json"}).out, HasSubstr("\"default\": "));
}

TEST(Doctor, RunsEveryLockTwiceAndSaysSo) {
  const Ran ran = lockstep_with({"doctor"});
  EXPECT_EQ(ran.code, ExitCode::met) << ran.out;
  EXPECT_THAT(ran.out, HasSubstr("yes  deterministic runs"));
  EXPECT_THAT(lockstep_with({"doctor", "--json"}).out, HasSubstr("\"capabilities\": ["));
}

class Demo : public ScratchFolder {};

TEST_F(Demo, TheUnfencedLockLosesAnUpdateAndTheFencedOneDoesNot) {
  const Ran ran = lockstep_with({"demo", "-o", path("demo")});
  EXPECT_EQ(ran.code, ExitCode::met) << ran.out;
  EXPECT_THAT(names("demo"), ElementsAre("fenced", "unfenced"));
  EXPECT_THAT(ran.out, HasSubstr(path("demo/unfenced/timeline.html")));
  EXPECT_THAT(ran.out, HasSubstr(path("demo/fenced/timeline.html")));
}

TEST_F(Demo, JsonNamesWhatWasViolated) {
  const Ran ran = lockstep_with({"demo", "--json", "-o", path("demo")});
  EXPECT_THAT(ran.out, HasSubstr("\"harmed\": true"));
  EXPECT_THAT(ran.out, HasSubstr("\"harmed\": false"));
}

}  // namespace
}  // namespace lockstep
