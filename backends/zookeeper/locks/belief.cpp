#include "backends/zookeeper/locks/belief.hpp"

#include <utility>

namespace lockstep::zookeeper {
namespace {

SteadyTime until(const Client& client) {
  return client.proven() + client.timeout() * 2 / 3;
}

}  // namespace

void Belief::listen(Client& client) {
  if (stops_ == Stops::never) return;
  const auto self = shared_from_this();
  client.on_session_event([self](SessionEvent event) { self->on_event(event); });
  if (stops_ != Stops::at_suspended_time) return;
  client.on_heard([self, told = &client] { self->on_heard(*told); });
}

Lease Belief::begin(Lease lease, SessionId session, const Client& client) {
  if (stops_ == Stops::at_suspended_time) lease.until = until(client);
  lease_ = lease;
  session_ = session;
  lost_ = stops_ != Stops::never && client.session() != session;
  return lease;
}

bool Belief::holds(const Lease& lease) const {
  if (!lease_ || lease_->owner != lease.owner) return false;
  if (lost_) return false;
  const auto* deadline = lease_->until ? std::get_if<SteadyTime>(&*lease_->until) : nullptr;
  return deadline == nullptr || env_.steady_now() < *deadline;
}

void Belief::on_event(SessionEvent event) {
  if (event == SessionEvent::resumed && on_resumed_) on_resumed_();
  const bool over =
      event == SessionEvent::lost || (event == SessionEvent::suspended && stops_ != Stops::at_lost);
  if (over) lose();
}

void Belief::lose() {
  if (!lease_ || lost_) return;
  lost_ = true;
  env_.note(BeliefLost{lease_->lock, lease_->owner});
}

void Belief::on_heard(const Client& client) {
  if (!lease_ || lost_) return;
  // What is over stays over.
  if (!holds(*lease_)) return lose();
  lease_->until = until(client);
  env_.note(BeliefExtended{lease_->lock, lease_->owner, lease_->until});
}

}  // namespace lockstep::zookeeper
