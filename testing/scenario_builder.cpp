#include "testing/scenario_builder.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <stdexcept>

#include "backends/backend.hpp"
#include "harness/run.hpp"
#include "nemesis/fault_kind.hpp"
#include "testing/linked_plug_in.hpp"
#include "workloads/workload.hpp"

namespace lockstep {
namespace {

[[noreturn]] void refuse(const std::string& what) {
  throw std::invalid_argument(what);
}

bool has(const std::vector<Parameter>& parameters, std::string_view name) {
  return std::any_of(parameters.begin(), parameters.end(),
                     [name](const Parameter& parameter) { return parameter.name == name; });
}

}  // namespace

ScenarioBuilder& ScenarioBuilder::workload(std::string name) {
  base_.workload = std::move(name);
  return *this;
}
ScenarioBuilder& ScenarioBuilder::resource(ResourcePolicy policy) {
  base_.resource = policy;
  return *this;
}
ScenarioBuilder& ScenarioBuilder::clients(std::int64_t count) {
  base_.clients = count;
  return *this;
}
ScenarioBuilder& ScenarioBuilder::lasts(Duration simulated) {
  base_.duration = simulated;
  return *this;
}
ScenarioBuilder& ScenarioBuilder::set(std::string name, SettingValue value) {
  settings_.put(name, std::move(value));
  return *this;
}
ScenarioBuilder& ScenarioBuilder::faults(std::vector<std::string> kinds) {
  kinds_ = std::move(kinds);
  return *this;
}
ScenarioBuilder& ScenarioBuilder::fault_every(Duration mean) {
  fault_every_ = mean;
  return *this;
}
ScenarioBuilder& ScenarioBuilder::fault(Fault fault) {
  base_.faults.push_back(std::move(fault));
  return *this;
}
ScenarioBuilder& ScenarioBuilder::network(NetworkProfile profile) {
  base_.network = profile;
  return *this;
}

DrawOptions ScenarioBuilder::of(std::string_view lock) const {
  use_linked_plug_in();
  DrawOptions options;
  options.base = base_;
  options.base.lock = std::string(lock);
  const Backend* backend = find_backend(lock);
  const Workload* workload = find_workload(base_.workload);
  for (const Settings::Entry& entry : settings_.entries()) {
    if (backend != nullptr && has(backend->parameters, entry.name)) {
      options.base.lock_settings.put(entry.name, entry.value);
    } else if (workload != nullptr && has(workload->parameters, entry.name)) {
      options.base.workload_settings.put(entry.name, entry.value);
    } else if (backend != nullptr && workload != nullptr) {
      refuse(
          fmt::format("neither {} nor {} has a setting \"{}\"", lock, workload->name, entry.name));
    }
  }
  if (backend != nullptr && workload != nullptr) fill_defaults(options.base);
  for (const Problem& problem : problems_of(options.base)) {
    refuse(fmt::format("{}: {}", problem.where, problem.what));
  }
  for (const std::string& kind : kinds_) {
    if (find_fault_kind(kind) == nullptr) refuse(fmt::format("there is no fault \"{}\"", kind));
  }
  options.faults = kinds_;
  options.fault_every = fault_every_;
  return options;
}

}  // namespace lockstep
