#pragma once
// One member of a group of servers that agree on a log, by Raft: D. Ongaro, "Consensus: Bridging
// Theory and Practice" (2014), chapters 3, 4, 5 and 6.

#include <memory>
#include <string>
#include <vector>

#include "backends/raft/mistakes.hpp"
#include "backends/raft/state_machine.hpp"
#include "core/env.hpp"
#include "core/lock.hpp"
#include "core/result.hpp"
#include "core/settings.hpp"
#include "core/signal.hpp"

namespace lockstep::raft {

class Consensus;

/// What every lock on a replicated service appends to its own parameters: "election_timeout" and
/// "heartbeat" (0: from the lease, see member_options), "snapshot_every", "servers".
std::vector<Parameter> member_parameters(std::int64_t servers = 3);
/// "<product>-1" to "<product>-<servers>".
std::vector<std::string> member_names(std::string_view product, const Settings& settings);

struct MemberOptions {
  MemberOptions() = default;

  std::vector<NodeId> servers;     // those that the group begins with
  std::size_t self = 0;            // the first of them stands for election at once on an empty disk
  Duration election_timeout = 1s;  // at least this long, and up to twice as long
  Duration heartbeat = 100ms;
  std::uint64_t snapshot_every = 1'000;  // entries between two snapshots
  std::size_t most_entries = 64;         // in one append
  Mistakes mistakes{};
};
/// `lease`: the service's time scale, of which an election timeout is a sixth (from 20 ms to 2 s)
/// where the settings do not say.
MemberOptions member_options(const ServerOptions& options, Duration lease, Mistakes mistakes = {});

class Member {
 public:
  /// `machine` and `env` outlive it.
  Member(Env& env, MemberOptions options, StateMachine& machine);
  ~Member();

  /// Reads the disk, then takes part for as long as the node lives: the node's datagrams are all
  /// its own. Spawn it.
  Task<void> run();

  /// Proposes a command and gives its reply once it is applied *here*. A member that does not lead
  /// passes it to whom it believes to. Ends in `refused` when certainly nobody took it (no leader
  /// is known), in `timeout` at `until`: then it may have been committed, or may yet be.
  Task<Result<Frame>> propose(std::string command, Deadline until);

  /// Returns once this member has applied all that was committed anywhere when it was called
  /// (read index; a follower asks its leader). Ends in `timeout`, or in `refused` when no leader is
  /// known: nothing was read.
  Task<Result<void>> read_barrier(Deadline until);

  /// Believes that it leads, and has applied an entry of its own term: its state is up to date
  /// unless it was deposed without knowing.
  bool leads() const;
  /// Whom it takes for the leader; no_node: it knows of none.
  NodeId leader() const;
  Term term() const;
  /// The index of the last entry applied here.
  Index applied() const;

  /// Notified after each batch of applied entries, and after each change of leader(), leads() and
  /// term(). Whoever waits runs within the member's own loop: it must not block it.
  Signal& changed();

  /// Adds or removes one server, as a leader; returns once the new membership is committed. Ends in
  /// `refused` where this member does not lead, or a change is under way.
  Task<Result<void>> add_server(NodeId server, Deadline until);
  Task<Result<void>> remove_server(NodeId server, Deadline until);
  /// The members as the latest configuration in the log here names them, committed or not.
  std::vector<NodeId> members() const;

  /// What it believes, for tests and for those who watch; null until the disk was read.
  const Consensus* consensus() const;

 private:
  class Core;
  std::unique_ptr<Core> core_;
};

}  // namespace lockstep::raft
