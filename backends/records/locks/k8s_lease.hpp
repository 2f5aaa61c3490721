#pragma once
// Leader election on a Kubernetes Lease, as client-go does it.

#include <memory>
#include <optional>
#include <string>

#include "backends/records/client.hpp"
#include "core/lock.hpp"

namespace lockstep::records {

/// What siblings do otherwise.
struct ElectionRules {
  /// Candidates compare the record's renewTime with their wall clock.
  bool compares_renew_time = false;
  /// The holder's context is cancelled some time after the grant: the record is emptied at once,
  /// though the work goes on.
  bool releases_on_cancel = false;
};

/// One candidate for one Lease: what client-go keeps in a LeaderElector. It is shared by the lock's
/// handle and the tasks beside it.
class Elector {
 public:
  Elector(Env& env, const LockOptions& options, ElectionRules rules);

  /// The record is ours: its new version, and when we asked for it.
  struct Led {
    std::uint64_t version = 0;
    SteadyTime sent{};
  };
  enum class Wanted { whoever_had_it, only_if_ours };
  /// Reads the record and takes or renews it by compare-and-set. Ends in `held` when somebody else
  /// has it, or was quicker, and in `lost` when it was to be renewed and is not ours any more.
  Task<Result<Led>> try_acquire_or_renew(std::string name, Wanted wanted);
  /// Empties the record if it is ours.
  Task<Result<void>> give_up(std::string name);

  const std::string& identity() const { return identity_; }

  Env& env;
  const ElectionRules rules;
  const Duration lease;
  const Duration renew_deadline;
  const Duration retry_period;
  const bool watches_deadline;
  const Duration cancel_within;

 private:
  /// A record as it was first seen, and when.
  struct Observed {
    std::uint64_t version = 0;
    SteadyTime at{};
  };
  void observe(const Record& record);
  bool still_valid(const Record& record) const;
  Request update_of(const std::string& name, const Record& current) const;

  const bool own_duration_;
  const std::string identity_;
  Client client_;
  Observed observed_;
};

/// One hold, as the handle and the task that renews it share it.
struct Leadership {
  std::string name;
  std::optional<SteadyTime> until;
  bool stopped = false;
  bool lost = false;
};

class K8sLease final : public Lock {
 public:
  K8sLease(Env& env, LockOptions options, ElectionRules rules)
      : elector_(std::make_shared<Elector>(env, options, rules)) {}

  Task<Result<Lease>> acquire(std::string name, Duration patience) override;
  Task<Result<void>> release(Lease lease) override;
  bool still_held(const Lease& lease) const override;

 private:
  Lease lead(std::string name, Elector::Led led);

  std::shared_ptr<Elector> elector_;
  std::shared_ptr<Leadership> leading_;
};

}  // namespace lockstep::records
