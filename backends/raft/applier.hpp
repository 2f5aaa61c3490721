#pragma once
// Gives committed commands to the service's state machine, each proposal once: members may pass a
// proposal on more than once, and datagrams are doubled (dissertation, 6.3).

#include <map>
#include <optional>
#include <set>
#include <string>

#include "backends/raft/entry.hpp"
#include "backends/raft/state_machine.hpp"

namespace lockstep::raft {

class Applier {
 public:
  explicit Applier(StateMachine& machine) : machine_(machine) {}

  /// The reply of the command in `entry`; none when it is none, or was executed before.
  std::optional<Frame> apply(Index index, const Entry& entry);
  std::string snapshot() const;
  void restore(const std::string& state);

 private:
  /// What was executed of one member's proposals: those of its latest life. A life that follows
  /// another proposes nothing of the earlier one.
  struct Executed {
    std::uint64_t boot = 0;
    std::uint64_t all_up_to = 0;
    std::set<std::uint64_t> beyond;

    bool add(const ProposalId& id);
    template <class Archive>
    void serialize(Archive& archive) {
      archive(boot, all_up_to, beyond);
    }
  };

  StateMachine& machine_;
  std::map<ServerId, Executed> executed_;
};

}  // namespace lockstep::raft
