#pragma once
// What a property is judged on.

#include "core/claims.hpp"
#include "core/record.hpp"
#include "core/scenario.hpp"

namespace lockstep {

/// One finished run, with what its lock had promised. A view: all of it must outlive the judging.
struct Case {
  const Scenario& scenario;
  const Record& record;
  Claims claims;
  /// After Record::healed_at some waiting client must acquire within this (property P7's B).
  Duration liveness_bound{};
  /// How many locks a client holds at once in a critical section of this workload.
  std::int64_t locks_at_once = 1;
};

}  // namespace lockstep
