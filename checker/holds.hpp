#pragma once
// Who certainly holds a lock, and from when to when, whatever the order was.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "checker/operation.hpp"

namespace lockstep {

/// Between the return of an acquire and the call of the release that follows it, its owner holds
/// the lock in every linearization ("core" in docs/verdicts.md): places of the history, ends not
/// included.
struct CertainHold {
  std::string owner;
  std::size_t acquire = 0;  // index of the operation
  std::uint64_t from = 0;
  std::uint64_t to = forever;
  std::optional<std::size_t> release{};  // the operation whose call ends it
};

/// The holds of one lock, in the order of `from`. An owner's hold is left out, or cut short, where
/// an indeterminate release of its own may have ended it.
std::vector<CertainHold> certain_holds(const Operations& operations,
                                       std::span<const std::size_t> of_key);

/// The largest set of holds by different owners that are in force at one place of the history, the
/// earliest of its size; empty when no two ever are.
std::vector<CertainHold> held_at_once(std::span<const CertainHold> holds);

/// All operations of a key, or, where these are very many and there are suspects, those of the
/// owners of these.
std::vector<std::size_t> few_enough(const Operations& operations,
                                    std::span<const std::size_t> of_key,
                                    std::span<const std::size_t> suspects);

/// Op::owner where the history names one, else the process.
std::string owner_of(const Operation& operation);

}  // namespace lockstep
