// raft-lock: a lock of a service on one Raft log; who asks while it is held stands in line.
//
// A client opens a session, keeps it alive every third of its length, and counts on it until its
// length has passed since it sent the last keep-alive that was answered, less an allowance for
// drift, by its own steady clock. The leader prolongs a session once a majority confirmed that it
// leads; it alone measures silence, and proposes the end of a session to the log. Commands carry a
// number, so that one that is sent again is executed once. Claims that no two believe at once and
// that who asks first is served first.
// Source: D. Ongaro, "Consensus: Bridging Theory and Practice" (2014), chapters 3, 4 and 6.
// Fencing token: the index in the log of the entry that granted the lock.
//
// Wrong siblings, each a way to get the service or its client wrong (the parameter "mistake"):
// raft-no-client-session: a command that is sent again is executed again, and a release frees the
// lock by its name (figure 6.2).
// raft-local-read: a leader asks nobody whether it leads still, and the client relies on what it is
// told, not on a clock.
// raft-lease-read: a leader confirms by the time since its last heartbeats were answered (6.4.1).
// raft-vote-volatile: a vote is given before it is on the disk.
// raft-commit-old-term: entries of older terms are committed by counting (figure 3.7).
// raft-apply-before-commit: a command is executed once it is in the leader's own log.
// raft-single-server-change (single_server_change.cpp): a leader changes the group before it has
// committed an entry of its own term.
// raft-local-expiry: each member ends sessions by its own clock, so that members diverge; clients
// rely on what they are told, and time their keep-alives by the wall clock, as java.util.Timer
// does.

#include "backends/raft/locks/raft_lock.hpp"

#include <algorithm>
#include <utility>

#include "backends/raft/fail_over_with_client.hpp"
#include "backends/raft/locks/entry.hpp"
#include "backends/raft/service/variant.hpp"

namespace lockstep::raft {

using service::Action;
using service::Reply;
using service::Request;
using service::Status;

RaftLock::RaftLock(Env& env, LockOptions options, service::ClientRules rules)
    : env_(env), options_(std::move(options)), rules_(rules) {
  const std::string& mistake = options_.settings.text("mistake");
  rules_.numbers_commands = service::variant_named(mistake).numbers_commands;
}

Task<Result<Lease>> RaftLock::acquire(std::string name, Duration patience) {
  const SteadyTime give_up = env_.steady_now() + patience;
  for (;;) {
    auto lease = co_await attempt(name, give_up);
    const bool again = !lease && lease.error().code == ErrorCode::lost;
    if (!again || env_.steady_now() >= give_up) co_return lease;
  }
}

Task<Result<void>> RaftLock::ready_session(SteadyTime give_up) {
  if (session_ && session_->live()) co_return Result<void>();
  session_ = std::make_shared<service::ClientSession>(env_, options_, rules_);
  auto opened = co_await session_->open(give_up);
  if (opened) env_.spawn(keep_alive(session_));
  co_return opened;
}

Task<Result<Lease>> RaftLock::attempt(std::string name, SteadyTime give_up) {
  const auto ready = co_await ready_session(give_up);
  if (!ready) co_return fail(ready.error());
  Request request;
  request.action = Action::acquire;
  request.lock = name;
  request.queues = true;
  request.reentrant = options_.settings.flag("reentrant");
  const auto session = session_;
  auto reply = co_await session->command(std::move(request), give_up);
  const std::uint64_t place = session->serial();
  if (reply && reply->status == Status::queued) {
    reply = co_await wait_in_line(name, place, give_up);
  }
  if (reply && reply->status == Status::ok && session->live()) {
    co_return hold(std::move(name), place, reply->token);
  }
  if ((reply && reply->status == Status::lost) || !session->live()) {
    session->abandon();
    co_return fail(ErrorCode::lost, "the session was over");
  }
  auto given_up = co_await give_up_on(std::move(name), place);
  co_return given_up;
}

Task<Result<Reply>> RaftLock::wait_in_line(std::string name, std::uint64_t place,
                                           SteadyTime give_up) {
  const auto session = session_;
  Result<Reply> reply = fail(ErrorCode::timeout);
  while (env_.steady_now() < give_up && session->live()) {
    co_await env_.step("waiting");
    Request request;
    request.action = Action::wait;
    request.session = session->id();
    request.place = place;
    request.lock = name;
    const Duration rest = give_up - env_.steady_now();
    const Duration held_back = std::min<Duration>(rest, session->length() / 2);
    reply = co_await session->ask(std::move(request), give_up, held_back);
    const bool decided = reply.has_value() && reply->status != Status::queued;
    if (decided) break;
    if (!reply) co_await env_.sleep_for(session->pause());
  }
  co_return reply;
}

Task<Result<Lease>> RaftLock::give_up_on(std::string name, std::uint64_t place) {
  Request request;
  request.action = Action::leave;
  request.lock = std::move(name);
  request.place = place;
  const auto session = session_;
  const auto left = co_await session->command(std::move(request), session->last_call());
  if (left) co_return fail(ErrorCode::held);
  session->abandon();
  co_return fail(ErrorCode::timeout, "the lock may be granted to us until the session ends");
}

Lease RaftLock::hold(std::string name, std::uint64_t place, std::uint64_t token) {
  Lease lease;
  lease.lock = std::move(name);
  lease.owner = service::owner_text(session_->id(), place);
  lease.token = token;
  if (rules_.local_lease) lease.until = session_->until();
  owner_ = lease.owner;
  session_->hold(lease.lock, lease.owner);
  return lease;
}

Task<Result<void>> RaftLock::release(Lease lease) {
  if (owner_ != lease.owner) co_return fail(ErrorCode::lost);
  owner_.clear();
  const auto session = session_;
  session->let_go();
  if (!session->live()) co_return fail(ErrorCode::lost, "the session was over");
  Request request;
  request.action = Action::release;
  request.lock = lease.lock;
  request.token = lease.token;
  const auto reply = co_await session->command(std::move(request), session->last_call());
  if (!reply) {
    session->abandon();
    co_return fail(ErrorCode::timeout, "no answer; it ends with the session");
  }
  if (reply->status == Status::lost) co_return fail(ErrorCode::lost, "it was not ours any more");
  co_return Result<void>();
}

std::unique_ptr<Lock> connect_raft_lock(Env& client, LockOptions options) {
  return std::make_unique<RaftLock>(client, std::move(options), service::ClientRules{});
}

bool RaftLock::still_held(const Lease& lease) const {
  return owner_ == lease.owner && session_->live();
}

namespace {

constexpr service::ClientRules told{.local_lease = false};
constexpr service::ClientRules told_by_wall_timer{.local_lease = false, .wall_timer = true};

template <const service::ClientRules& rules>
std::unique_ptr<Lock> make_lock(Env& client, LockOptions options) {
  return std::make_unique<RaftLock>(client, std::move(options), rules);
}

Backend lock_of(EntryText text, std::string mistake) {
  return entry(text, std::move(mistake), connect_raft_lock);
}

}  // namespace
}  // namespace lockstep::raft

