// Two types of one name in one namespace break the one-definition rule without a word from the
// linker: whose inline members are called is then a matter of luck.
#include <gmock/gmock.h>

#include <map>
#include <regex>
#include <sstream>

#include "tests/house/house.hpp"

namespace lockstep::house {
namespace {

using Types = std::map<std::string, std::set<std::string>>;  // qualified name -> files

/// Types defined at the first column, outside unnamed namespaces.
void collect(Types& types, const std::string& path, const std::string& text) {
  static const std::regex opens(R"(^namespace( [\w:]+)? \{.*)");
  static const std::regex defines(
      R"(^(struct|class|union|enum class) (\w+)( final)?( :.*| *\{.*))");
  std::vector<std::string> scopes;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    std::smatch found;
    if (std::regex_match(line, found, opens)) {
      scopes.push_back(found[1].matched ? found[1].str() : " unnamed");
    } else if (line.starts_with("}  // namespace") && !scopes.empty()) {
      scopes.pop_back();
    } else if (std::regex_match(line, found, defines)) {
      std::string name;
      for (const std::string& scope : scopes) name += scope + "::";
      if (name.find(" unnamed") == std::string::npos) types[name + found[2].str()].insert(path);
    }
  }
}

std::vector<std::string> defined_twice(const Types& types) {
  std::vector<std::string> found;
  for (const auto& [name, files] : types) {
    if (files.size() < 2) continue;
    found.push_back(name + " in " + testing::PrintToString(files));
  }
  return found;
}

TEST(Names, OneThatTwoFilesDefineIsFound) {
  Types types;
  collect(types, "a.hpp", "namespace x {\nstruct Hold {\n};\n}  // namespace x\n");
  collect(types, "b.hpp", "namespace x {\nclass Hold final : public Y {\n};\n}  // namespace x\n");
  collect(types, "c.cpp", "namespace x {\nnamespace {\nstruct Hold {\n};\n}  // namespace\n}\n");
  EXPECT_THAT(defined_twice(types), testing::SizeIs(1));
}

TEST(House, NoTypeIsDefinedTwice) {
  Types types;
  for (const Source& source : read_sources(LOCKSTEP_SOURCE_DIR)) {
    // Each of these is a program of its own.
    const std::string folder = top_folder(source.path);
    if (folder == "templates" || folder == "examples") continue;
    collect(types, source.path, source.text);
  }
  EXPECT_GT(types.size(), 100u);
  EXPECT_THAT(defined_twice(types), testing::IsEmpty());
}

}  // namespace
}  // namespace lockstep::house
