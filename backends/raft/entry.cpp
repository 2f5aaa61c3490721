// The few questions that are asked of configurations and entries.
#include "backends/raft/entry.hpp"

#include <algorithm>

namespace lockstep::raft {

bool Configuration::votes(const ServerId& server) const {
  return std::find(voters.begin(), voters.end(), server) != voters.end();
}

bool Configuration::learns(const ServerId& server) const {
  return std::find(learners.begin(), learners.end(), server) != learners.end();
}

ServerId Configuration::from(NodeId node) const {
  for (const ServerId& server : voters) {
    if (server.node == node) return server;
  }
  for (const ServerId& server : learners) {
    if (server.node == node) return server;
  }
  return {};
}

void Configuration::erase(const ServerId& server) {
  std::erase(voters, server);
  std::erase(learners, server);
}

void Entry::fold(Digest& digest) const {
  digest.fold(term);
  digest.fold(static_cast<std::uint64_t>(kind));
  id.fold(digest);
  digest.fold(bytes);
}

}  // namespace lockstep::raft
