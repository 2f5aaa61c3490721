#include "cli/saved_scenarios.hpp"

#include <fmt/core.h>

#include <stdexcept>

#include "cli/scenario_source.hpp"
#include "cli_embedded.hpp"

namespace lockstep {
namespace {

[[noreturn]] void refuse(std::string_view file, const std::string& what) {
  throw std::runtime_error(fmt::format("scenarios/{}: {}", file, what));
}

NamedScenario named(std::string name, const scenarios::File& file, const SavedScenario& saved,
                    bool fixed) {
  NamedScenario scenario;
  scenario.name = std::move(name);
  scenario.fixed = fixed;
  scenario.about = saved.about;
  Checked<Scenario> checked =
      checked_scenario(std::string(file.name), file.text, fixed ? saved.fixed : saved.broken);
  if (!checked) refuse(file.name, checked.error().where + ": " + checked.error().what);
  scenario.scenario = std::move(*checked);
  return scenario;
}

std::vector<NamedScenario> read_all() {
  std::vector<NamedScenario> all;
  for (const scenarios::File& file : scenarios::files) {
    const FileResult<SavedScenario> saved = read_saved_scenario(file.text);
    if (!saved) refuse(file.name, to_text(saved.error().at) + ": " + saved.error().text);
    const std::string name(file.name.substr(0, file.name.rfind('.')));
    all.push_back(named(name, file, *saved, false));
    all.push_back(named(name + "-fixed", file, *saved, true));
  }
  return all;
}

}  // namespace

const std::vector<NamedScenario>& named_scenarios() {
  static const std::vector<NamedScenario> all = read_all();
  return all;
}

const NamedScenario* find_named_scenario(std::string_view name) {
  for (const NamedScenario& scenario : named_scenarios()) {
    if (scenario.name == name) return &scenario;
  }
  return nullptr;
}

}  // namespace lockstep
