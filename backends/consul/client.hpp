#pragma once
// A client library for Consul: requests to the leader, and a session that a task renews.

#include <memory>
#include <string>

#include "backends/consul/messages.hpp"
#include "backends/raft/leader_client.hpp"
#include "core/lock.hpp"

namespace lockstep::consul {

class Client {
 public:
  Client(Env& env, const LockOptions& options);

  /// One request. Ends in `refused` when no leader was found until `give_up`: nothing happened; in
  /// an indefinite error, or with Status::unknown, when it may have.
  Task<Result<Reply>> call(Request request, SteadyTime give_up);
  /// A consistent read of one key, held back for at most `wait` while its index is `seen`. HTTP has
  /// no timeout of its own: with `wait` it lasts until an answer comes or the connection ends.
  Task<Result<Reply>> get(std::string key, std::uint64_t seen, Duration wait, SteadyTime give_up);

 private:
  raft::LeaderClient calls_;
  raft::LeaderClient queries_;  // without a timeout
};

Request transaction(std::vector<Operation> operations);
Operation operation(Verb verb, std::string key, SessionId session, std::string value = {});

/// A session, as the handle and the task that renews it share it.
struct HeldSession {
  Env& env;
  Duration length;  // the silence that the service bears
  std::shared_ptr<Client> client;
  SessionId id = 0;
  bool over = false;  // nobody renews it any more
};

/// Renews a session every half of its TTL, which is half of the silence that the service bears;
/// gives up when the service knows no such session, or no renewal has succeeded for a TTL.
/// Marks "renewing" before and "renewed" after each time. Spawn it.
Task<void> renew_periodically(std::shared_ptr<HeldSession> session);

/// Ends a session, which nobody renews from now on. False: no answer came within its TTL, and it
/// ends by itself. As api.Session.RenewPeriodic when it is told to stop (hashicorp/consul).
Task<bool> destroy(std::shared_ptr<HeldSession> session);

}  // namespace lockstep::consul
