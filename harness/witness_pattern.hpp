#pragma once
// What sort of violation a violation is: two with the same pattern are the same bug, met twice.

#include <string>
#include <string_view>

#include "core/outcome.hpp"

namespace lockstep {

/// The property, and the kinds of steps of its witness up to the violation, in the order of time,
/// without names, numbers and times: "belief-exclusion: pause>expiry>grant>belief". Of two holds
/// that met, the steps are
///   pause, crash, power-loss  the first holder was out of action as its grant ended
///   expiry, early-expiry (sooner than the lease), eviction, loss (of the server's memory),
///   release (its own), foreign-release  how its grant ended; none: it had not
///   grant   the service granted the lock to the second
///   belief  the first believed still as the second began to
///   write   an effect of the first was accepted after that
/// Other witnesses are told by the sorts of their pieces of evidence.
std::string witness_pattern(const Outcome& outcome, const Verdict& verdict);

/// The verdict of that property when it was violated, else null.
const Verdict* violation_of(const Outcome& outcome, std::string_view property);

/// The first violation in the order of time, of promised properties if there is one, else of any;
/// null when nothing was violated.
const Verdict* first_violation_of(const Outcome& outcome);

}  // namespace lockstep
