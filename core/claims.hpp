#pragma once
// What a lock promises, so that it is held to its own word and to no other.

#include <cstdint>
#include <string>

namespace lockstep {

struct Claims {
  bool exclusion = true;       // no two clients believe at once (P1), while its assumptions hold
  bool checks_lease = false;   // tells its client when to stop (Lease::until or Lock::still_held)
  bool ordered_token = false;  // Lease::token rises with each grant (P4)
  bool fifo = false;           // grants in the order of asking (P8)
  bool guarded_store = false;  // guarded_read and guarded_write work (RP4)
  bool transactional = false;  // all happens at the release or never: a hold cut short never was
  bool expires = true;         // a dead holder's grant ends by itself
  bool knows_owners = true;    // the service can say whose a grant is
  bool readers = false;        // acquire_shared works
  std::int64_t permits = 1;    // how many may hold at once
};

/// In words, for a person: "no two hold it at once; tells its client when to stop".
std::string told(const Claims& claims);

}  // namespace lockstep
