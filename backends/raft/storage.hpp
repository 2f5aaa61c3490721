#pragma once
// A member's disk: a file of records that is written at its end, and a snapshot.

#include <string>

#include "backends/raft/consensus.hpp"
#include "core/env.hpp"
#include "core/result.hpp"

namespace lockstep::raft {

/// Each record stands behind its length and its check sum; a later one counts more than an earlier
/// one. What a crash tore off, at the end, was never relied upon, and is cut off.
class Storage {
 public:
  explicit Storage(Env& env) : env_(env) {}

  /// What is there. Draws an identity on an empty disk, counts this start, and returns once all of
  /// that would survive the loss of power.
  Task<Result<Saved>> load();
  Task<Result<void>> write(Save save);

 private:
  Task<Result<void>> write_snapshot(Snapshot snapshot);

  Env& env_;
  ServerId self_;
  std::uint64_t boot_ = 0;
};

}  // namespace lockstep::raft
