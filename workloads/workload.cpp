#include "workloads/workload.hpp"

#include <algorithm>

#include "workloads/additions.hpp"

namespace lockstep {

std::vector<Parameter> common_workload_parameters() {
  return {
      {"operations", std::int64_t{0}, "acquires per client; 0: until the run is over"},
      {"think_min", Duration(1ms), "shortest pause between two holds"},
      {"think_max", Duration(200ms), "longest pause between two holds"},
      {"work_min", Duration(1ms), "shortest work under the lock"},
      {"work_max", Duration(1s), "longest work under the lock; beyond the lease it overruns it"},
      {"patience", Duration(30s), "how long a client waits for the lock before it gives up"},
      {"check", true, "ask the lock client whether the lease still holds before each effect"},
      {"await_ack", true, "wait for the resource's answer to a write before the release"},
      {"resource_timeout", Duration(5s), "how long to wait for the resource; 0: for ever"},
      {"odd_lease", Duration(0), "lease of every second client; 0: the same as the others"},
  };
}

std::vector<Parameter> common_workload_parameters(std::vector<Parameter> own) {
  std::vector<Parameter> all = common_workload_parameters();
  for (Parameter& parameter : own) {
    const auto known = std::find_if(all.begin(), all.end(), [&](const Parameter& common) {
      return common.name == parameter.name;
    });
    if (known == all.end()) {
      all.push_back(std::move(parameter));
    } else {
      *known = std::move(parameter);
    }
  }
  return all;
}

std::int64_t locks_at_once(const Workload& workload, const Settings& settings) {
  return workload.locks_at_once == nullptr ? 1 : workload.locks_at_once(settings);
}

Additions<Workload>& added_workloads() {
  static Additions<Workload> added;
  return added;
}

const std::vector<Workload>& all_workloads() {
#define LOCKSTEP_CALL(name) workloads::name(),
  static const std::vector<Workload> all =
      added_workloads().behind({LOCKSTEP_WORKLOADS(LOCKSTEP_CALL)});
#undef LOCKSTEP_CALL
  return all;
}

const Workload* find_workload(std::string_view name) {
  for (const Workload& workload : all_workloads()) {
    if (workload.name == name) return &workload;
  }
  return nullptr;
}

}  // namespace lockstep
