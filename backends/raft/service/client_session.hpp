#pragma once
// A session with the lock service as its client keeps it: numbered commands, keep-alives, and a
// local lease that ends before the service can end the session.

#include <memory>
#include <string>

#include "backends/raft/leader_client.hpp"
#include "backends/raft/service/messages.hpp"
#include "core/lock.hpp"

namespace lockstep::raft::service {

/// What wrong siblings do otherwise.
struct ClientRules {
  bool local_lease = true;       // stops by its own clock; else once it is told
  bool numbers_commands = true;  // a command that is sent again keeps its number
  bool wall_timer = false;       // the timer of keep-alives runs by the wall clock
};

/// The part of a lease on which its holder may count, when clocks may drift as far as the setting
/// "drift_allowance" (millionths) says.
Duration conservative(Duration length, const Settings& settings);

class ClientSession {
 public:
  ClientSession(Env& env, const LockOptions& options, ClientRules rules);

  /// Opens it at the service. Ends in `refused` when that did not come to pass until `give_up`.
  Task<Result<void>> open(SteadyTime give_up);
  /// Gives the session a command, again and again until it is answered, or `give_up`: then ends in
  /// `timeout` when it may have been executed, else in `refused`.
  Task<Result<Reply>> command(Request request, SteadyTime give_up);
  /// Asks once for what changes nothing; the service may take so long for the answer.
  Task<Result<Reply>> ask(Request request, SteadyTime give_up, Duration held_back = {});

  /// As far as its client can tell.
  bool live() const;
  /// The number of the last command.
  std::uint64_t serial() const { return serial_; }
  SessionId id() const { return id_; }
  Duration length() const { return length_; }
  Duration pause() const;
  /// Until when its client may count on it.
  SteadyTime until() const { return until_; }
  /// The latest moment at which an answer to a command is of use.
  SteadyTime last_call() const;
  /// From now on the record hears how long that lock is believed in; a null name: none is.
  void hold(std::string lock, std::string owner);
  void let_go() { lock_.clear(); }
  /// Keeps it alive no longer: the service will end it.
  void abandon() { lost_ = true; }

  friend Task<void> keep_alive(std::shared_ptr<ClientSession> session);

 private:
  Deadline next_keep_alive(Duration period) const;
  /// Takes an answer to a keep-alive that was sent at `sent`.
  void renew(SteadyTime sent);
  void lose();

  Env& env_;
  Settings settings_;
  ClientRules rules_;
  Duration length_;
  LeaderClient calls_;
  SessionId id_ = 0;
  std::uint64_t serial_ = 0;
  SteadyTime until_{};
  bool lost_ = false;
  std::string lock_;  // held under it, for the record
  std::string owner_;
};

/// Keeps it alive, every third of its length, until it is lost. Marks "renewing" before and
/// "renewed" after each time. Spawn it.
Task<void> keep_alive(std::shared_ptr<ClientSession> session);

}  // namespace lockstep::raft::service
