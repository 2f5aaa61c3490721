#pragma once
// Who knows when leases end: the leader of a term. Renewals are not in the log, so a new leader
// gives every lease its whole time again, and an election timeout more (etcd, server/lease/lessor).

#include <map>
#include <optional>
#include <set>

#include "backends/etcd/machine.hpp"
#include "backends/raft/member.hpp"
#include "core/env.hpp"
#include "core/settings.hpp"

namespace lockstep::etcd {

struct LessorOptions {
  LessorOptions() = default;

  Duration election_timeout{};
  Duration check_every{};       // how often it looks for leases that ran out; 500 ms in etcd
  Duration checkpoint_every{};  // how often it tells what is left of long leases; zero: never
  Duration floor{};             // no lease is shorter
  Duration unit{};              // leases last whole units
  Duration patience{};          // of a proposal
  bool wall_heap = false;       // leases are ordered by the wall clock (etcd#12291)
  /// A deposed leader's lessor goes on for `deposed_after`: it answers renewals and proposes to
  /// revoke what the new leader's clients renew elsewhere (etcd#12528, #15247).
  bool outlives_leader = false;
  Duration deposed_after{};
};
LessorOptions lessor_options(const Settings& settings, Duration lease, Duration election_timeout);
/// What `lessor_options` reads.
std::vector<Parameter> lessor_parameters();

class Lessor {
 public:
  Lessor(Env& env, raft::Member& member, Machine& machine, LessorOptions options);

  /// Takes over whenever this member leads, and proposes to revoke what ran out. Spawn it.
  Task<void> run();

  /// It decides about leases now: this member leads, as far as the lessor knows.
  bool primary() const;
  /// The lease's time begins again. Gives it; none: there is no such lease, or it has run out.
  std::optional<Duration> renew(LeaseId id);
  /// It has run out, and is on its way out of the store.
  bool running_out(LeaseId id) const;
  /// None: there is no such lease.
  std::optional<Duration> left(LeaseId id) const;
  /// What a lease lasts that was asked for so many milliseconds.
  std::int64_t granted_ms(std::int64_t asked_ms) const;

  const LessorOptions& options() const { return options_; }

 private:
  struct Clock {
    SteadyTime ends{};
    WallTime heap_at{};  // where the wall clock orders them
  };

  void promote();
  void start(LeaseId id, Duration length);
  bool deposed();
  bool ran_out(Clock& clock);
  void revoke_what_ran_out();
  Task<void> revoke(LeaseId id, raft::Term term);
  Task<void> checkpoint(LeaseId id, Duration left);
  void checkpoint_all();

  Env& env_;
  raft::Member& member_;
  Machine& machine_;
  const LessorOptions options_;
  bool promoted_ = false;
  raft::Term term_ = 0;
  std::optional<SteadyTime> deposed_at_;
  SteadyTime checkpoint_at_{};
  std::map<LeaseId, Clock> clocks_;
  std::set<LeaseId> revoking_;
};

}  // namespace lockstep::etcd
