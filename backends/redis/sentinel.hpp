#pragma once
// Sentinels: they watch masters and replicas, agree that a master is down, elect one of themselves,
// and that one promotes the best replica. Redis documentation, "High availability with Sentinel".
//
// As there: a master is down for one Sentinel after it was silent for `down_after`, and for all
// when `sentinel_quorum` say so; a majority of all Sentinels must vote for the one that fails over,
// each once per epoch; the configuration with the highest epoch wins in the end. Differently: they
// know each other from the start and tell each other what they know themselves, not through the
// channels of the servers; and an INFO is their PING as well.

#include <cstdint>
#include <string>
#include <vector>

#include "backends/redis/client.hpp"
#include "backends/redis/deployment.hpp"
#include "core/lock.hpp"

namespace lockstep::redis {

/// A master or replica as one Sentinel sees it.
struct WatchedServer {
  WatchedServer(Env& env, NodeId server, ClientOptions options)
      : node(server), client(env, server, options) {}

  NodeId node;
  Client client;
  SteadyTime heard{};  // when it last answered
  bool known = false;  // it has ever answered; what follows is what it said then
  bool is_master = false;
  NodeId follows = no_node;
  std::int64_t offset = 0;
  SteadyTime right_at{};  // when it last had the role that it should have
};

/// Another Sentinel.
struct PeerSentinel {
  PeerSentinel(Env& env, NodeId sentinel, ClientOptions options)
      : node(sentinel), client(env, sentinel, options) {}

  NodeId node;
  Client client;
};

/// One master with its replicas.
struct WatchedGroup {
  NodeId master{};                 // by the newest configuration we know of
  std::uint64_t config_epoch = 0;  // of that configuration
  std::uint64_t voted_epoch = 0;   // the last in which we voted, and for whom
  NodeId voted_for = no_node;
  std::vector<WatchedServer> servers{};
  std::vector<SteadyTime> called_down{};  // when each other Sentinel last said that it is
  SteadyTime no_failover_before{};
};

/// Runs a Sentinel node of a deployment.
Task<void> serve_sentinel(Env& env, ServerOptions options);

class Sentinel {
 public:
  Sentinel(Env& env, const ServerOptions& options);

  Env& env() { return env_; }
  /// What an earlier life had promised.
  Task<void> load();
  Reply execute(const Words& words);
  /// True after a command that made a promise, which must be on disk before it is answered.
  bool unsaved() const { return saved_ != promises(); }
  Task<void> save();

  std::size_t groups() const { return groups_.size(); }
  std::size_t servers(std::size_t group) const { return groups_[group].servers.size(); }
  std::size_t peers() const { return peers_.size(); }

  // For as long as it lives, side by side
  Task<void> watch(std::size_t group, std::size_t server);
  Task<void> greet(std::size_t peer);
  Task<void> guard(std::size_t group);

 private:
  Reply tell_master(const std::string& name) const;
  Reply vote(const Words& words);
  void hear(const Words& words);
  Words greeting() const;
  Task<void> greet_once(std::size_t peer);
  void note_role(WatchedServer& server, const Reply& info);

  bool down(const WatchedServer& server) const;
  bool master_down(std::size_t group) const;
  bool agreed_down(std::size_t group) const;
  Task<void> correct_roles(std::size_t group);
  Task<bool> turn(WatchedServer& server, NodeId master);
  Task<void> fail_over(std::size_t group);
  Task<bool> announce(std::size_t peer);
  Task<bool> win_election(std::size_t group, std::uint64_t epoch);
  Task<std::int64_t> ask_for_vote(std::size_t peer, std::size_t group, std::uint64_t epoch);
  WatchedServer* best_replica(std::size_t group);

  std::string promises() const;
  std::size_t place_of(NodeId sentinel) const;

  Env& env_;
  Deployment deployment_;
  Duration down_after_;
  Duration failover_timeout_;
  Duration period_;  // between two looks at anything
  std::int64_t quorum_;
  std::uint64_t epoch_ = 0;  // the newest that anybody has mentioned
  std::vector<WatchedGroup> groups_;
  std::vector<PeerSentinel> peers_;
  std::string saved_;
};

}  // namespace lockstep::redis
