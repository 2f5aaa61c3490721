#include "harness/plug_in.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <string>
#include <string_view>

#include "backends/additions.hpp"
#include "checker/additions.hpp"
#include "nemesis/additions.hpp"
#include "workloads/additions.hpp"

namespace lockstep {
namespace {

tl::unexpected<Error> refuse(std::string_view kind, std::string_view name, std::string_view what) {
  return fail(ErrorCode::invalid, fmt::format("the {} \"{}\" {}", kind, name, what));
}

Result<void> check(const Backend& lock) {
  if (lock.connect == nullptr) return refuse("lock", lock.name, "has no Backend::connect");
  if (lock.serve == nullptr) return refuse("lock", lock.name, "has no Backend::serve");
  if (lock.liveness_bound == nullptr) {
    return refuse("lock", lock.name, "has no Backend::liveness_bound: it says how long to wait");
  }
  if (lock.interpret == nullptr && lock.interpret_permits == nullptr) {
    return refuse("lock", lock.name, "has no Backend::interpret: it says what a grant is");
  }
  const auto lease = std::find_if(lock.parameters.begin(), lock.parameters.end(),
                                  [&](const Parameter& p) { return p.name == lock.lease; });
  if (lease == lock.parameters.end() || !std::holds_alternative<Duration>(lease->fallback)) {
    return refuse("lock", lock.name,
                  fmt::format("has no parameter \"{}\" that is a length of time: faults are as "
                              "long as Backend::lease says",
                              lock.lease));
  }
  return {};
}

Result<void> check(const Workload& workload) {
  if (workload.client == nullptr) return refuse("workload", workload.name, "has no client");
  for (const Parameter& common : common_workload_parameters()) {
    const bool there = std::any_of(workload.parameters.begin(), workload.parameters.end(),
                                   [&](const Parameter& p) { return p.name == common.name; });
    if (!there) {
      return refuse("workload", workload.name,
                    fmt::format("lacks the parameter \"{}\": begin with "
                                "common_workload_parameters()",
                                common.name));
    }
  }
  return {};
}

Result<void> check(const FaultKind& fault) {
  const bool whole = fault.draw != nullptr && fault.strike != nullptr && fault.tell != nullptr;
  return whole ? Result<void>() : refuse("fault", fault.name, "lacks draw, strike or tell");
}

Result<void> check(const Model& model) {
  const bool whole = model.check != nullptr && model.allows != nullptr;
  return whole ? Result<void>() : refuse("model", model.name, "lacks check or allows");
}

template <class Entry>
Result<void> add(std::string_view kind, const std::vector<Entry>& entries,
                 Additions<Entry>& additions) {
  for (const Entry& entry : entries) {
    if (entry.name.empty()) return refuse(kind, "", "has no name");
    if (Result<void> whole = check(entry); !whole) return whole;
    if (!additions.add(entry))
      return refuse(kind, entry.name, "comes too late: the table was read");
  }
  return {};
}

template <class Table>
Result<void> check_names(std::string_view kind, const Table& table) {
  for (auto one = table.begin(); one != table.end(); ++one) {
    const bool twice =
        std::any_of(table.begin(), one, [&](const auto& other) { return other.name == one->name; });
    if (twice) return refuse(kind, one->name, "has a name that another one has already");
  }
  return {};
}

}  // namespace

Result<void> add_to_tables(const PlugIn& added) {
  Result<void> done = add("lock", added.locks, added_backends());
  if (done) done = add("workload", added.workloads, added_workloads());
  if (done) done = add("fault", added.faults, added_fault_kinds());
  if (done) done = add("model", added.models, added_models());
  const Result<void> names[] = {
      check_names("lock", all_backends()), check_names("workload", all_workloads()),
      check_names("fault", all_fault_kinds()), check_names("model", all_models())};
  for (const Result<void>& one : names) {
    if (done) done = one;
  }
  return done;
}

bool needs_plug_in(const Scenario& scenario) {
  return added_backends().has(scenario.lock) || added_workloads().has(scenario.workload) ||
         std::any_of(scenario.faults.begin(), scenario.faults.end(),
                     [](const Fault& fault) { return added_fault_kinds().has(fault.kind); });
}

}  // namespace lockstep
