#include "harness/quorum.hpp"

#include <algorithm>
#include <set>

namespace lockstep {
namespace {

bool has(const std::vector<std::string>& servers, const std::string& server) {
  return std::find(servers.begin(), servers.end(), server) != servers.end();
}

void add(std::vector<std::string>& servers, const std::string& server) {
  if (!has(servers, server)) servers.push_back(server);
}

}  // namespace

void Quorum::share_vote(const std::string& server, std::string vote, bool speaks) {
  sharing_[server] = {std::move(vote), speaks};
}

bool Quorum::speaks(const std::string& server) const {
  const auto sharing = sharing_.find(server);
  return sharing == sharing_.end() || sharing->second.speaks;
}

std::size_t Quorum::votes(const Servers& servers) const {
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
  auto found = grants_.find(TextPairView(lock, owner));
  if (found == grants_.end()) found = grants_.try_emplace(TextPair(lock, owner)).first;
  Grant& grant = found->second;
  if (change == GrantChange::renewed) {
    if (!grant.granted) return std::nullopt;
    add(grant.renewed, server);
    if (votes(grant.renewed) < size_) return std::nullopt;
    grant.renewed.clear();
    return GrantChange::renewed;
  }
  if (change == GrantChange::granted) {
    add(grant.servers, server);
  } else {
    std::erase(grant.servers, server);
    std::erase(grant.renewed, server);
  }
  const bool was_granted = grant.granted;
  const bool is_granted = votes(grant.servers) >= size_;
  grant.granted = is_granted;
  if (grant.servers.empty()) grants_.erase(found);
  if (was_granted == is_granted) return std::nullopt;
  return is_granted ? GrantChange::granted : change;
}

std::vector<TextPair> Quorum::kept_by(const std::string& server) const {
  std::vector<TextPair> kept;
  for (const auto& [key, grant] : grants_) {
    if (has(grant.servers, server)) kept.push_back(key);
  }
  return kept;
}

}  // namespace lockstep
