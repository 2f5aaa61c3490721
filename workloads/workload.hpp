#pragma once
// What clients do with a lock, and the table of contents of this folder.

#include <string_view>
#include <vector>

#include "workloads/session.hpp"

namespace lockstep {

/// A workload: the loop that each client runs until the run is finishing.
struct Workload {
  std::string_view name;     // as typed on the command line
  std::string_view summary;  // one line, for `lockstep list`
  std::vector<Parameter> parameters{};
  bool uses_resource = false;
  Task<void> (*client)(Session& session) = nullptr;
  /// How many locks a client holds at once in its critical section. Null: one.
  std::int64_t (*locks_at_once)(const Settings& settings) = nullptr;
  std::int64_t round_trips = 1;  // to the resource, beyond the first, of one critical section
  /// Once the run is finishing, clients take stock: it takes them up to twice the liveness bound.
  bool audits = false;
  bool needs_readers = false;  // of the lock: Lock::acquire_shared
};

/// The parameters that every workload has (lock-algorithms.md A0's knobs).
std::vector<Parameter> common_workload_parameters();

/// Those, and the workload's own; an own one of the same name takes the place of the common one.
std::vector<Parameter> common_workload_parameters(std::vector<Parameter> own);

// The table of contents: one line per workload, in the order in which `lockstep list` shows them.
#define LOCKSTEP_WORKLOADS(X) \
  X(mutex)                    \
  X(counter)                  \
  X(session_store)            \
  X(job)                      \
  X(inventory)                \
  X(transfer)                 \
  X(document)                 \
  X(election)                 \
  X(throttled)

namespace workloads {
#define LOCKSTEP_DECLARE(name) Workload name();
LOCKSTEP_WORKLOADS(LOCKSTEP_DECLARE)
#undef LOCKSTEP_DECLARE
}  // namespace workloads

/// How many locks a client needs for its critical section.
std::int64_t locks_at_once(const Workload& workload, const Settings& settings);

const std::vector<Workload>& all_workloads();
/// Null when there is none of that name.
const Workload* find_workload(std::string_view name);

}  // namespace lockstep
