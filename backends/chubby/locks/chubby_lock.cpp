// chubby: the lock of a file in a Chubby cell, under a session.
//
// A client has a KeepAlive waiting at the master at all times; each answer grants a new lease,
// which the client counts from when it asked, less an allowance for drift. When the lease is over
// it is in jeopardy: the library lets the application do nothing until, within the grace period, a
// master (another one, perhaps) says that the session lives; after that it has expired. The lock of
// a lost holder stays closed for the lock delay. Claims that no two believe at once.
// Source: M. Burrows, "The Chubby lock service for loosely-coupled distributed systems" (OSDI
// 2006); lease 12 s, grace period 45 s, lock delay up to a minute. A lock is held through a handle,
// which an acquire opens and its release, or giving up, closes. Fencing token: the lock's
// generation, the third part of a sequencer. Under RP4 the cell checks the sequencer as it reads
// and writes the resource's file.
//
// chubby-no-jeopardy: the application goes on while the master is silent, until it is told.
// chubby-no-lock-delay: a lost holder's lock is free at once.
// chubby-sequencer-cached: a file's keeper asks nobody if a sequencer is valid: it takes any that
// is not older than the newest it has seen.

#include "backends/chubby/locks/chubby_lock.hpp"

#include <algorithm>
#include <charconv>
#include <initializer_list>
#include <utility>

#include "backends/backend.hpp"
#include "backends/chubby/server.hpp"
#include "backends/queue.hpp"
#include "backends/raft/fail_over.hpp"
#include "backends/raft/fail_over_with_client.hpp"
#include "backends/raft/member.hpp"

