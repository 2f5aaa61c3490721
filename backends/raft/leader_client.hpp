#pragma once
// A client of a group of servers that finds the one that leads and follows it from one to the next.

#include <string>
#include <vector>

#include "core/env.hpp"
#include "core/result.hpp"
#include "core/settings.hpp"

namespace lockstep::raft {

/// The answer of a member that does not lead. Nothing was done.
struct NotLeader {
  NodeId leader = no_node;  // whom it takes for the leader

  void fold(Digest& digest) const { digest.fold(std::uint64_t{index_of(leader)}); }
  std::string describe() const;
};

struct LeaderClientOptions {
  Duration connect_timeout = 1s;
  Duration request_timeout = 1s;  // zero: for ever
  Duration pause = 10ms;          // between two tries that found no leader
};
/// From "connect_timeout" and "request_timeout"; `lease`: the service's time scale.
LeaderClientOptions leader_client_options(const Settings& settings, Duration lease);

class LeaderClient {
 public:
  LeaderClient(Env& env, std::vector<NodeId> servers, LeaderClientOptions options)
      : env_(env), servers_(std::move(servers)), options_(options), idle_(servers_.size()) {}

  /// Sends a request to whom it takes for the leader and gives the answer. Where it certainly was
  /// not executed (nobody listens, or a member that does not lead) it asks the next one, until
  /// `give_up`: then it ends in `refused`. In `timeout` or `disconnected` once it may have been.
  /// `held_back`: how long the server may keep the answer to itself. Calls may be made side by
  /// side.
  Task<Result<Frame>> call(Frame request, SteadyTime give_up, Duration held_back = {});

 private:
  Task<Result<Frame>> attempt(Frame request, std::size_t server, Duration held_back);
  Task<Result<ConnectionPtr>> take_connection(std::size_t server);
  /// Takes another one for the leader: the one that `answer` names, or whoever is next. True when
  /// it was told whom.
  bool follow(std::size_t asked, const NotLeader* answer);

  Env& env_;
  std::vector<NodeId> servers_;
  LeaderClientOptions options_;
  std::vector<std::vector<ConnectionPtr>> idle_;  // of each server
  std::size_t leader_ = 0;                        // whom it takes for it
};

}  // namespace lockstep::raft
