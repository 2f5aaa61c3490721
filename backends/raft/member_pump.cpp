// Whatever went in, this brings out: letters leave, saves are written, entries are applied.
#include <algorithm>
#include <utility>

#include "backends/raft/member_core.hpp"

namespace lockstep::raft {

void Member::Core::pump() {
  again_ = true;
  if (pumping_) return;  // whoever was told of a change proposes something
  pumping_ = true;
  while (again_) {
    again_ = false;
    step();
  }
  pumping_ = false;
  arm();
}

void Member::Core::step() {
  if (consensus_->leader() && asked_in_ != consensus_->term()) {
    asked_in_ = consensus_->term();
    ask_again();
  }
  post_all(consensus_->take_letters(env_.steady_now()));
  if (!flushing_) {
    std::vector<Letter> letters_after;
    Save save = consensus_->take_save(letters_after);
    if (save.empty()) {
      post_all(std::move(letters_after));
    } else {
      flushing_ = true;
      env_.spawn(flush(std::move(save), std::move(letters_after)));
    }
  }
  apply_committed();
  answer_reads();
  tell_changes();
}

void Member::Core::post_all(std::vector<Letter> letters) {
  for (Letter& letter : letters) {
    const NodeId to = letter.to.node;
    env_.post(to, make_frame(std::move(letter)));
  }
}

Task<void> Member::Core::flush(Save save, std::vector<Letter> letters_after) {
  const std::optional<Snapshot> snapshot = save.snapshot;
  const bool log_written = !save.entries.empty();
  const Index last = log_written ? save.first + save.entries.size() - 1 : 0;
  const Term term = log_written ? save.entries.back().term : 0;
  const std::optional<HardState> state = save.state;
  const auto written = co_await storage_.write(std::move(save));
  if (!written) co_return;  // nothing more leaves a member whose disk is broken
  if (snapshot && snapshot->index > applied_) {
    applier_.restore(snapshot->state);
    applied_ = snapshot->index;
  }
  if (state) consensus_->saved(*state);
  if (snapshot) consensus_->saved(snapshot->index, snapshot->term);
  if (log_written) consensus_->saved(last, term);
  post_all(std::move(letters_after));
  flushing_ = false;
  pump();
}

void Member::Core::apply_committed() {
  while (applied_ < consensus_->appliable() && consensus_->log().has(applied_ + 1)) {
    ++applied_;
    const Entry& entry = consensus_->log().at(applied_);
    const ProposalId id = entry.id;
    const auto reply = applier_.apply(applied_, entry);
    if (!reply || id.origin != consensus_->self() || id.boot != boot_) continue;
    const auto found = questions_.find(id.serial);
    if (found == questions_.end() || found->second->is_read) continue;
    found->second->reply = *reply;
    found->second->answered.notify();
  }
  take_snapshot();
}

void Member::Core::take_snapshot() {
  const Log& log = consensus_->log();
  if (!log.has(applied_) || applied_ > consensus_->commit()) return;
  if (applied_ - log.base() < options_.snapshot_every) return;
  Snapshot snapshot;
  snapshot.index = applied_;
  snapshot.term = log.term_at(applied_);
  snapshot.configuration = log.configuration_at(applied_);
  snapshot.state = applier_.snapshot();
  consensus_->compact(std::move(snapshot));
  again_ = true;
}

void Member::Core::answer_reads() {
  for (const auto& [id, index] : consensus_->take_reads()) {
    const auto found = questions_.find(id.serial);
    if (id.boot == boot_ && found != questions_.end()) found->second->read_at = index;
  }
  std::vector<std::uint64_t> ready;
  for (const auto& [serial, question] : questions_) {
    if (question->read_at && *question->read_at <= applied_) ready.push_back(serial);
  }
  for (const std::uint64_t serial : ready) {
    const auto found = questions_.find(serial);
    if (found == questions_.end()) continue;
    found->second->read_at.reset();
    found->second->reply.emplace();
    found->second->answered.notify();
  }
}

void Member::Core::tell_changes() {
  const State now{consensus_->leader().node, leads(), consensus_->term(), applied_};
  if (now == told_) return;
  told_ = now;
  changed_.notify();
}

/// What was on its way to an earlier leader may be lost. Asked twice, it is executed once.
void Member::Core::ask_again() {
  ask_again_at_ = env_.steady_now() + options_.election_timeout;
  const bool leads_now = consensus_->role() == Consensus::Role::leader;
  for (const auto& [serial, question] : questions_) {
    if (question->reply || question->read_at) continue;
    if (!leads_now || question->asked_in != consensus_->term()) ask(*question);
  }
}

void Member::Core::arm() {
  SteadyTime at = consensus_->deadline();
  if (!questions_.empty()) at = std::min(at, ask_again_at_);
  if (armed_ && *armed_ <= at) return;
  armed_ = at;
  env_.spawn(alarm(at));
}

Task<void> Member::Core::alarm(SteadyTime at) {
  co_await env_.sleep_until(at);
  if (armed_ != at) co_return;  // there was an earlier one
  armed_.reset();
  const SteadyTime now = env_.steady_now();
  consensus_->wake(now);
  if (!questions_.empty() && now >= ask_again_at_) ask_again();
  pump();
}

}  // namespace lockstep::raft
