#pragma once
// Asynchronous replication between servers: a master streams what its commands changed to those
// that follow it, and waits for nobody. Redis documentation, "Replication".
//
// Whoever begins to follow takes a whole copy first; what it had before is gone. (Real replicas may
// go on where they were after a short absence: that saves work and ends in the same state.)

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "backends/redis/database.hpp"
#include "backends/redis/storage.hpp"
#include "core/env.hpp"
#include "core/signal.hpp"

namespace lockstep::redis {

/// One server's part in it, as master or as replica; REPLICAOF changes which.
class Replication {
 public:
  Replication(Env& env, Database& database, Storage& storage)
      : env_(env), database_(database), storage_(storage) {}

  /// Whom to follow at first, if anybody; what an earlier life was told last, and has on disk,
  /// goes before. To be awaited before anything is loaded.
  Task<void> begin(std::optional<NodeId> master);
  /// Follows whom it must, for as long as the server lives.
  Task<void> run();
  /// True after a command that changed whom to follow: await `settle_role` then.
  bool role_changed() const { return database_.replication().turns != settled_turns_; }
  Task<void> settle_role();

  // As master

  /// Sends what a command, or the server by itself, has changed to all replicas.
  void feed(const std::string& bytes);
  /// Serves a replica's connection, from its PSYNC on, until it ends.
  Task<void> serve(Connection& replica, std::uint64_t session);
  /// How many replicas have received the stream up to `upto`: told once they are `wanted`, or
  /// after `ms` (0: for ever).
  Task<std::int64_t> wait(std::int64_t upto, std::int64_t wanted, std::int64_t ms);

 private:
  Task<bool> until_received(std::int64_t upto, std::int64_t wanted);
  void acknowledged(Connection& replica, std::uint64_t session, std::int64_t upto);
  void detach(std::uint64_t session);
  Task<bool> until_turned(std::uint64_t turns);
  Task<bool> follow(NodeId master);
  Task<void> follow_over(Connection& master);
  Task<bool> take_copy(Connection& master);
  Task<void> take_changes(std::string bytes);
  void acknowledge(Connection& master);
  std::int64_t now_us() const;
  ReplicationState& state() { return database_.replication(); }

  Env& env_;
  Database& database_;
  Storage& storage_;
  std::uint64_t settled_turns_ = 0;
  std::map<std::uint64_t, Connection*> links_;  // to replicas, by session
  Signal news_;                                 // an acknowledgement came
  Signal turned_;
};

}  // namespace lockstep::redis
