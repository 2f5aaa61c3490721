#pragma once
// A lock whose lease a task beside its holder renews, every third of it, until the release.

#include <memory>
#include <optional>
#include <string>

#include "backends/redis/locks/polling.hpp"
#include "backends/redis/locks/set_px.hpp"

namespace lockstep::redis {

/// How a renewal is sent and what is made of its answer.
struct RenewalRules {
  std::string_view script = compare_and_extend;  // KEYS: lock. ARGV: owner, lease in ms
  bool tells = false;     // an answer of 0 reaches the application, not only a log
  bool deadline = false;  // the application stops when renewals stayed away for a lease
  bool gives_up = false;  // a renewal without an answer is the last one
};

/// One hold as the lock and the task that renews it share it: it outlives whichever goes first.
struct Renewal {
  Renewal(Env& env, const LockOptions& options)
      : settings(options.settings), client(env, endpoint_of(options), client_options(settings)) {}

  Settings settings;
  Client client;  // its own connection: a renewal must not wait for another command's answer
  RenewalRules rules;
  std::string lock;
  std::string owner;
  std::optional<SteadyTime> until;  // by the rules with a deadline alone
  bool stopped = false;
  bool lost = false;
};

/// Renews until stopped or lost. Marks "renewing" before and "renewed" after each renewal.
Task<void> renew(Env& env, std::shared_ptr<Renewal> hold);

/// SET NX PX with a watchdog; the rules say what becomes of bad news.
class WatchdogLock : public SetPxLock {
 public:
  WatchdogLock(Env& env, LockOptions options, RenewalRules rules = {});

  Task<Result<void>> release(Lease lease) override;
  bool still_held(const Lease& lease) const override;

 protected:
  Task<Result<Lease>> attempt(std::string name, std::string owner) override;

  LockOptions options_;
  RenewalRules rules_;
  std::shared_ptr<Renewal> hold_;
};

}  // namespace lockstep::redis
