// Who leads: pre-votes, votes, and leaders that are not forgotten at once (3.4, 4.2.3, 9.6).
#include "backends/raft/consensus.hpp"

namespace lockstep::raft {

void Consensus::draw_patience() {
  patience_ = random_.between(options_.election_timeout, 2 * options_.election_timeout);
}

void Consensus::heard_of(const ServerId& leader) {
  leader_ = leader;
  heard_ = now_;
  election_at_ = now_ + patience_;
}

bool Consensus::hears_leader() const {
  return role_ == Role::leader || now_ < heard_ + options_.election_timeout;
}

void Consensus::campaign() {
  draw_patience();
  election_at_ = now_ + patience_;
  leader_ = {};
  if (!is_voter()) return;
  if (options_.mistakes.no_prevote) return stand();
  role_ = Role::pre_candidate;
  votes_.clear();
  ask_for_votes(true);
  count_vote(self_);
}

void Consensus::stand() {
  ++state_.term;
  state_.vote = self_;
  state_changed_ = true;
  role_ = Role::candidate;
  leader_ = {};
  votes_.clear();
  ask_for_votes(false);  // its own counts once it is on the disk
}

void Consensus::ask_for_votes(bool pre) {
  const VoteRequest request{log_.last(), log_.last_term(), pre};
  for (const ServerId& voter : configuration().voters) {
    if (voter != self_) send(voter, request, state_.term + (pre ? 1 : 0));
  }
}

void Consensus::count_vote(const ServerId& from) {
  if (configuration().votes(from)) votes_.insert(from);
  if (votes_.size() < majority()) return;
  if (role_ == Role::pre_candidate) {
    stand();
  } else {
    lead();
  }
}

void Consensus::lead() {
  role_ = Role::leader;
  leader_ = self_;
  votes_.clear();
  peers_.clear();
  refresh_peers();
  round_ = confirmed_ = 0;
  asked_rounds_.clear();
  confirmed_at_ = now_;
  Entry first;  // without an entry of its own term it could commit nothing (3.6.2)
  first.term = state_.term;
  append(std::move(first));
  term_start_ = log_.last();
  begin_round();
}

bool Consensus::up_to_date(const VoteRequest& request) const {
  return request.last_term != log_.last_term() ? request.last_term > log_.last_term()
                                               : request.last >= log_.last();
}

void Consensus::on(const Letter& letter, const VoteRequest& request) {
  if (request.pre) {
    const bool granted = letter.term > state_.term && up_to_date(request) && !hears_leader();
    send(letter.from, VoteReply{granted, true}, granted ? letter.term : state_.term);
    return;
  }
  if (letter.term > state_.term) {
    if (hears_leader()) return;
    step_down(letter.term, {});
  }
  const bool free = !state_.vote || state_.vote == letter.from;
  const bool granted = letter.term == state_.term && free && up_to_date(request);
  if (granted) {
    if (!state_.vote) state_changed_ = true;
    state_.vote = letter.from;
    election_at_ = now_ + patience_;
  }
  send(letter.from, VoteReply{granted, false});
}

void Consensus::on(const Letter& letter, const VoteReply& reply) {
  const Role asking = reply.pre ? Role::pre_candidate : Role::candidate;
  const Term asked = state_.term + (reply.pre ? 1 : 0);
  if (reply.granted) {
    if (role_ == asking && letter.term == asked) count_vote(letter.from);
  } else if (letter.term > state_.term) {
    step_down(letter.term, {});
  }
}

}  // namespace lockstep::raft
