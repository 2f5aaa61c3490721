// A plug-in that its folder's table of contents does not name is dead: nobody can run it.
#include <algorithm>
#include <regex>

#include "tests/house/house.hpp"

namespace lockstep::house {
namespace {

bool has_header(const std::string& path, const std::vector<Source>& sources) {
  const auto header = path.substr(0, path.size() - 4) + ".hpp";
  return std::ranges::any_of(sources, [&](const Source& s) { return s.path == header; });
}

// The last folder of a path: "redis" of "backends/redis/setnx.cpp".
std::string product(const std::string& path) {
  const auto folders = path.substr(0, path.rfind('/'));
  return folders.substr(folders.rfind('/') + 1);
}

}  // namespace

// A plug-in is a .cpp without a header of its own: only the table can lead to it, by
// its name or by that of its product and its own (redis_setnx for redis/setnx.cpp).
std::vector<Finding> check_plugins(const PluginFolder& plugins,
                                   const std::vector<Source>& sources) {
  const auto table =
      std::ranges::find(sources, plugins.folder + "/" + plugins.table, &Source::path);
  std::vector<Finding> findings;
  for (const auto& source : sources) {
    const bool inside = source.path.starts_with(plugins.folder + "/");
    if (!inside || !source.path.ends_with(".cpp") || has_header(source.path, sources)) continue;
    const std::regex named("\\b(" + product(source.path) + "_)?" + stem(source.path) + "\\b");
    if (table != sources.end() && std::regex_search(table->code, named)) continue;
    findings.push_back(
        {source.path, 1,
         "no table names this file: add it to " + plugins.folder + "/" + plugins.table});
  }
  return findings;
}

}  // namespace lockstep::house
