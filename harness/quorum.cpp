#include "harness/quorum.hpp"

namespace lockstep {

std::optional<GrantChange> Quorum::count(const std::string& server, const std::string& lock,
                                         const std::string& owner, GrantChange change) {
  const auto key = std::pair(lock, owner);
  Grant& grant = grants_[key];
  const bool was_granted = grant.servers.size() >= size_;
  if (change == GrantChange::renewed) {
    if (!was_granted) return std::nullopt;
    grant.renewed.insert(server);
    if (grant.renewed.size() < size_) return std::nullopt;
    grant.renewed.clear();
    return GrantChange::renewed;
  }
  if (change == GrantChange::granted) {
    grant.servers.insert(server);
  } else {
    grant.servers.erase(server);
    grant.renewed.erase(server);
  }
  const bool is_granted = grant.servers.size() >= size_;
  if (grant.servers.empty()) grants_.erase(key);
  if (was_granted == is_granted) return std::nullopt;
  return is_granted ? GrantChange::granted : change;
}

std::vector<std::pair<std::string, std::string>> Quorum::kept_by(const std::string& server) const {
  std::vector<std::pair<std::string, std::string>> kept;
  for (const auto& [key, grant] : grants_) {
    if (grant.servers.contains(server)) kept.push_back(key);
  }
  return kept;
}

}  // namespace lockstep
