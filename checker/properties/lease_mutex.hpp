#pragma once
// The calls of a lock's clients against a mutex with owners whose leases expire:
//
//   state    free, or the owner that holds it; free at first
//   acquire  possible when free; then held by the owner
//   release  possible when held by the same owner; then free
//   expiry   at the instant at which the service ended that owner's lease; free if it was the
//            holder's, else nothing happens

#include <cstdint>
#include <string>

#include "checker/operation.hpp"
#include "core/record.hpp"
#include "core/verdict.hpp"

namespace lockstep {

/// Tries the one order that nearly always fits, without a search: each acquire at its return, each
/// release at its call (shortening a hold never hurts anyone), each expiry at its instant, and no
/// acquire that never returned. True: it fits. False: some other order still may.
bool fits_at_a_glance(const Record& record);

struct LeaseFinding {
  Status status = Status::holds;
  std::string lock{};  // the first whose calls do not fit, or that took too long
  /// violated: the first operation whose return no order explains, and whose acquire holds the
  /// lock after all that can be ordered before it (null: nobody's).
  const Operation* stuck = nullptr;
  const Operation* holder = nullptr;
  std::uint64_t steps = 0;
};

/// Searches all orders, lock by lock. What clients cannot know is taken from the service's log:
/// when leases expired, and what an acquire was granted of which nobody heard again. A release
/// that was told "lost" may have been the very one that ended the grant (it was sent again after
/// its answer went missing), so it counts as indeterminate. A grant that the service lost before
/// its time may still expire, `lease` after it was granted or renewed (zero: never).
LeaseFinding search_leases(const Record& record, const Operations& operations, Duration lease,
                           std::uint64_t most_steps);

}  // namespace lockstep
