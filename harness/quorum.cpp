#include "harness/quorum.hpp"

#include <algorithm>
#include <set>

namespace lockstep {
namespace {

template <class T>
bool has(const std::vector<T>& all, const T& one) {
  return std::find(all.begin(), all.end(), one) != all.end();
}

void add(std::vector<std::size_t>& servers, std::size_t server) {
  if (!has(servers, server)) servers.push_back(server);
}

void remove(std::vector<std::size_t>& servers, std::size_t server) {
  const auto at = std::find(servers.begin(), servers.end(), server);
  if (at != servers.end()) servers.erase(at);
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
  for (const std::size_t server : servers) {
    const auto sharing = sharing_.find(names_[server]);
    if (sharing == sharing_.end()) {
      counted.insert(names_[server]);
    } else if (sharing->second.speaks) {
      counted.insert(sharing->second.vote);
    }
  }
  return counted.size();
}

std::size_t Quorum::number_of(const std::string& server) {
  const auto at = std::find(names_.begin(), names_.end(), server);
  const auto number = static_cast<std::size_t>(at - names_.begin());
  if (at == names_.end()) names_.push_back(server);
  return number;
}

std::optional<GrantChange> Quorum::count(const std::string& server, const std::string& lock,
                                         const std::string& owner, GrantChange change) {
  const std::size_t number = number_of(server);
  Grant& grant = grants_.get({lock, owner});
  if (change == GrantChange::renewed) {
    if (!grant.granted) return std::nullopt;
    add(grant.renewed, number);
    if (votes(grant.renewed) < size_) return std::nullopt;
    grant.renewed.clear();
    return GrantChange::renewed;
  }
  if (change == GrantChange::granted) {
    add(grant.servers, number);
  } else {
    remove(grant.servers, number);
    remove(grant.renewed, number);
  }
  const bool was_granted = grant.granted;
  const bool is_granted = votes(grant.servers) >= size_;
  grant.granted = is_granted;
  if (grant.servers.empty()) grants_.erase({lock, owner});
  if (was_granted == is_granted) return std::nullopt;
  return is_granted ? GrantChange::granted : change;
}

std::vector<TextPair> Quorum::kept_by(const std::string& server) {
  std::vector<TextPair> kept;
  const std::size_t number = number_of(server);
  for (const auto& [key, grant] : grants_.all()) {
    if (has(grant.servers, number)) kept.push_back(key);
  }
  return kept;
}

}  // namespace lockstep
