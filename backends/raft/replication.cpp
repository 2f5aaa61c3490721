// How entries get from the leader's log into all others (3.5, 3.6, chapter 5).
#include <algorithm>
#include <functional>

#include "backends/raft/consensus.hpp"

namespace lockstep::raft {
namespace {
constexpr std::uint64_t most_in_flight = 4;  // appends without an answer; what comes next waits
}  // namespace

// A follower's side

bool Consensus::accept_leader(const Letter& letter) {
  const bool stale = letter.term < state_.term;
  if (stale && !(options_.mistakes.no_term_check && role_ == Role::follower)) {
    send(letter.from, AppendReply{});
    return false;
  }
  if (letter.term > state_.term || role_ != Role::follower) step_down(letter.term, letter.from);
  heard_of(letter.from);
  return true;
}

void Consensus::on(const Letter& letter, const AppendRequest& request) {
  if (!accept_leader(letter)) return;
  AppendReply reply{false, 0, request.previous, request.round};
  const Index end = request.previous + request.entries.size();
  if (end <= log_.base()) {
    reply.accepted = true;  // committed, and in the snapshot
    reply.match = end;
  } else if (request.previous < log_.base() ||
             log_.matches(request.previous, request.previous_term)) {
    take_entries(request);
    reply.accepted = true;
    reply.match = end;
  } else {
    reply.match = where_they_may_agree(request.previous);
  }
  if (reply.accepted) commit_to(std::min(request.commit, reply.match));
  if (!request.silent || !reply.accepted) send(letter.from, reply, letter.term);
}

void Consensus::take_entries(const AppendRequest& request) {
  Index index = request.previous;
  for (const Entry& entry : request.entries) {
    ++index;
    if (index <= log_.base()) continue;
    if (index <= log_.last()) {
      if (log_.term_at(index) == entry.term || options_.mistakes.keeps_conflicts) continue;
      truncate(index - 1);
    }
    append(entry);
  }
}

/// The last entry before `previous` that is not of the same term as what stands there: the leader
/// need not go back one by one.
Index Consensus::where_they_may_agree(Index previous) const {
  if (previous > log_.last()) return log_.last();
  const Term conflicting = log_.term_at(previous);
  Index index = previous;
  while (index > log_.base() && log_.term_at(index) == conflicting) --index;
  return index;
}

void Consensus::on(const Letter& letter, const InstallRequest& request) {
  if (!accept_leader(letter)) return;
  const Snapshot& snapshot = request.snapshot;
  if (log_.matches(snapshot.index, snapshot.term)) {
    commit_to(snapshot.index);
  } else if (snapshot.index > commit_) {
    log_.reset(snapshot);
    ++truncations_;
    snapshot_ = snapshot;
    snapshot_changed_ = true;
    commit_ = snapshot.index;
    saved_ = 0;
  }
  send(letter.from, AppendReply{true, snapshot.index, snapshot.index, request.round}, letter.term);
}

void Consensus::on(const Letter&, const Forward& forward) {
  if (role_ == Role::leader) propose(forward.entry, now_);
}

void Consensus::commit_to(Index index) {
  commit_ = std::max(commit_, std::min(index, log_.last()));
}

// The leader's side

void Consensus::on(const Letter& letter, const AppendReply& reply) {
  if (letter.term > state_.term) return step_down(letter.term, {});
  Peer* const from = peer(letter.from);
  if (role_ != Role::leader || letter.term < state_.term || from == nullptr) return;
  from->round = std::max(from->round, reply.round);
  if (from->in_flight > 0) --from->in_flight;
  if (reply.accepted) {
    from->match = std::max(from->match, std::min(reply.match, log_.last()));
    if (from->match + 1 >= from->next) from->probing = false;
    from->next = std::max(from->next, from->match + 1);
    if (from->installing && from->match >= log_.base()) from->installing.reset();
    advance_commit();
  } else if (rejects(*from, reply)) {
    from->probing = true;
    from->next = std::max(from->match + 1, std::min(reply.match + 1, reply.previous));
    from->in_flight = 0;
  }
  if (role_ != Role::leader) return;  // it may have taken itself out
  confirm_rounds();
  promote_learners();
}

/// Not one that overtook an answer that said more, nor the double of one that was heard.
bool Consensus::rejects(const Peer& peer, const AppendReply& reply) {
  if (reply.accepted || reply.previous <= peer.match) return false;
  return !peer.probing || reply.previous == peer.next - 1;
}

void Consensus::replicate(Peer& peer) {
  if (beat_) peer.in_flight = 0;  // answers may have been lost
  if (peer.next <= log_.base()) {
    const bool lost = peer.installing && now_ - *peer.installing >= options_.election_timeout;
    if (!peer.installing || lost) return send_snapshot(peer);
  } else if (peer.next <= log_.last() && peer.in_flight < (peer.probing ? 1 : most_in_flight)) {
    return send_append(peer, false);
  }
  if (beat_) {
    send_append(peer, false);
  } else if (peer.told < commit_ && peer.match >= commit_) {
    send_append(peer, true);
  }
}

void Consensus::send_append(Peer& peer, bool silent) {
  AppendRequest request;
  if (peer.next > log_.base()) {  // else it has to install a snapshot first; this says who leads
    request.previous = silent ? peer.match : peer.next - 1;
    request.previous_term = log_.term_at(request.previous);
    if (!silent) request.entries = log_.slice(peer.next, options_.most_entries);
  }
  request.commit = commit_;
  request.round = round_;
  request.silent = silent;
  if (!peer.probing) peer.next += request.entries.size();
  peer.told = commit_;
  if (!request.entries.empty()) ++peer.in_flight;
  send(peer.id, std::move(request));
}

void Consensus::send_snapshot(Peer& peer) {
  peer.installing = now_;
  send(peer.id, InstallRequest{snapshot_, round_});
}

template <class Number>
Number Consensus::reached(Number own, Number Peer::*others) const {
  std::vector<Number> numbers;
  for (const ServerId& voter : configuration().voters) {
    if (voter == self_) numbers.push_back(own);
    for (const Peer& other : peers_) {
      if (other.id == voter) numbers.push_back(other.*others);
    }
  }
  std::stable_sort(numbers.begin(), numbers.end(), std::greater<Number>());
  return numbers.size() < majority() ? Number{} : numbers[majority() - 1];
}

void Consensus::advance_commit() {
  const Index everywhere = reached(saved_, &Peer::match);
  if (everywhere <= commit_ || everywhere > log_.last()) return;
  // Entries of older terms are committed by those after them, never by counting (3.6.2).
  if (log_.term_at(everywhere) != state_.term && !options_.mistakes.commits_old_terms) return;
  commit_ = everywhere;
  // A leader that took itself out leads until that is committed (4.2.2).
  if (!is_voter() && log_.configuration_index() <= commit_) return step_down(state_.term, {});
  promote_learners();
}

void Consensus::confirm_rounds() {
  confirmed_ = std::max(confirmed_, reached(round_, &Peer::round));
  while (!asked_rounds_.empty() && asked_rounds_.front().first <= confirmed_) {
    confirmed_at_ = asked_rounds_.front().second;
    asked_rounds_.pop_front();
  }
  std::vector<WaitingRead> waiting;
  for (WaitingRead& read : waiting_reads_) {
    if (read.round <= confirmed_) {
      answer_read(read.id, read.index);
    } else {
      waiting.push_back(read);
    }
  }
  waiting_reads_ = std::move(waiting);
}

}  // namespace lockstep::raft
