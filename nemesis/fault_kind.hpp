#pragma once
// What a kind of fault is, and the table of contents of this folder.

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/random.hpp"
#include "core/result.hpp"
#include "core/scenario.hpp"
#include "sim/world.hpp"

namespace lockstep {

/// The nodes of a run, by their part in it.
struct Cluster {
  std::vector<std::string> clients;
  std::vector<std::string> servers;  // of the lock service
  std::vector<std::string> resources;
  Duration lease = 10s;  // the longest lease that the lock is asked for
};

/// Takes back what a fault did; called once, at its end or when the run is healed.
using Undo = std::function<void()>;

/// A kind of fault: what it does to a world. Fault::amount and Fault::detail mean what it says.
struct FaultKind {
  std::string_view name;                    // as typed on the command line: "gc-pause"
  std::string_view summary;                 // one line, for `lockstep list`
  std::string_view amount;                  // meaning and unit of Fault::amount; empty: unused
  std::vector<std::string_view> details{};  // what Fault::detail may say; empty: unused
  std::size_t targets_min = 1;
  std::size_t targets_max = 1;
  /// A fault of this kind that strikes some time in [0, within), with a length and an amount that
  /// matter for the cluster's lease.
  Fault (*draw)(Random& random, const Cluster& cluster, Duration within) = nullptr;
  /// Does it. `targets` are the fault's, resolved. An empty Undo: there is nothing to take back.
  Undo (*strike)(sim::World& world, const Fault& fault,
                 const std::vector<sim::Node*>& targets) = nullptr;
  /// One line for a person, in the past tense of a report: "client-1 was paused for 12.4 s".
  std::string (*tell)(const Fault& fault, const std::vector<sim::Node*>& targets) = nullptr;
};

// The table of contents: one line per kind, in the order in which `lockstep list` shows them.
#define LOCKSTEP_FAULTS(X) \
  X(gc_pause)              \
  X(crash)                 \
  X(power_loss)            \
  X(state_loss)            \
  X(clock_jump)            \
  X(clock_drift)           \
  X(partition)             \
  X(delay)                 \
  X(loss)                  \
  X(duplicate)             \
  X(reorder)

namespace faults {
#define LOCKSTEP_DECLARE(name) FaultKind name();
LOCKSTEP_FAULTS(LOCKSTEP_DECLARE)
#undef LOCKSTEP_DECLARE
}  // namespace faults

const std::vector<FaultKind>& all_fault_kinds();
/// Null when there is none of that name.
const FaultKind* find_fault_kind(std::string_view name);

/// "a", "a and b", "a, b and c".
std::string names_of(const std::vector<sim::Node*>& nodes);
/// " for 3 s", or nothing for a fault without an end.
std::string for_how_long(const Fault& fault);

}  // namespace lockstep
