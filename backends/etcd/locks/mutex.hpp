#pragma once
// A lock on etcd's concurrency recipes: a key in line, under a session's lease.

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "backends/etcd/locks/entry.hpp"
#include "backends/etcd/session.hpp"
#include "core/lock.hpp"

namespace lockstep::etcd {

/// What the siblings of the right recipe do otherwise.
struct MutexRules {
  bool checks_own_key = true;       // after the wait: is there still a key of ours?
  bool guards_release = true;       // deletes the key only if it is still that of this hold
  bool campaigns = false;           // Election.Campaign: never a first look at the line
  bool follows_done = false;        // stops at Session.Done
  bool shares_session = false;      // all clients use one lease
  bool random_key = false;          // a new name for each attempt (before etcd#5199)
  bool waits_at_revision = false;   // looks at the line as it was before its own key came
  bool cancelled_yet_held = false;  // etcd#10111
  bool serializable = false;        // looks at the line through its member's own state
};

class Mutex : public Lock {
 public:
  Mutex(Env& env, LockOptions options, MutexRules rules);

  Task<Result<Lease>> acquire(std::string name, Duration patience) override;
  Task<Result<void>> release(Lease lease) override;
  bool still_held(const Lease& lease) const override;
  Task<Result<StoredValue>> guarded_read(Lease lease, std::string resource) override;
  Task<Result<StoredValue>> guarded_write(Lease lease, std::string resource,
                                          std::int64_t value) override;
  Task<Result<void>> guarded_write_all(std::vector<GuardedWrite> writes) override;

 private:
  /// A key of ours that stands in line.
  struct Place {
    std::string lock;
    std::string who;
    Revision created = 0;
    bool first = false;  // nobody stands before it
  };

  Task<Result<void>> open_session();
  Task<Result<Lease>> attempt(std::string name, SteadyTime give_up);
  Task<Result<Place>> stand_in_line(std::string name);
  Task<Result<void>> wait_turn(Place place, SteadyTime give_up);
  Task<Result<void>> wait_for_all_before(Place place, SteadyTime give_up);
  Task<Result<void>> check_own_key(Place place);
  Task<bool> withdraw();
  Request request_of(const Place& place) const;
  void drop_session();
  Lease lease_of(const Place& place);
  std::string new_name();

  Env& env_;
  const MutexRules rules_;
  const Duration ttl_;
  const std::int64_t permits_;
  std::shared_ptr<Client> client_;
  std::shared_ptr<Session> session_;
  std::string who_;                // the name of the key of the latest attempt
  std::optional<Place> standing_;  // once it is known to be there
};

template <const MutexRules& rules>
std::unique_ptr<Lock> make_mutex(Env& client, LockOptions options) {
  return std::make_unique<Mutex>(client, std::move(options), rules);
}

}  // namespace lockstep::etcd
