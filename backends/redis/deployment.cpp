// Addresses and places of the nodes.
#include "backends/redis/deployment.hpp"

#include <algorithm>
#include <charconv>

namespace lockstep::redis {
namespace {

constexpr std::string_view network = "10.0.";

std::size_t count(const Settings& settings, std::string_view name) {
  return static_cast<std::size_t>(std::max<std::int64_t>(settings.number(name), 0));
}

}  // namespace

std::string address_of(NodeId node) {
  const std::uint32_t number = index_of(node) + 1;
  return std::string(network) + std::to_string(number / 256) + "." + std::to_string(number % 256);
}

std::optional<NodeId> node_at(const std::string& address) {
  if (!address.starts_with(network)) return std::nullopt;
  const char* const end = address.data() + address.size();
  std::uint32_t high = 0;
  std::uint32_t low = 0;
  const auto first = std::from_chars(address.data() + network.size(), end, high);
  if (first.ec != std::errc() || first.ptr == end || *first.ptr != '.') return std::nullopt;
  const auto second = std::from_chars(first.ptr + 1, end, low);
  const std::uint32_t number = high * 256 + low;
  if (second.ec != std::errc() || second.ptr != end || number == 0) return std::nullopt;
  return NodeId{number - 1};
}

std::string master_name(std::size_t group) {
  return "mymaster-" + std::to_string(group + 1);
}

Deployment::Deployment(std::vector<NodeId> servers, const Settings& settings)
    : servers_(std::move(servers)),
      replicas_(count(settings, "replicas")),
      sentinels_(replicas_ > 0 ? count(settings, "sentinels") : 0),
      groups_((servers_.size() - sentinels_) / (replicas_ + 1)) {}

std::vector<NodeId> Deployment::members(std::size_t group) const {
  std::vector<NodeId> all{servers_[group]};
  for (std::size_t i = 0; i < replicas_; ++i) {
    all.push_back(servers_[groups_ + group * replicas_ + i]);
  }
  return all;
}

std::vector<NodeId> Deployment::sentinels() const {
  return {servers_.end() - static_cast<std::ptrdiff_t>(sentinels_), servers_.end()};
}

NodeCounts node_counts(const Settings& settings, std::int64_t masters) {
  NodeCounts counts;
  counts.masters = masters;
  counts.replicas = masters * static_cast<std::int64_t>(count(settings, "replicas"));
  if (counts.replicas > 0) {
    counts.sentinels = static_cast<std::int64_t>(count(settings, "sentinels"));
  }
  return counts;
}

std::vector<Parameter> deployment_parameters() {
  return {
      {"replicas", std::int64_t{0}, "asynchronous replicas of each master; 0: masters alone"},
      {"sentinels", std::int64_t{3}, "Sentinels that watch over replicated masters"},
      {"sentinel_quorum", std::int64_t{2}, "how many Sentinels must agree that a master is down"},
      {"down_after", Duration(30s), "for how long a server must be silent to be down"},
      {"failover_timeout", Duration(180s), "how long a failover may take until the next is tried"},
      {"min_replicas_to_write", std::int64_t{0}, "replicas without which a master refuses writes"},
      {"min_replicas_max_lag", std::int64_t{10}, "for how many seconds they may be silent"},
  };
}

}  // namespace lockstep::redis
