#include "harness/quorum.hpp"

namespace lockstep {

void Quorum::share_vote(const std::string& server, std::string vote, bool speaks) {
  sharing_[server] = {std::move(vote), speaks};
}

bool Quorum::speaks(const std::string& server) const {
  const auto sharing = sharing_.find(server);
  return sharing == sharing_.end() || sharing->second.speaks;
}

std::size_t Quorum::votes(const std::set<std::string>& servers) const {
  if (sharing_.empty()) return servers.size();
  std::set<std::string> counted;
  for (const std::string& server : servers) {
    const auto sharing = sharing_.find(server);
    if (sharing == sharing_.end()) {
      counted.insert(server);
    } else if (sharing->second.speaks) {
      counted.insert(sharing->second.vote);
    }
  }
  return counted.size();
}

std::optional<GrantChange> Quorum::count(const std::string& server, const std::string& lock,
                                         const std::string& owner, GrantChange change) {
  const auto key = std::pair(lock, owner);
  Grant& grant = grants_[key];
  if (change == GrantChange::renewed) {
    if (!grant.granted) return std::nullopt;
    grant.renewed.insert(server);
    if (votes(grant.renewed) < size_) return std::nullopt;
    grant.renewed.clear();
    return GrantChange::renewed;
  }
  if (change == GrantChange::granted) {
    grant.servers.insert(server);
  } else {
    grant.servers.erase(server);
    grant.renewed.erase(server);
  }
  const bool was_granted = grant.granted;
  const bool is_granted = votes(grant.servers) >= size_;
  grant.granted = is_granted;
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
