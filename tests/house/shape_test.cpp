// Pages stay readable and no plug-in is dead, and the checks that say so can fail.
#include <gmock/gmock.h>

#include "tests/house/house.hpp"

namespace lockstep::house {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

// Files that earn more than 500 lines, each with its reason.
const std::set<std::string> long_files = {};

// The folders of plug-ins and their tables of contents.
const std::vector<PluginFolder> plugin_folders = {
    {"backends", "backends/backend.hpp", "Backend"},
    {"workloads", "workloads/workload.hpp", "Workload"},
    {"nemesis", "nemesis/fault_kind.hpp", "FaultKind"},
    {"checker/models", "checker/model.hpp", "Model"},
    {"checker/properties", "checker/property.hpp", "Property"},
    {"reports", "reports/report.hpp", "Report"},
};

std::vector<Finding> shape_of(const std::string& text) {
  return check_shape({"sim/long.cpp"}, make_source("sim/sample.cpp", text));
}

TEST(Shape, ALineOver100ColumnsIsFound) {
  EXPECT_THAT(shape_of(std::string(101, 'a') + "\n"), SizeIs(1));
  EXPECT_THAT(shape_of(std::string(100, 'a') + "\n"), IsEmpty());
}

TEST(Shape, ColumnsAreCharactersAndNotBytes) {
  std::string arrows;
  for (int i = 0; i < 100; ++i) arrows += "→";
  EXPECT_THAT(shape_of(arrows), IsEmpty());
}

TEST(Shape, AFileOver500LinesIsFoundUnlessItEarnedIt) {
  EXPECT_THAT(shape_of(std::string(501, '\n')), SizeIs(1));
  EXPECT_THAT(shape_of(std::string(500, '\n')), IsEmpty());
  const auto earned = make_source("sim/long.cpp", std::string(501, '\n'));
  EXPECT_THAT(check_shape({"sim/long.cpp"}, earned), IsEmpty());
}

TEST(Shape, APromiseIsFound) {
  EXPECT_THAT(shape_of("// TO"
                       "DO: later\n"),
              SizeIs(1));
}

TEST(Plugins, OneThatTheTableDoesNotNameIsFound) {
  const std::vector<Source> sources = {
      make_source("backends/backend.hpp", "#define LOCKSTEP_BACKENDS(X) X(redis_setnx)\n"),
      make_source("backends/redis/setnx.cpp", "Backend redis_setnx() {\n}\n"),
      make_source("backends/redis/set.cpp",
                  "namespace x {\n\nBackend locks::redis_set() {\n}\n}\n")};
  const auto findings = check_plugins({"backends", "backends/backend.hpp", "Backend"}, sources);
  ASSERT_THAT(findings, SizeIs(1));
  EXPECT_EQ(findings[0].path, "backends/redis/set.cpp");
  EXPECT_EQ(findings[0].line, 3);
}

TEST(Plugins, OtherFunctionsAreNone) {
  const std::vector<Source> sources = {
      make_source("backends/backend.hpp", "#define LOCKSTEP_BACKENDS(X)\n"),
      make_source("backends/redis/text.cpp", "Text redis_text() {}\nBackend of(int n) {}\n")};
  EXPECT_THAT(check_plugins({"backends", "backends/backend.hpp", "Backend"}, sources), IsEmpty());
}

TEST(House, EveryPageIsReadable) {
  for (const auto& source : read_sources(LOCKSTEP_SOURCE_DIR)) {
    EXPECT_EQ(told(check_shape(long_files, source)), "");
  }
}

TEST(House, EveryPluginIsInItsTable) {
  const auto sources = read_sources(LOCKSTEP_SOURCE_DIR);
  for (const auto& plugins : plugin_folders) {
    EXPECT_EQ(told(check_plugins(plugins, sources)), "");
  }
}

}  // namespace
}  // namespace lockstep::house
