#pragma once
// A lock of the Raft lock service: a place in a line, under a session of its own.

#include <memory>
#include <string>

#include "backends/raft/service/client_session.hpp"
#include "core/lock.hpp"

namespace lockstep::raft {

class RaftLock final : public Lock {
 public:
  RaftLock(Env& env, LockOptions options, service::ClientRules rules);

  Task<Result<Lease>> acquire(std::string name, Duration patience) override;
  Task<Result<void>> release(Lease lease) override;
  bool still_held(const Lease& lease) const override;

 private:
  /// Ends in `lost` when the session ended under it, and a new one may do better.
  Task<Result<Lease>> attempt(std::string name, SteadyTime give_up);
  Task<Result<service::Reply>> wait_in_line(std::string name, std::uint64_t place,
                                            SteadyTime give_up);
  /// Leaves nothing of ours behind, or nothing that lasts longer than the session.
  Task<Result<Lease>> give_up_on(std::string name, std::uint64_t place);
  Task<Result<void>> ready_session(SteadyTime give_up);
  Lease hold(std::string name, std::uint64_t place, std::uint64_t token);

  Env& env_;
  LockOptions options_;
  service::ClientRules rules_;
  std::shared_ptr<service::ClientSession> session_;
  std::string owner_;  // of the hold under way; empty: none
};

/// Backend::connect of the locks whose clients do all as they should.
std::unique_ptr<Lock> connect_raft_lock(Env& client, LockOptions options);

}  // namespace lockstep::raft
