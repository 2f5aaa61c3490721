// The floors of docs/architecture.md hold, and the check that says so can fail.
#include <gmock/gmock.h>

#include <stdexcept>

#include "tests/house/house.hpp"

namespace lockstep::house {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

constexpr std::string_view small_house = R"(# Architecture
<!-- floors -->
| folder | floor | may include | heart | what it is |
|---|---|---|---|---|
| `core/` | 1 | nothing | yes | words |
| `sim/` | 2 | `core/` | yes | worlds |
| `backends/` | 2 | `core/` | yes | locks |
| `harness/` | 4 | `core/`, `sim/`, `backends/` | `run`, `phases` | meets all |
| `cli/` | 5 | `core/`, `harness/` | no | the terminal |
<!-- /floors -->
)";

std::vector<Finding> findings_in(const std::string& path, const std::string& text) {
  return check_floors(parse_floors(small_house), make_source(path, text));
}

TEST(Floors, AnIncludeOfAFloorBelowIsFine) {
  EXPECT_THAT(findings_in("sim/world.hpp", "#include \"core/time.hpp\"\n"), IsEmpty());
}

TEST(Floors, AnIncludeOfTheOwnFolderIsFine) {
  EXPECT_THAT(findings_in("sim/world.hpp", "#include \"sim/node.hpp\"\n"), IsEmpty());
}

TEST(Floors, AnIncludeOfAFloorAboveIsFoundWithItsLine) {
  const auto findings = findings_in("core/task.hpp", "#pragma once\n#include \"sim/world.hpp\"\n");
  ASSERT_THAT(findings, SizeIs(1));
  EXPECT_EQ(findings[0].line, 2);
  EXPECT_THAT(findings[0].what, testing::HasSubstr("core/ may not include sim/"));
}

TEST(Floors, StrangersOnOneFloorMayNotMeet) {
  EXPECT_THAT(findings_in("backends/lock.cpp", "#include \"sim/world.hpp\"\n"), SizeIs(1));
}

TEST(Floors, AFolderWithoutARowIsFound) {
  EXPECT_THAT(findings_in("tools/a.cpp", "int a;\n"), SizeIs(1));
}

TEST(Floors, ATableThatLetsAFolderLookUpIsRefused) {
  std::string upside_down(small_house);
  upside_down.replace(upside_down.find("| 1 |"), 5, "| 7 |");
  EXPECT_THROW(parse_floors(upside_down), std::runtime_error);
}

TEST(Floors, ATableWithoutItsMarksIsRefused) {
  EXPECT_THROW(parse_floors("| core/ | 1 | nothing | yes | words |"), std::runtime_error);
}

TEST(Floors, TheHeartIsWholeFoldersOrNamedFiles) {
  const auto floors = parse_floors(small_house);
  EXPECT_TRUE(in_heart(floors, "sim/world.cpp"));
  EXPECT_TRUE(in_heart(floors, "harness/run.hpp"));
  EXPECT_FALSE(in_heart(floors, "harness/campaign.cpp"));
  EXPECT_FALSE(in_heart(floors, "cli/main.cpp"));
}

TEST(House, EveryIncludeStaysOnItsFloors) {
  const std::string root = LOCKSTEP_SOURCE_DIR;
  const auto floors = parse_floors(read_file(root + "/docs/architecture.md"));
  const auto sources = read_sources(root);
  ASSERT_THAT(sources, testing::Not(IsEmpty()));
  for (const auto& source : sources) EXPECT_EQ(told(check_floors(floors, source)), "");
}

}  // namespace
}  // namespace lockstep::house
