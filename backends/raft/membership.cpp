// Who is in the group: how it begins, how nodes without a disk come back, changes of one server at
// a time (chapter 4).
#include <algorithm>

#include "backends/raft/consensus.hpp"
#include "backends/raft/encoding.hpp"

namespace lockstep::raft {

// A node with an empty disk

void Consensus::say_hello() {
  hello_at_ = now_ + (options_.founds ? options_.heartbeat : patience_);
  for (const NodeId node : options_.servers) {
    if (node != self_.node) send({node, 0}, Hello{});
  }
  if (options_.founds && options_.servers.size() == 1) found();
}

void Consensus::on(const Letter& letter, const HelloReply& reply) {
  if (!options_.founds || founded()) return;
  std::erase_if(also_empty_,
                [&](const auto& other) { return other.first.node == letter.from.node; });
  if (reply.empty) also_empty_.emplace_back(letter.from, letter.term);
  if (also_empty_.size() + 1 == options_.servers.size()) found();
}

/// Nobody has anything: there is no group that could be split by beginning one.
void Consensus::found() {
  Configuration configuration;
  Term highest = state_.term;
  configuration.voters.push_back(self_);
  for (const auto& [server, term] : also_empty_) {
    configuration.voters.push_back(server);
    highest = std::max(highest, term);
  }
  std::stable_sort(configuration.voters.begin(), configuration.voters.end());
  also_empty_.clear();
  Entry first;
  first.term = highest + 1;
  first.kind = EntryKind::configuration;
  first.bytes = to_bytes(configuration);
  append(std::move(first));
  state_.term = highest;
  stand();
}

// The others

void Consensus::on(const Letter& letter, const Hello&) {
  if (role_ != Role::leader) {
    if (letter.from.node != self_.node) send(letter.from, HelloReply{!founded()});
    return;
  }
  const ServerId known = configuration().from(letter.from.node);
  if (known == letter.from || letter.from.node == self_.node) return;
  const bool invited = invited_.count(letter.from.node) != 0;
  if (!(known || invited) || !may_change()) return;
  Configuration next = configuration();
  next.erase(known);  // whose disk is gone, or it would not have come back as another
  next.learners.push_back(letter.from);
  change(next);
}

bool Consensus::may_change() const {
  const Mistakes& mistakes = options_.mistakes;
  const bool own = committed_own_term() || mistakes.changes_before_own_term;
  const bool alone = log_.configuration_index() <= commit_ || mistakes.changes_two_at_once;
  return role_ == Role::leader && own && alone;
}

void Consensus::change(const Configuration& configuration) {
  Entry entry;
  entry.term = state_.term;
  entry.kind = EntryKind::configuration;
  entry.bytes = to_bytes(configuration);
  append(std::move(entry));
}

void Consensus::promote_learners() {
  for (const Peer& peer : peers_) {
    if (!configuration().learns(peer.id) || peer.match < commit_ || peer.match == 0) continue;
    if (!may_change()) return;
    Configuration next = configuration();
    next.erase(peer.id);
    next.voters.push_back(peer.id);
    std::stable_sort(next.voters.begin(), next.voters.end());
    return change(next);  // which changes peers_
  }
}

bool Consensus::remove(NodeId node, SteadyTime now) {
  now_ = now;
  if (!may_change()) return false;
  const ServerId gone = configuration().from(node);
  if (!gone) return true;
  Configuration next = configuration();
  next.erase(gone);
  if (next.voters.empty()) return false;
  change(next);
  return true;
}

void Consensus::refresh_peers() {
  std::vector<Peer> peers;
  const auto keep = [&](const ServerId& server) {
    if (server == self_) return;
    if (const Peer* known = peer(server)) {
      peers.push_back(*known);
    } else {
      peers.emplace_back(server);
      peers.back().next = log_.last() + 1;
    }
  };
  for (const ServerId& server : configuration().voters) keep(server);
  for (const ServerId& server : configuration().learners) keep(server);
  peers_ = std::move(peers);
}

}  // namespace lockstep::raft
