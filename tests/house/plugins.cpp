// A plug-in that its folder's table of contents does not name is dead: nobody can run it.
#include <algorithm>
#include <regex>

#include "tests/house/house.hpp"

namespace lockstep::house {
// A plug-in is a function without parameters that gives a value of the folder's type.
std::vector<Finding> check_plugins(const PluginFolder& plugins,
                                   const std::vector<Source>& sources) {
  const auto table = std::ranges::find(sources, plugins.table, &Source::path);
  const std::regex plugin("(^|\n)" + plugins.type + R"(\s+(\w+::)*(\w+)\(\)\s*\{)");
  std::vector<Finding> findings;
  for (const auto& source : sources) {
    if (!source.path.starts_with(plugins.folder + "/")) continue;
    const auto& code = source.code;
    for (auto found = std::sregex_iterator(code.begin(), code.end(), plugin);
         found != std::sregex_iterator(); ++found) {
      const std::regex named("\\b" + found->str(3) + "\\b");
      if (table != sources.end() && std::regex_search(table->code, named)) continue;
      const auto line = line_at(code, static_cast<std::size_t>(found->position(3)));
      findings.push_back(
          {source.path, line, found->str(3) + " is in no table: add it to " + plugins.table});
    }
  }
  return findings;
}

}  // namespace lockstep::house
