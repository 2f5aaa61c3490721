#pragma once
// A lock as Consul's own client library makes it: a key that is locked by a session.

#include <memory>
#include <optional>
#include <string>

#include "backends/consul/client.hpp"
#include "core/lock.hpp"

namespace lockstep::consul {

/// One hold, as the handle and the task that watches its key share it.
struct Hold {
  std::string lock;
  std::string owner;
  SessionId session = 0;
  bool over = false;  // released
  bool lost = false;  // told so
};

class ApiLock final : public Lock {
 public:
  ApiLock(Env& env, LockOptions options);

  Task<Result<Lease>> acquire(std::string name, Duration patience) override;
  Task<Result<void>> release(Lease lease) override;
  bool still_held(const Lease& lease) const override;
  Task<Result<StoredValue>> guarded_read(Lease lease, std::string resource) override;
  Task<Result<StoredValue>> guarded_write(Lease lease, std::string resource,
                                          std::int64_t value) override;

 private:
  Task<Result<void>> ready_session(SteadyTime give_up);
  /// One round: looks at the key, waits until it is free, asks for it. Nothing: again.
  Task<Result<std::optional<Entry>>> attempt(std::string key, SteadyTime give_up);
  Task<Result<void>> let_go(std::string key);
  Lease hold(std::string name, const Entry& entry);
  Task<Result<StoredValue>> guarded(Lease lease, Operation effect);

  Env& env_;
  LockOptions options_;
  Duration session_length_;
  Client client_;
  std::shared_ptr<Client> renewals_;
  std::uint64_t seen_ = 0;  // the key's index as it was last seen locked; 0: not yet
  std::shared_ptr<HeldSession> session_;
  std::shared_ptr<Hold> hold_;
};

}  // namespace lockstep::consul