namespace lockstep {

Backend backends::raft_lock() {
  Backend lock = raft::lock_of({"raft-lock", "a place in line on a Raft log, and a local lease",
                                "D. Ongaro, Consensus: Bridging Theory and Practice"},
                               "none");
  lock.claims.fifo = true;
  return lock;
}

Backend backends::raft_no_client_session() {
  return raft::lock_of({"raft-no-client-session", "raft-lock whose commands are executed twice",
                        "D. Ongaro, Consensus: Bridging Theory and Practice, 6.3"},
                       "no-client-session");
}

Backend backends::raft_local_read() {
  Backend lock = raft::lock_of({"raft-local-read", "raft-lock whose leader asks nobody if it leads",
                                "Jepsen: etcd 0.4.1 and Consul (2014)"},
                               "local-read");
  lock.claims.checks_lease = false;
  lock.fail_over = raft::fail_over_with_client;
  lock.connect = raft::make_lock<raft::told>;
  return lock;
}

Backend backends::raft_lease_read() {
  Backend lock = raft::lock_of({"raft-lease-read", "raft-lock whose leader reads by its own lease",
                                "D. Ongaro, Consensus: Bridging Theory and Practice, 6.4.1"},
                               "lease-read");
  lock.claims.fifo = true;
  return lock;
}

Backend backends::raft_vote_volatile() {
  return raft::lock_of({"raft-vote-volatile", "raft-lock whose members forget how they voted",
                        "D. Ongaro, Consensus: Bridging Theory and Practice, 3.8"},
                       "vote-volatile");
}

Backend backends::raft_apply_before_commit() {
  return raft::lock_of({"raft-apply-before-commit", "raft-lock that grants before a majority knows",
                        "D. Ongaro, Consensus: Bridging Theory and Practice, 3.5"},
                       "apply-before-commit");
}

Backend backends::raft_commit_old_term() {
  return raft::lock_of({"raft-commit-old-term", "raft-lock that counts copies of old entries",
                        "D. Ongaro, Consensus: Bridging Theory and Practice, 3.6.2"},
                       "commit-old-term");
}

Backend backends::raft_local_expiry() {
  Backend lock = raft::lock_of({"raft-local-expiry", "raft-lock whose members expire by themselves",
                                "D. Ongaro, Consensus: Bridging Theory and Practice, 6.3"},
                               "local-expiry");
  lock.claims.checks_lease = false;
  lock.fail_over = raft::fail_over_with_client;
  lock.connect = raft::make_lock<raft::told_by_wall_timer>;
  return lock;
}

}  // namespace lockstep
