#pragma once
// A lock item in a DynamoDB table, as the Amazon DynamoDB Lock Client keeps it.

#include <memory>
#include <optional>
#include <string>

#include "backends/records/client.hpp"
#include "core/lock.hpp"

namespace lockstep::records {

/// What siblings do otherwise.
struct LockItemRules {
  bool checks_expiry = true;  // the application asks isExpired() before it acts
  bool holds_on_503 = false;  // holdLockOnServiceUnavailable
};

/// One hold, as the handle and the heartbeat share it: the client library's LockItem.
struct LockItem {
  LockItem(Env& environment, const LockOptions& options)
      : env(environment),
        settings(options.settings),
        client(environment, options.servers.front(), client_options(settings)) {}

  Env& env;
  Settings settings;
  Client client;
  LockItemRules rules;
  std::string lock;
  std::string owner;
  std::string version;   // the record version number (RVN), a GUID, as far as we know
  std::string sent;      // the one that an unanswered heartbeat may have put there
  SteadyTime until{};    // its lookup time plus the lease
  bool beating = false;  // a heartbeat is under way
  bool stopped = false;
  bool lost = false;
};

class DynamoDbLock final : public Lock {
 public:
  DynamoDbLock(Env& env, LockOptions options, LockItemRules rules);

  Task<Result<Lease>> acquire(std::string name, Duration patience) override;
  Task<Result<void>> release(Lease lease) override;
  bool still_held(const Lease& lease) const override;

 private:
  /// An item that another client holds, as it was first seen with this RVN.
  struct Seen {
    std::string version;
    SteadyTime at{};
    Duration lease{};
  };
  Task<Result<Lease>> attempt(std::string name);
  Lease hold(std::string name, std::string owner, SteadyTime sent);

  Env& env_;
  LockOptions options_;
  LockItemRules rules_;
  Duration lease_;
  Client client_;
  Seen seen_;
  std::shared_ptr<LockItem> item_;
};

}  // namespace lockstep::records
