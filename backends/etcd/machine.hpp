#pragma once
// etcd's state machine: applies the log to the store, and tells the record what became of keys.
//
// A key "lock:<name>/<who>" stands in line for the lock <name>, in the order of the keys' create
// revisions, and is told as a line (backends/queue.hpp). Any other key is told with its value.

#include <functional>
#include <map>
#include <optional>
#include <string>

#include "backends/etcd/store.hpp"
#include "backends/raft/state_machine.hpp"
#include "core/env.hpp"

namespace lockstep::etcd {

/// The key under which `who` stands in line for a lock.
std::string line_key(const std::string& lock, const std::string& who);
/// Lease::owner and Contender::owner of such a key: "<who>@<create revision>".
std::string owner_of(const std::string& who, Revision created);

class Machine final : public raft::StateMachine {
 public:
  explicit Machine(Env& env) : env_(env) {}

  Frame apply(const raft::Committed& entry) override;
  std::string snapshot() const override;
  void restore(const std::string& snapshot) override;

  const Store& store() const { return store_; }
  /// Is told of each lease that is granted.
  std::function<void(LeaseId)> on_grant;

 private:
  Response execute(const Command& command, const raft::Committed& entry);
  void tell(const Command& command, raft::Index position);
  std::optional<std::string> line_of(const std::string& lock) const;

  Env& env_;
  Store store_;
  std::map<std::string, std::optional<std::string>> lines_;  // as they were told last
};

}  // namespace lockstep::etcd
