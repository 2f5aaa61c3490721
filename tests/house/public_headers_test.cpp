// What other people's projects include: one namespace, macros of one name, and nothing private.
#include <gmock/gmock.h>

#include <filesystem>
#include <regex>

#include "tests/house/house.hpp"

namespace lockstep::house {
namespace {

using testing::IsEmpty;
using Names = std::set<std::string>;

/// The headers of include/lockstep/ and all that they include, by path.
const std::map<std::string, Source>& public_headers() {
  static const std::map<std::string, Source> all = [] {
    std::map<std::string, Source> found;
    const std::string root = std::string(LOCKSTEP_SOURCE_DIR) + "/";
    std::vector<std::string> waiting;
    for (const auto& entry : std::filesystem::directory_iterator(root + "include/lockstep")) {
      waiting.push_back("include/lockstep/" + entry.path().filename().string());
    }
    const std::regex include("(?:^|\n)#include \"([^\"]+)\"");
    while (!waiting.empty()) {
      std::string path = waiting.back();
      waiting.pop_back();
      if (path.starts_with("lockstep/")) path = "include/" + path;
      if (path == "include/lockstep/version.hpp" || found.contains(path)) continue;  // made
      const Source& source =
          found.emplace(path, make_source(path, read_file(root + path))).first->second;
      for (std::sregex_iterator at(source.text.begin(), source.text.end(), include), end; at != end;
           ++at) {
        waiting.push_back((*at)[1].str());
      }
    }
    return found;
  }();
  return all;
}

TEST(PublicHeaders, LeadToNothingPrivate) {
  std::vector<std::string> found;
  for (const auto& [path, source] : public_headers()) {
    const std::string folder = top_folder(path);
    if (Names{"cli", "campaign", "formats", "reports", "proto"}.contains(folder)) {
      found.push_back(path);
    }
  }
  EXPECT_GT(public_headers().size(), 50u);
  EXPECT_THAT(found, IsEmpty());
}

TEST(PublicHeaders, HaveOneNamespaceAndMacrosOfItsName) {
  const std::regex space("(?:^|\n)(?:inline )?namespace ([\\w:]*)");
  const std::regex macro("(?:^|\n)#define (\\w+)");
  std::vector<std::string> found;
  for (const auto& [path, source] : public_headers()) {
    const auto check = [&, &path = path, &source = source](const std::regex& pattern,
                                                           const auto& fits) {
      for (std::sregex_iterator at(source.code.begin(), source.code.end(), pattern), end; at != end;
           ++at) {
        if (!fits((*at)[1].str())) found.push_back(path + ": " + (*at)[1].str());
      }
    };
    bool ours = false;  // the first one; all others are inside of it
    check(space, [&](const std::string& name) {
      const bool fits = ours || name == "lockstep" || name.starts_with("lockstep::");
      ours = ours || fits;
      return fits;
    });
    check(macro, [](const std::string& name) {
      return name.starts_with("LOCKSTEP_") || name.starts_with("EXPECT_LOCK_");
    });
  }
  EXPECT_THAT(found, IsEmpty());
}

// Prose first: why the header exists and how it is used.
TEST(PublicHeaders, BeginWithWhatTheyAreFor) {
  std::vector<std::string> found;
  for (const auto& [path, source] : public_headers()) {
    if (!source.text.starts_with("#pragma once\n// ")) found.push_back(path);
  }
  EXPECT_THAT(found, IsEmpty());
}

}  // namespace
}  // namespace lockstep::house
