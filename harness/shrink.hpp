#pragma once
// Makes a violating Scenario small: the least that still violates the same property in the same
// way, so that a person can read it (delta debugging: Zeller and Hildebrandt, TSE 2002).

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/scenario.hpp"

namespace lockstep {

struct ShrinkOptions {
  std::string property{};  // empty: of the first violation
  /// Where a smaller Scenario is calm under its own seed, so many other seeds are tried: what is
  /// taken away shifts everything after it, and a bug can move out of sight by chance.
  std::uint64_t other_seeds = 64;
  /// Events of the simulator after which no other seeds are tried any more. What a run costs is
  /// measured in events, never in time, so that a Scenario shrinks to the same on any machine.
  std::uint64_t events = 12'000'000;
  /// Events of each search afresh, where single steps leave more than two clients or three faults.
  std::uint64_t events_afresh = 36'000'000;
  /// Events after which it ends, with what it has.
  std::uint64_t most_events = 200'000'000;
  std::atomic<bool>* interrupted = nullptr;
};

struct Shrunk {
  Scenario scenario;
  std::string property;
  std::string pattern;   // witness_pattern of the violation
  bool minimal = false;  // nothing that smaller_by_one takes away can go
  std::uint64_t runs = 0;
  std::uint64_t events = 0;
};

/// Nothing when the Scenario does not violate the property. Needs a Scenario that problems_of finds
/// nothing wrong with. Takes away, in this order and until nothing more can go: clients,
/// operations, faults (fewer, then shorter, then simpler), servers, the network's variation, and
/// digits of times. Where that leaves more than two clients or three faults, two faults become one
/// that does as much, and the same bug is hunted anew with less: at other moments, in other work,
/// over slower links. What is kept violates the same property by the same witness pattern, and the
/// promise that was broken is still one.
std::optional<Shrunk> shrink(const Scenario& scenario, const ShrinkOptions& options = {});

/// Every Scenario that lacks one fault, one client, or one operation of each client. None of them
/// is empty: one client stays, and one operation.
std::vector<Scenario> smaller_by_one(const Scenario& scenario);

}  // namespace lockstep
