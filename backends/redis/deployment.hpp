#pragma once
// Which nodes of a deployment are masters, replicas and sentinels, and how they name each other.
//
// Nodes come in this order: the masters, the replicas of the first master, those of the second and
// so on, the sentinels, which watch over all masters.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/lock.hpp"

namespace lockstep::redis {

inline constexpr std::int64_t default_port = 6379;

/// "10.0.0.1" for the first node of the world.
std::string address_of(NodeId node);
/// The node of an address; nothing when the text is none.
std::optional<NodeId> node_at(const std::string& address);
/// By which name sentinels know a master, the `group`-th of the deployment: "mymaster-1".
std::string master_name(std::size_t group);

class Deployment {
 public:
  /// Reads "replicas" (of each master) and "sentinels", which are there iff there are replicas.
  Deployment(std::vector<NodeId> servers, const Settings& settings);

  /// How many masters there are, each with its replicas.
  std::size_t groups() const { return groups_; }
  bool replicated() const { return replicas_ > 0; }
  bool is_sentinel(std::size_t server) const { return server >= servers_.size() - sentinels_; }
  /// The group of a server that is no sentinel.
  std::size_t group_of(std::size_t server) const {
    return server < groups_ ? server : (server - groups_) / replicas_;
  }
  /// The server that is the group's master when everything begins.
  NodeId first_master(std::size_t group) const { return servers_[group]; }
  /// That master and its replicas.
  std::vector<NodeId> members(std::size_t group) const;
  std::vector<NodeId> sentinels() const;

 private:
  std::vector<NodeId> servers_;
  std::size_t replicas_;
  std::size_t sentinels_;
  std::size_t groups_;
};

/// How many masters, replicas and sentinels a deployment has, by its settings.
struct NodeCounts {
  std::int64_t masters = 1;
  std::int64_t replicas = 0;  // of all masters together
  std::int64_t sentinels = 0;
};
NodeCounts node_counts(const Settings& settings, std::int64_t masters);

/// The names of all nodes: "redis-1" to "redis-N", then "sentinel-1" to "sentinel-M".
template <std::int64_t masters>
std::vector<std::string> server_names(const Settings& settings) {
  const NodeCounts counts = node_counts(settings, masters);
  std::vector<std::string> names;
  for (std::int64_t i = 1; i <= counts.masters + counts.replicas; ++i) {
    names.push_back("redis-" + std::to_string(i));
  }
  for (std::int64_t i = 1; i <= counts.sentinels; ++i) {
    names.push_back("sentinel-" + std::to_string(i));
  }
  return names;
}

/// The parameters that say how a deployment is replicated and watched.
std::vector<Parameter> deployment_parameters();

}  // namespace lockstep::redis
