#include "harness/quorum.hpp"

#include <algorithm>
#include <bit>
#include <set>
#include <stdexcept>

namespace lockstep {
void Quorum::share_vote(const std::string& server, std::string vote, bool speaks) {
  sharing_[server] = {std::move(vote), speaks};
}

bool Quorum::speaks(const std::string& server) const {
  const auto sharing = sharing_.find(server);
  return sharing == sharing_.end() || sharing->second.speaks;
}

std::size_t Quorum::votes(Servers servers) const {
  if (sharing_.empty()) return static_cast<std::size_t>(std::popcount(servers));
  std::set<std::string> counted;
  for (std::size_t number = 0; number < names_.size(); ++number) {
    if ((servers >> number & 1) == 0) continue;
    const auto sharing = sharing_.find(names_[number]);
    if (sharing == sharing_.end()) {
      counted.insert(names_[number]);
    } else if (sharing->second.speaks) {
      counted.insert(sharing->second.vote);
    }
  }
  return counted.size();
}

Quorum::Servers Quorum::bit_of(const std::string& server) {
  const auto same = [&server](const std::string& name) {  // from the end, where names differ
    return std::equal(name.rbegin(), name.rend(), server.rbegin(), server.rend());
  };
  const auto at = std::find_if(names_.begin(), names_.end(), same);
  const auto number = static_cast<std::size_t>(at - names_.begin());
  if (number >= 64) throw std::length_error("a quorum of over 64 servers");
  if (at == names_.end()) names_.push_back(server);
  return Servers{1} << number;
}

std::optional<GrantChange> Quorum::count(const std::string& server, const std::string& lock,
                                         const std::string& owner, GrantChange change) {
  const Servers bit = bit_of(server);
  Grant& grant = grants_.get({lock, owner});
  if (change == GrantChange::renewed) {
    if (!grant.granted) return std::nullopt;
    grant.renewed |= bit;
    if (votes(grant.renewed) < size_) return std::nullopt;
    grant.renewed = 0;
    return GrantChange::renewed;
  }
  if (change == GrantChange::granted) {
    grant.servers |= bit;
  } else {
    grant.servers &= ~bit;
    grant.renewed &= ~bit;
  }
  const bool was_granted = grant.granted;
  const bool is_granted = votes(grant.servers) >= size_;
  grant.granted = is_granted;
  if (grant.servers == 0) grants_.erase({lock, owner});
  if (was_granted == is_granted) return std::nullopt;
  return is_granted ? GrantChange::granted : change;
}

std::vector<TextPair> Quorum::kept_by(const std::string& server) {
  std::vector<TextPair> kept;
  const Servers bit = bit_of(server);
  for (const auto& [key, grant] : grants_.all()) {
    if ((grant.servers & bit) != 0) kept.push_back(key);
  }
  return kept;
}

}  // namespace lockstep
