#pragma once
// The fault classes of the verdict matrix (lock-algorithms.md, A0 and B), each a recipe that aims
// a run at it: random placement misses windows of milliseconds, so faults wait for protocol steps.

#include <string>
#include <string_view>
#include <vector>

#include "core/outcome.hpp"
#include "core/random.hpp"

namespace lockstep {

struct Backend;

struct FaultClass {
  std::string_view code;     // "G", as the matrix names its columns
  std::string_view summary;  // one line
  /// Changes a calm Scenario so that this class of fault is likely to meet a hold.
  void (*aim)(Scenario& scenario, const Backend& backend, Random& random) = nullptr;
  /// Did it? A run in which it did not has tested nothing.
  bool (*met)(const Outcome& outcome) = nullptr;
};

const std::vector<FaultClass>& all_fault_classes();
/// Null when there is none of that code.
const FaultClass* find_fault_class(std::string_view code);

/// What the cells of some locks need besides their fault.
struct Circumstances {
  bool unequal_leases = false;  // every second client asks for a shorter lease, and works less
  bool clocks_apart = false;    // the clients' wall clocks differ from the start
  std::string workload{};       // instead of the usual one; several locks in no order
  bool begin_together = false;  // clients begin at once on an empty server, and ask right away
};

/// The Scenario of one seed of one cell: a lock under a fault class. `resource` is the policy.
/// Pure; the ratio of lease to latency varies with the seed over two orders of magnitude.
Scenario aimed_scenario(const Backend& backend, const FaultClass& fault_class,
                        ResourcePolicy resource, std::uint64_t seed,
                        Circumstances circumstances = {});

}  // namespace lockstep
