#pragma once
// What somebody else's code adds to Lockstep, and which scenarios depend on it.

#include <vector>

#include "backends/backend.hpp"
#include "checker/model.hpp"
#include "core/result.hpp"
#include "core/scenario.hpp"
#include "nemesis/fault_kind.hpp"
#include "workloads/workload.hpp"

namespace lockstep {

/// The locks, workloads, faults and models of plug-ins.
struct PlugIn {
  std::vector<Backend> locks;
  std::vector<Workload> workloads;
  std::vector<FaultKind> faults;
  std::vector<Model> models;
};

/// Puts all of it into the tables, and reads them, so that nothing can be added afterwards: to be
/// called once, before anything runs. Ends in `invalid` when an entry lacks what it needs or has
/// the name of another; then the tables are sealed all the same.
Result<void> add_to_tables(const PlugIn& added);

/// Whether its lock, its workload or one of its faults came with a plug-in.
bool needs_plug_in(const Scenario& scenario);

}  // namespace lockstep
