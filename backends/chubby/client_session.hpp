#pragma once
// A session with a Chubby cell as its client library keeps it: blocking KeepAlives, a local lease
// that is conservative, jeopardy and grace period, and a cache of files (Burrows, OSDI 2006, 2.8
// and 2.9).

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "backends/chubby/messages.hpp"
#include "backends/raft/leader_client.hpp"
#include "core/lock.hpp"

namespace lockstep::chubby {

class ClientSession {
 public:
  /// `heeds_lease`: stops when its local lease is over, until it is safe again; otherwise it goes
  /// on until it is told that the session has ended.
  ClientSession(Env& env, const LockOptions& options, bool heeds_lease);

  /// Opens it at the master. Ends in `refused` when that did not come to pass until `give_up`.
  Task<Result<void>> open(SteadyTime give_up);
  /// Sends a request that may be executed twice, again and again until it is answered, or
  /// `give_up`: then ends in `timeout` when it may have been executed, else in `refused`.
  Task<Result<Reply>> call(Request request, SteadyTime give_up);
  /// Asks once for what changes nothing; the master may keep the answer back so long.
  Task<Result<Reply>> ask(Request request, SteadyTime give_up, Duration held_back = {});
  /// The contents of a file: from the cache, if it is there and the lease is not over.
  Task<Result<std::string>> read(std::string file, SteadyTime give_up);

  SessionId id() const { return id_; }
  Duration length() const { return length_; }
  Duration pause() const;
  /// Its end is not known here. In jeopardy it may have come.
  bool open_still() const;
  /// It is certainly alive; or, with one that heeds no lease, nothing else is known.
  bool safe() const { return open_still() && (!heeds_lease_ || env_.steady_now() < until_); }
  SteadyTime until() const { return until_; }
  /// The end of the grace period, by then it is safe again or has expired.
  SteadyTime last_call() const { return until_ + grace_; }
  void hold(std::string lock, std::string owner);
  void let_go() { lock_.clear(); }
  /// Keeps it alive no longer: the master will end it.
  void abandon() { lost_ = true; }

  friend Task<void> keep_alive(std::shared_ptr<ClientSession> session);

 private:
  void renew(SteadyTime sent, const Reply& reply);
  void lose();

  Env& env_;
  Settings settings_;
  bool heeds_lease_;
  Duration length_;
  Duration grace_;
  raft::LeaderClient calls_;
  SessionId id_ = 0;
  SteadyTime until_{};
  bool lost_ = false;
  raft::Term epoch_ = 0;  // the master's that it knows
  std::map<std::string, std::string> cache_;
  std::uint64_t drops_ = 0;           // how often it was told to drop something
  std::uint64_t told_at_ = 0;         // the number that came with what it was to drop
  std::vector<std::string> dropped_;  // to be told with the next KeepAlive
  std::string lock_;                  // held under it, for the record
  std::string owner_;
};

/// Has a KeepAlive at the master at all times, until the session is lost. Marks "renewing" before
/// and "renewed" after each. Spawn it.
Task<void> keep_alive(std::shared_ptr<ClientSession> session);

}  // namespace lockstep::chubby
