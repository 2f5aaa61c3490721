// Redlock clients that leave something out, each in one rule.
//
// redlock-app-no-check: the application never looks at the validity it was told.
// redlock-no-validity: nobody looks: the library returns the lock however long it took to get
//   (node-redlock 5; node-redlock#296).
// redlock-wall: the time that an attempt took, and the validity, are measured on the wall clock,
//   which jumps (redlock-rb: Time.now; node-redlock: Date.now).
// redlock-no-drift: the validity is the whole lease less the time that the attempt took.
// redlock-no-release: a failed attempt leaves the keys that it got. Its next attempt meets them,
//   and they count against it (node-redlock 5; node-redlock#369).
// redlock-minority: two of five instances are enough.
//
// What they claim is what redlock claims. Source: lock-algorithms.md, A3. Fencing token: none.

#include "backends/redis/redlock/redlock.hpp"

namespace lockstep::redis {
namespace {

constexpr RedlockRules app_no_check{.tells_validity = false};
constexpr RedlockRules no_validity{.checks_elapsed = false, .tells_validity = false};
constexpr RedlockRules wall{.clock = ClockKind::wall};
constexpr RedlockRules no_drift{.allows_for_drift = false};
constexpr RedlockRules no_release{.takes_back = false};
constexpr RedlockRules minority{.quorum_is_majority = false};

}  // namespace
}  // namespace lockstep::redis

namespace lockstep {

Backend backends::redlock_app_no_check() {
  Backend lock = redis::redlock_entry({"redlock-app-no-check",
                                       "redlock whose application never stops by itself",
                                       "Kleppmann, How to do distributed locking (2016)"});
  lock.claims.checks_lease = false;
  lock.connect = redis::make_redlock<redis::app_no_check>;
  return lock;
}

Backend backends::redlock_no_validity() {
  Backend lock = redis::redlock_entry({"redlock-no-validity",
                                       "redlock that returns a lock which took too long to get",
                                       "node-redlock#296, #369"});
  lock.claims.checks_lease = false;
  lock.connect = redis::make_redlock<redis::no_validity>;
  return lock;
}

Backend backends::redlock_wall() {
  Backend lock = redis::redlock_entry(
      {"redlock-wall", "redlock with its validity on the wall clock", "redlock-rb; node-redlock"});
  lock.connect = redis::make_redlock<redis::wall>;
  return lock;
}

Backend backends::redlock_no_drift() {
  Backend lock =
      redis::redlock_entry({"redlock-no-drift", "redlock without an allowance for drifting clocks",
                            "Redis documentation, Distributed Locks (as a mistake)"});
  lock.connect = redis::make_redlock<redis::no_drift>;
  return lock;
}

Backend backends::redlock_no_release() {
  Backend lock = redis::redlock_entry(
      {"redlock-no-release", "redlock whose failed attempts leave their keys", "node-redlock#369"});
  lock.connect = redis::make_redlock<redis::no_release>;
  return lock;
}

Backend backends::redlock_minority() {
  Backend lock = redis::redlock_entry({"redlock-minority", "redlock with two of five instances",
                                       "lock-algorithms.md, counterexample 36"});
  lock.quorum = 2;
  lock.connect = redis::make_redlock<redis::minority>;
  return lock;
}

}  // namespace lockstep