namespace lockstep::chubby {

ChubbyLock::ChubbyLock(Env& env, LockOptions options)
    : env_(env), options_(std::move(options)), heeds_lease_(options_.settings.flag("jeopardy")) {}

Task<Result<void>> ChubbyLock::ready_session(SteadyTime give_up) {
  if (session_ && session_->open_still()) {
    // Calls wait while the session is in jeopardy.
    while (session_->open_still() && !session_->safe() && env_.steady_now() < give_up) {
      co_await env_.sleep_for(session_->pause());
    }
    if (session_->safe()) co_return Result<void>();
    if (session_->open_still()) co_return fail(ErrorCode::refused, "the session is in jeopardy");
  }
  session_ = std::make_shared<ClientSession>(env_, options_, heeds_lease_);
  auto opened = co_await session_->open(give_up);
  if (opened) env_.spawn(keep_alive(session_));
  co_return opened;
}

Task<Result<Lease>> ChubbyLock::acquire(std::string name, Duration patience) {
  const SteadyTime give_up = env_.steady_now() + patience;
  ++handle_;
  for (;;) {
    auto lease = co_await attempt(name, give_up);
    if (lease) co_return lease;
    if (env_.steady_now() >= give_up) break;
    const bool no_master = lease.error().code != ErrorCode::held;
    if (no_master) co_await env_.sleep_for(options_.settings.duration("session") / 40);
  }
  auto given_up = co_await give_up_on(std::move(name));
  co_return given_up;
}

Task<Result<Lease>> ChubbyLock::attempt(std::string name, SteadyTime give_up) {
  const auto ready = co_await ready_session(give_up);
  if (!ready) co_return fail(ready.error());
  const auto session = session_;
  Request request;
  request.action = Action::try_acquire;
  request.node = name;
  request.handle = handle_;
  const auto reply = co_await session->call(std::move(request), give_up);
  if (!reply) co_return fail(reply.error());
  if (reply->status == Status::ok) {
    if (session->safe()) co_return hold(std::move(name), reply->generation);
    co_return fail(ErrorCode::timeout, "the session is in jeopardy");
  }
  if (reply->status == Status::no_session) session->abandon();
  const Duration rest = std::max<Duration>(give_up - env_.steady_now(), 0ms);
  if (reply->status == Status::held) {
    Request wait;
    wait.action = Action::wait_free;
    wait.node = std::move(name);
    const Duration held_back = std::min<Duration>(rest, session->length() / 2);
    const auto free = co_await session->ask(std::move(wait), give_up, held_back);
    if (!free) co_await env_.sleep_for(std::min<Duration>(rest, session->pause()));
  } else {
    const Duration pause = std::max<Duration>(session->length() / 12, 1ms);
    co_await env_.sleep_for(std::min<Duration>(rest, pause));
  }
  co_return fail(ErrorCode::held);
}

Task<Result<Lease>> ChubbyLock::give_up_on(std::string name) {
  if (!session_) co_return fail(ErrorCode::held);
  const auto session = session_;
  Request request;
  request.action = Action::release;
  request.node = std::move(name);
  request.handle = handle_;
  const SteadyTime until = env_.steady_now() + session->length() / 2;
  const auto released = co_await session->call(std::move(request), until);
  if (released) co_return fail(ErrorCode::held);
  session->abandon();
  co_return fail(ErrorCode::timeout, "the lock may be ours until the session ends");
}

Lease ChubbyLock::hold(std::string name, std::uint64_t generation) {
  Lease lease;
  lease.lock = std::move(name);
  lease.owner = owner_text(session_->id(), generation);
  lease.token = generation;
  if (heeds_lease_) lease.until = session_->until();
  owner_ = lease.owner;
  session_->hold(lease.lock, lease.owner);
  return lease;
}

Task<Result<void>> ChubbyLock::release(Lease lease) {
  if (owner_ != lease.owner) co_return fail(ErrorCode::lost);
  owner_.clear();
  const auto session = session_;
  session->let_go();
  if (!session->open_still()) co_return fail(ErrorCode::lost, "the session has expired");
  Request request;
  request.action = Action::release;
  request.node = lease.lock;
  request.handle = handle_;
  const SteadyTime until = env_.steady_now() + session->length();
  const auto reply = co_await session->call(std::move(request), until);
  if (!reply) {
    session->abandon();
    co_return fail(ErrorCode::timeout, "no answer; it ends with the session");
  }
  // One that was sent twice finds that it was ours no more.
  if (reply->status != Status::ok) co_return fail(ErrorCode::lost, "it was not ours any more");
  co_return Result<void>();
}

bool ChubbyLock::still_held(const Lease& lease) const {
  return owner_ == lease.owner && session_->safe();
}

Task<Result<StoredValue>> ChubbyLock::guarded(Lease lease, Request request) {
  if (owner_ != lease.owner) co_return fail(ErrorCode::lost);
  const auto session = session_;
  request.sequencer.node = lease.lock;
  request.sequencer.generation = lease.token;
  request.newest_seen = options_.settings.flag("sequencer_cached");
  request.session = session->id();
  const SteadyTime until = env_.steady_now() + session->length();
  const auto reply = co_await session->ask(std::move(request), until);
  if (!reply) co_return fail(reply.error());
  if (reply->status == Status::unknown) co_return fail(ErrorCode::timeout);
  if (reply->status != Status::ok) co_return fail(ErrorCode::lost, "the sequencer is not valid");
  StoredValue stored;
  const std::string& text = reply->contents;
  std::from_chars(text.data(), text.data() + text.size(), stored.value);
  stored.version = reply->generation;
  co_return stored;
}

Task<Result<StoredValue>> ChubbyLock::guarded_read(Lease lease, std::string resource) {
  Request request;
  request.action = Action::get_contents;
  request.node = "resource:" + resource;
  return guarded(std::move(lease), std::move(request));
}

Task<Result<StoredValue>> ChubbyLock::guarded_write(Lease lease, std::string resource,
                                                    std::int64_t value) {
  Request request;
  request.action = Action::set_contents;
  request.node = "resource:" + resource;
  request.contents = std::to_string(value);
  return guarded(std::move(lease), std::move(request));
}

namespace {

std::unique_ptr<Lock> make_lock(Env& client, LockOptions options) {
  return std::make_unique<ChubbyLock>(client, std::move(options));
}

void interpret(const KeyChange& change, std::vector<GrantNote>& out) {
  interpret_line(change, "lock:", 1, out);
}

std::vector<std::string> server_nodes(const Settings& settings) {
  return raft::member_names("chubby", settings);
}

/// A lost holder's lease, twice, for a new master begins it anew; the lock delay; how long a waiter
/// may be in jeopardy; elections, and the timeouts of a few requests.
Duration bound(const Settings& settings) {
  const Duration session = settings.duration("session");
  const Duration request = settings.duration("request_timeout");
  // Without a timeout a client waits for what was sent to it, however late.
  const Duration patience =
      request > Duration::zero() ? request + settings.duration("connect_timeout") : session * 4;
  const Duration election = std::max<Duration>(settings.duration("election_timeout"), 1s);
  const Duration grace = std::max<Duration>(settings.duration("grace"), session * 15 / 4);
  const Duration delay = std::max<Duration>(settings.duration("lock_delay"), session / 2);
  return session * 4 + grace + delay * 2 + patience * 6 + election * 4 + 1s;
}

struct Text {
  std::string_view name;
  std::string_view summary;
};

/// `flipped`: the flag by which this sibling differs.
Backend entry(Text text, std::string_view flipped = {}) {
  Backend backend;
  backend.name = text.name;
  backend.summary = text.summary;
  backend.source = "M. Burrows, The Chubby lock service (OSDI 2006)";
  backend.product = "chubby";
  backend.replicated = true;
  backend.servers = 3;
  backend.server_names = server_nodes;
  backend.lease = "session";
  backend.claims.checks_lease = true;
  backend.claims.ordered_token = true;
  backend.claims.guarded_store = true;
  backend.parameters = {
      {"session", Duration(12s), "the lease that each KeepAlive grants"},
      {"jeopardy", true, "the application stops while the master is silent"},
      {"grace", Duration(0), "how long it may be; 0: 15/4 of the session"},
      {"delays", true, "a lost holder's lock stays closed for a while"},
      {"lock_delay", Duration(0), "how long; 0: half of the session"},
      {"sequencer_cached", false, "files compare sequencers with the newest that they have seen"},
      {"invalidates", true, "files are written once no cache keeps the old contents"},
      {"tick", Duration(0), "how often a master looks at sessions; 0: 1/20 of the session"},
      {"request_timeout", Duration(1s), "how long a client waits for an answer; 0: for ever"},
      {"connect_timeout", Duration(1s), "how long a client waits for a connection"},
      {"drift_allowance", std::int64_t{10'000},
       "parts per million by which clients stop counting on a lease early"},
  };
  for (Parameter& parameter : raft::member_parameters()) backend.parameters.push_back(parameter);
  for (Parameter& parameter : backend.parameters) {
    if (parameter.name == flipped) parameter.fallback = !std::get<bool>(parameter.fallback);
  }
  backend.steps = {"renewing", "renewed"};
  backend.serve = serve;
  backend.interpret = interpret;
  backend.connect = make_lock;
  backend.liveness_bound = bound;
  backend.fail_over = raft::fail_over;
  return backend;
}

}  // namespace
}  // namespace lockstep::chubby

namespace lockstep {

Backend backends::chubby() {
  return chubby::entry({"chubby", "a file's lock under a session with jeopardy and lock delay"});
}

Backend backends::chubby_no_jeopardy() {
  Backend lock = chubby::entry(
      {"chubby-no-jeopardy", "chubby that works on while its master is silent"}, "jeopardy");
  lock.fail_over = raft::fail_over_with_client;
  return lock;
}

Backend backends::chubby_no_lock_delay() {
  return chubby::entry({"chubby-no-lock-delay", "chubby whose lost locks are free at once"},
                       "delays");
}

Backend backends::chubby_sequencer_cached() {
  return chubby::entry(
      {"chubby-sequencer-cached", "chubby whose files ask nobody about sequencers"},
      "sequencer_cached");
}

}  // namespace lockstep
