#pragma once
// How long a client may trust a lease that the server measures with another clock.

#include "core/settings.hpp"

namespace lockstep::redis {

/// The lease less the drift allowance and the rounding of the server's clock, which counts whole
/// milliseconds. It counts from before the request was sent.
inline Duration validity(const Settings& settings) {
  const Duration lease = settings.duration("lease");
  return lease - lease / 1'000'000 * settings.number("drift_allowance") - Duration(2ms);
}

}  // namespace lockstep::redis
