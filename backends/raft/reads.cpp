// Reads that are not in the log: the leader makes sure that it still leads (6.4).
#include "backends/raft/consensus.hpp"

namespace lockstep::raft {

bool Consensus::read(ProposalId id, SteadyTime now) {
  now_ = now;
  if (role_ == Role::leader) {
    start_read(id);
    return true;
  }
  if (!leader_) return false;
  send(leader_, ReadRequest{id});
  return true;
}

void Consensus::start_read(const ProposalId& id) {
  const Mistakes& mistakes = options_.mistakes;
  if (mistakes.stale_reads) return answer_read(id, commit_);
  const bool leased = now_ < confirmed_at_ + options_.election_timeout;
  if (mistakes.lease_reads && committed_own_term() && leased) return answer_read(id, commit_);
  asked_reads_.push_back(id);
}

void Consensus::begin_round() {
  ++round_;
  asked_rounds_.emplace_back(round_, now_);
  round_at_ = now_ + options_.heartbeat;
  beat_ = true;
  if (committed_own_term() || options_.mistakes.reads_before_own_term) {
    for (const ProposalId& id : asked_reads_) {
      WaitingRead read;
      read.id = id;
      read.index = commit_;
      read.round = round_;
      waiting_reads_.push_back(read);
    }
    asked_reads_.clear();
  }
  confirm_rounds();  // of a group of one
}

void Consensus::answer_read(const ProposalId& id, Index index) {
  if (id.origin == self_) {
    reads_.emplace_back(id, index);
  } else {
    send(id.origin, ReadReply{id, index});
  }
}

void Consensus::on(const Letter&, const ReadRequest& request) {
  if (role_ == Role::leader) start_read(request.id);
}

void Consensus::on(const Letter&, const ReadReply& reply) {
  reads_.emplace_back(reply.id, reply.index);
}

}  // namespace lockstep::raft
