#pragma once
// What an operation asks of a lock, as the models and the monitors of checker/ compare it.

#include <cstdint>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "checker/operation.hpp"
#include "checker/symbols.hpp"

namespace lockstep {

struct LockInput {
  std::uint64_t token = 0;  // acquire: the fencing token; 0 where the caller never learned it
  std::uint32_t owner = 0;
  bool acquire = false;
  bool shared = false;  // acquire: as a reader
  friend bool operator==(const LockInput&, const LockInput&) = default;
};

/// Nobody's number among owners.
constexpr std::uint32_t nobody = ~std::uint32_t{0};

/// Reads acquire and release. The owner is the operation's, or the process where the history names
/// none. The error says what `model` has instead.
tl::expected<LockInput, std::string> read_lock_input(const Operation& operation, Symbols& symbols,
                                                     std::string_view model);

/// "free", "held by client-1", "held by client-1, twice".
std::string describe_holder(std::uint32_t holder, std::uint32_t count, const Symbols& symbols);

}  // namespace lockstep
