// What goes in and what comes out; what happens between is in the other files.
#include "backends/raft/consensus.hpp"

#include <algorithm>

namespace lockstep::raft {

Consensus::Consensus(Options options, const Saved& saved, Random& random, SteadyTime now)
    : options_(std::move(options)),
      random_(random),
      self_(saved.self),
      state_(saved.state),
      snapshot_(saved.snapshot),
      now_(now),
      commit_(saved.snapshot.index),
      heard_(now - options_.election_timeout),
      hello_at_(now) {
  log_.reset(snapshot_);
  for (const Entry& entry : saved.entries) log_.append(entry);
  saved_ = log_.last();
  draw_patience();
  election_at_ = now + patience_;
  // It may have heard from a leader just before it died, whose reads count on it (6.4.1).
  if (founded() && options_.mistakes.lease_reads) heard_ = now;
  if (!options_.founds) hello_at_ = now + patience_;
}

void Consensus::receive(const Letter& letter, SteadyTime now) {
  now_ = now;
  if (letter.to != self_ && !(letter.to.incarnation == 0 && letter.to.node == self_.node)) return;
  std::visit([&](const auto& body) { on(letter, body); }, letter.body);
}

void Consensus::wake(SteadyTime now) {
  now_ = now;
  if (now < deadline()) return;
  if (role_ == Role::leader) {
    // It may have been deposed long ago (6.2).
    if (now - confirmed_at_ > options_.election_timeout) return step_down(state_.term, {});
    begin_round();
  } else if (founded()) {
    campaign();
  } else {
    say_hello();
  }
}

SteadyTime Consensus::deadline() const {
  if (role_ == Role::leader) return round_at_;
  return founded() ? election_at_ : hello_at_;
}

bool Consensus::propose(Entry entry, SteadyTime now) {
  now_ = now;
  if (role_ != Role::leader) {
    if (!leader_) return false;
    send(leader_, Forward{std::move(entry)});
    return true;
  }
  for (Index i = std::max(commit_, log_.base()) + 1; i <= log_.last(); ++i) {
    if (log_.at(i).id == entry.id) return true;  // proposed again, on its way already
  }
  entry.term = state_.term;
  append(std::move(entry));
  return true;
}

void Consensus::compact(Snapshot snapshot) {
  log_.compact(snapshot.index);
  snapshot_ = std::move(snapshot);
  snapshot_changed_ = true;
}

std::vector<Letter> Consensus::take_letters(SteadyTime now) {
  now_ = now;
  if (role_ == Role::leader) {
    const bool may_read = committed_own_term() || options_.mistakes.reads_before_own_term;
    if (!asked_reads_.empty() && waiting_reads_.empty() && may_read) begin_round();
    for (Peer& peer : peers_) replicate(peer);
    beat_ = false;
  }
  return std::exchange(at_once_, {});
}

Save Consensus::take_save(std::vector<Letter>& letters_after) {
  letters_after = std::exchange(afterwards_, {});
  Save save;
  save.must_sync = !options_.mistakes.vote_not_synced;
  if (state_changed_ || snapshot_changed_) save.state = state_;
  if (snapshot_changed_) {
    save.snapshot = snapshot_;
    changed_from_ = log_.base() + 1;
  }
  if (changed_from_ != 0) {
    save.first = changed_from_;
    save.entries = log_.slice(changed_from_, static_cast<std::size_t>(log_.last()));
    save.must_sync = true;
  }
  state_changed_ = snapshot_changed_ = false;
  changed_from_ = 0;
  return save;
}

void Consensus::saved(Index last, Term term) {
  if (!log_.matches(last, term)) return;  // it was taken away meanwhile
  saved_ = std::max(saved_, last);
  if (role_ == Role::leader) advance_commit();
}

void Consensus::saved(const HardState& state) {
  if (role_ == Role::candidate && state == state_) count_vote(self_);
}

Index Consensus::appliable() const {
  if (options_.mistakes.replies_before_commit && role_ == Role::leader) return log_.last();
  return std::min(commit_, saved_);
}

void Consensus::send(const ServerId& to, LetterBody body, Term term) {
  Letter letter;
  letter.from = self_;
  letter.to = to;
  letter.term = term;
  letter.body = std::move(body);
  // What a leader sends depends on nothing that it has not saved: its term was before it stood.
  (role_ == Role::leader ? at_once_ : afterwards_).push_back(std::move(letter));
}

void Consensus::step_down(Term term, ServerId leader) {
  if (term > state_.term) {
    state_.term = term;
    state_.vote = {};
    state_changed_ = true;
  }
  if (role_ != Role::follower) {
    draw_patience();
    election_at_ = now_ + patience_;
  }
  role_ = Role::follower;
  leader_ = leader;
  votes_.clear();
  peers_.clear();
  asked_reads_.clear();
  waiting_reads_.clear();
}

void Consensus::append(Entry entry) {
  const bool changes = entry.kind == EntryKind::configuration;
  log_.append(std::move(entry));
  log_changed_from(log_.last());
  if (changes && role_ == Role::leader) refresh_peers();
}

void Consensus::truncate(Index index) {
  log_.truncate(index);
  saved_ = std::min(saved_, index);
  log_changed_from(index + 1);
  ++truncations_;
}

void Consensus::log_changed_from(Index index) {
  changed_from_ = changed_from_ == 0 ? index : std::min(changed_from_, index);
}

Consensus::Peer* Consensus::peer(const ServerId& id) {
  for (Peer& peer : peers_) {
    if (peer.id == id) return &peer;
  }
  return nullptr;
}

}  // namespace lockstep::raft
