// The recipes of other package managers have the version that CMake has, and what it depends on.
#include <gmock/gmock.h>

#include <regex>

#include "tests/house/house.hpp"

namespace lockstep::house {
namespace {

using Names = std::set<std::string>;

/// One library that the program uses, by its name in each place. Empty: not there, for a reason.
struct Dependency {
  std::string debian;  // in ./dev, set "program"
  std::string cmake;   // find_package
  Names vcpkg;
  std::string conan;
};

const std::vector<Dependency>& dependencies() {
  static const std::vector<Dependency> all = {
      {"libboost-graph-dev", "Boost", {"boost-crc", "boost-graph", "boost-math"}, "boost"},
      {"libcereal-dev", "cereal", {"cereal"}, "cereal"},
      {"libcli11-dev", "CLI11", {"cli11"}, "cli11"},
      {"libexpected-dev", "tl-expected", {"tl-expected"}, "tl-expected"},
      {"libfmt-dev", "fmt", {"fmt"}, "fmt"},
      {"liblua5.1-0-dev", "Lua51", {}, ""},  // neither has Lua 5.1: the system's
      {"libprotobuf-dev", "Protobuf", {"protobuf"}, "protobuf"},
      {"libsqlite3-dev", "SQLite3", {"sqlite3"}, "sqlite3"},
      {"libtomlplusplus-dev", "tomlplusplus", {"tomlplusplus"}, "tomlplusplus"},
      {"nlohmann-json3-dev", "nlohmann_json", {"nlohmann-json"}, "nlohmann_json"},
      {"zlib1g-dev", "ZLIB", {"zlib"}, "zlib"},
  };
  return all;
}

std::string file(const std::string& path) {
  return read_file(std::string(LOCKSTEP_SOURCE_DIR) + "/" + path);
}

/// What the first group of `pattern` is, everywhere in `text`.
Names all_of(const std::string& text, const std::string& pattern) {
  const std::regex regex(pattern);
  Names names;
  for (std::sregex_iterator at(text.begin(), text.end(), regex), end; at != end; ++at) {
    names.insert((*at)[1].str());
  }
  return names;
}

Names named(const std::string Dependency::* place) {
  Names names;
  for (const Dependency& dependency : dependencies()) {
    if (!(dependency.*place).empty()) names.insert(dependency.*place);
  }
  return names;
}

TEST(Packages, AllHaveTheVersionThatCMakeHas) {
  const Names version = all_of(file("CMakeLists.txt"), R"(project\(lockstep VERSION ([0-9.]+))");
  ASSERT_EQ(version.size(), 1u);
  EXPECT_EQ(all_of(file("packaging/vcpkg/vcpkg.json"), R"re("version-semver": "([^"]+)")re"),
            version);
  EXPECT_EQ(all_of(file("packaging/conan/conanfile.py"), R"re(\n    version = "([^"]+)")re"),
            version);
}

TEST(Packages, DevInstallsTheseLibraries) {
  Names debian = all_of(file("dev"), R"(\n(\S+) *\| program)");
  for (const char* tool : {"g++", "cmake", "ninja-build", "protobuf-compiler", "libmimalloc-dev"}) {
    EXPECT_EQ(debian.erase(tool), 1u) << tool;
  }
  EXPECT_EQ(debian, named(&Dependency::debian));
}

TEST(Packages, CMakeFindsTheseLibraries) {
  EXPECT_EQ(all_of(file("CMakeLists.txt") + file("cmake/LockstepProto.cmake"),
                   R"(\nfind_package\((\S+))"),
            named(&Dependency::cmake));
}

TEST(Packages, VcpkgDependsOnTheseLibraries) {
  const std::string text = file("packaging/vcpkg/vcpkg.json");
  const std::string list = text.substr(text.find("\"dependencies\""));
  const Names ports = all_of(list, R"re(\n +(?:"name": )?"([a-z0-9-]+)",?(?=\n))re");
  Names expected;
  for (const Dependency& dependency : dependencies()) {
    expected.insert(dependency.vcpkg.begin(), dependency.vcpkg.end());
  }
  expected.insert({"vcpkg-cmake", "vcpkg-cmake-config"});
  EXPECT_EQ(ports, expected);
}

TEST(Packages, ConanRequiresTheseLibraries) {
  EXPECT_EQ(all_of(file("packaging/conan/conanfile.py"), R"re(self\.requires\("([a-z0-9_-]+)/)re"),
            named(&Dependency::conan));
}

}  // namespace
}  // namespace lockstep::house
