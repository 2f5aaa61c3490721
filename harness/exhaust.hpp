#pragma once
// Every placement of up to k faults over every event point of one small Scenario: what is left
// when no placement violates anything is a proof, within a bound that is said precisely.

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/outcome.hpp"
#include "harness/contained.hpp"

namespace lockstep {

struct ExhaustOptions {
  Scenario base;                        // what happens when no fault strikes; has no faults
  std::size_t faults = 1;               // k
  std::vector<std::string> kinds;       // of exhaustive_kinds(); empty: all
  std::vector<std::string> properties;  // whose violation ends the search
  Bounds bounds{};                      // of what a plug-in's run may use
  unsigned workers = 0;
  std::atomic<bool>* interrupted = nullptr;
  /// Called now and then, from one thread at a time: placements done and known so far of those
  /// with `level` faults. All are known once all with one fault fewer are done.
  std::function<void(std::size_t level, std::uint64_t done, std::uint64_t known)> progress{};
};

/// The faults that can be placed: "pause", "crash", "late", "lost", "clock".
struct ExhaustKind {
  std::string_view name;
  std::string_view summary;  // what is placed where, as the bound says it
};
const std::vector<ExhaustKind>& exhaustive_kinds();

struct ExhaustResult {
  std::vector<std::uint64_t> placements;  // with 0, 1, ... faults, that were run
  std::uint64_t runs = 0;
  bool interrupted = false;
  std::uint64_t undecided = 0;          // runs that gave up, or left the verdict of a property open
  std::vector<std::string> unjudged{};  // properties without a verdict when nothing strikes
  std::string failure{};                // a bug that a run ended in
  std::string diverged{};               // how two runs of one placement of a plug-in differed
  std::optional<Scenario> violation;    // the first, with as few faults as possible
  std::string property{};               // which it violates
};

/// Runs placements with no fault, then all with one, and so on. The result does not depend on the
/// number of workers.
///
/// Equivalent placements are run once. What strikes a node strikes right before one of its events
/// (a message it sends or receives, a step): between two of its events it does nothing, so where
/// in between makes no difference but for the instant at which the trouble is over. What happens to
/// a message happens as it is sent. Event points are those of the run with the faults before, so
/// that nothing is placed where it can't matter any more.
ExhaustResult exhaust(const ExhaustOptions& options);

/// All faults that can come next after those of a Scenario, in the order of time, then as
/// exhaustive_kinds() has them, then by their targets. `outcome` is its run, traced.
std::vector<Fault> next_faults(const Outcome& outcome, const std::vector<std::string>& kinds);

/// Fits a lock's default Scenario to this search: two clients, two operations each, a lease of 1 s,
/// waits in proportion, and a permit less than clients. Sets nothing that `keep` names.
void make_small(Scenario& scenario, const std::vector<std::string>& keep);

/// What must hold whatever strikes, by what the resource checks: beliefs may overlap where it
/// refuses what is late.
std::vector<std::string> exhaustive_properties(const Scenario& scenario);

}  // namespace lockstep
