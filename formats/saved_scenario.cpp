#include "formats/saved_scenario.hpp"

#include <fmt/core.h>

#include <optional>
#include <sstream>

#include "core/toml.hpp"

namespace lockstep {
namespace {

Place place_of(const toml::source_region& region) {
  return Place{region.begin.line, region.begin.column, 0};
}

/// Puts the values of `change` over those of `base`, table by table.
void merge(toml::table& base, const toml::table& change) {
  for (const auto& [key, node] : change) {
    toml::table* inner = base[key.str()].as_table();
    if (inner != nullptr && node.is_table()) {
      merge(*inner, *node.as_table());
    } else {
      base.insert_or_assign(key.str(), node);
    }
  }
}

std::string text_of(const toml::table& table) {
  std::ostringstream text;
  text << toml::toml_formatter(table);
  return text.str();
}

/// Reads the tables that tell of a scenario, and keeps the first thing that is wrong with them.
class About {
 public:
  About(const toml::table& about, const toml::table& fixed) {
    told_.title = word(about, "title");
    told_.bug = word(about, "bug");
    told_.source = word(about, "source");
    told_.story = word(about, "story");
    told_.fix = word(fixed, "why");
    told_.violates = words(about, "violates");
    if (told_.violates.empty()) refuse(about, "violates");
    told_.prevents = words(fixed, "prevents");
    if (told_.prevents.empty()) told_.prevents = told_.violates;
  }
  const ScenarioAbout& told() const { return told_; }
  const std::optional<FileError>& wrong() const { return wrong_; }

 private:
  /// Text on one line, however the file breaks it.
  std::string word(const toml::table& table, std::string_view key) {
    std::istringstream text(table[key].value_or(std::string()));
    std::string line;
    for (std::string part; text >> part;) line += (line.empty() ? "" : " ") + part;
    if (line.empty()) refuse(table, key);
    return line;
  }
  static std::vector<std::string> words(const toml::table& table, std::string_view key) {
    std::vector<std::string> all;
    const toml::array* list = table[key].as_array();
    if (list == nullptr) return all;
    for (const toml::node& item : *list) all.push_back(item.value_or(std::string()));
    return all;
  }
  void refuse(const toml::table& table, std::string_view key) {
    if (wrong_) return;
    wrong_ = FileError{place_of(table.source()), fmt::format("\"{}\" is missing here", key)};
  }

  ScenarioAbout told_;
  std::optional<FileError> wrong_;
};

}  // namespace

FileResult<SavedScenario> read_saved_scenario(std::string_view text) {
  const FileResult<ScenarioFile> broken = read_scenario(text);
  if (!broken) return misread(broken.error());
  const toml::parse_result parsed = toml::parse(text);
  toml::table whole = parsed.table();
  const toml::table* about = parsed.table()["about"].as_table();
  const toml::table* fixed = parsed.table()["fixed"].as_table();
  if (about == nullptr) return misread(whole_file, "a saved scenario has a table [about]");
  if (fixed == nullptr) return misread(whole_file, "a saved scenario has a table [fixed]");
  const About read(*about, *fixed);
  if (read.wrong()) return misread(*read.wrong());
  toml::table change = *fixed;
  change.erase("why");
  change.erase("prevents");
  whole.erase("about");
  whole.erase("fixed");
  merge(whole, change);
  const FileResult<ScenarioFile> sibling = read_scenario(text_of(whole));
  if (!sibling) return misread(place_of(fixed->source()), sibling.error().text);
  return SavedScenario{read.told(), *broken, *sibling};
}

}  // namespace lockstep
