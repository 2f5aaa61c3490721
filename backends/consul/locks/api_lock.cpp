// consul-api-lock: a key of Consul's store that a session locks, as api.Lock does it.
//
// For each acquire the client creates a session with a TTL, renews it every half of that, and
// destroys it after the release; the leader ends it when it has been silent for twice its TTL. The
// key of a session that ends stays closed for the lock delay. Who finds
// the key locked waits for its change with a blocking query, and so does the holder, to be told of
// its loss: that renewals fail is logged, no more. Claims that no two believe at once, while its
// holder hears from Consul: it looks at no clock.
// Source: hashicorp/consul, api/lock.go; the loss of packets in hashicorp/consul#18271.
// Fencing token: the key's ModifyIndex.
//
// consul-lock: the same, whose effects are kept in Consul, each in one transaction with the check
// that the session holds the key still (HashiCorp Vault since hashicorp/vault#23013).
// consul-no-lock-delay: the key can be locked again at once when its session has ended.
// consul-delete-behaviour: the session's end deletes the key, and its LockIndex, which serves as
// token, begins anew.

#include "backends/consul/locks/api_lock.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "backends/consul/locks/entry.hpp"

namespace lockstep::consul {
namespace {

std::string lock_key(const std::string& name) {
  return "lock:" + name;
}
std::string resource_key(const std::string& name) {
  return "resource:" + name;
}

/// Asks again and again whether the session still holds the key: a blocking query, whose error
/// counts as a loss (MonitorRetries is 0).
Task<void> monitor(std::shared_ptr<HeldSession> session, std::shared_ptr<Hold> hold) {
  Env& env = session->env;
  const Duration wait = session->length * 10;
  const Duration patience = session->length / 20;
  std::uint64_t seen = 0;
  while (!hold->over) {
    const SteadyTime give_up = env.steady_now() + patience;
    const auto reply = co_await session->client->get(lock_key(hold->lock), seen, wait, give_up);
    if (hold->over) co_return;
    const bool ours = reply.has_value() && reply->entries.front() &&
                      reply->entries.front()->session == hold->session;
    if (!ours) break;
    seen = reply->index;
  }
  if (hold->over) co_return;
  hold->lost = true;
  env.note(BeliefLost{hold->lock, hold->owner});
}

Task<void> destroyed(std::shared_ptr<HeldSession> session) {
  co_await destroy(std::move(session));
}

}  // namespace

ApiLock::ApiLock(Env& env, LockOptions options)
    : env_(env),
      options_(std::move(options)),
      session_length_(options_.settings.duration("session")),
      client_(env, options_),
      renewals_(std::make_shared<Client>(env, options_)) {}

Task<Result<void>> ApiLock::ready_session(SteadyTime give_up) {
  if (session_ && !session_->over) co_return Result<void>();
  auto session = std::make_shared<HeldSession>(env_, session_length_, renewals_);
  Request request;
  request.action = Action::create_session;
  request.length = session_length_.count();
  request.lock_delay = lock_delay_in(options_.settings).count();
  const bool erases = options_.settings.text("behaviour") == "delete";
  request.behaviour = erases ? Behaviour::erase : Behaviour::release;
  // One that was created although no answer came ends by itself.
  const auto reply = co_await client_.call(std::move(request), give_up);
  const bool created = reply.has_value() && reply->status == Status::ok;
  if (!created) co_return fail(ErrorCode::refused, "no session could be created");
  session->id = reply->session;
  session_ = session;
  env_.spawn(renew_periodically(session));
  co_return Result<void>();
}

Task<Result<Lease>> ApiLock::acquire(std::string name, Duration patience) {
  const SteadyTime give_up = env_.steady_now() + patience;
  const Duration pause = std::max<Duration>(session_length_ / 40, 1ms);
  const std::string key = lock_key(name);
  if (session_ && !session_->over) env_.spawn(destroyed(session_));
  session_.reset();
  seen_ = 0;
  bool in_doubt = false;
  for (;;) {
    const auto ready = co_await ready_session(give_up);
    Result<std::optional<Entry>> entry = fail(ErrorCode::refused);
    if (ready) entry = co_await attempt(key, give_up);
    if (entry && *entry) co_return hold(std::move(name), **entry);
    in_doubt |= !entry && !entry.error().definite();
    if (env_.steady_now() + pause >= give_up) break;
    if (!entry) co_await env_.sleep_for(pause);
  }
  // Without its session nothing holds the key, whatever arrives late.
  if (!session_) co_return fail(ErrorCode::held);
  const bool gone = co_await destroy(session_);
  if (gone || !in_doubt) co_return fail(ErrorCode::held);
  co_return fail(ErrorCode::timeout, "the key may be locked by us until the session ends");
}

Task<Result<std::optional<Entry>>> ApiLock::attempt(std::string key, SteadyTime give_up) {
  const auto session = session_;
  Duration wait = std::min<Duration>(give_up - env_.steady_now(), session_length_ / 2);
  if (seen_ == 0) wait = Duration::zero();
  const auto found = co_await client_.get(key, seen_, wait, give_up);
  if (!found) co_return fail(ErrorCode::refused, "the key could not be read");
  const std::optional<Entry> there = found->entries.front();
  if (there && there->session == session->id) co_return there;
  const bool taken = there && there->session != 0;
  seen_ = taken ? found->index : 0;
  if (taken) co_return std::nullopt;
  std::vector<Operation> operations;
  operations.push_back(operation(Verb::lock, key, session->id, env_.name()));
  const auto locked = co_await client_.call(transaction(std::move(operations)), give_up);
  if (!locked) co_return fail(locked.error());
  if (locked->status == Status::ok) co_return locked->entries.front();
  if (locked->status == Status::unknown) co_return fail(ErrorCode::timeout);
  if (locked->status == Status::no_session) {
    session->over = true;
    co_return std::nullopt;
  }
  // Somebody was quicker, or the lock delay is not over: then it is of no use to ask at once.
  const Duration pause = std::max<Duration>(lock_delay_in(options_.settings) / 6, 1ms);
  const Duration rest = std::max<Duration>(give_up - env_.steady_now(), 0ms);
  co_await env_.sleep_for(std::min<Duration>(pause, rest));
  co_return std::nullopt;
}

Lease ApiLock::hold(std::string name, const Entry& entry) {
  hold_ = std::make_shared<Hold>();
  hold_->lock = name;
  hold_->owner = owner_text(entry);
  hold_->session = entry.session;
  env_.spawn(monitor(session_, hold_));
  Lease lease;
  lease.lock = std::move(name);
  lease.owner = hold_->owner;
  const bool by_lock_index = options_.settings.text("token") == "lock-index";
  lease.token = by_lock_index ? entry.lock_index : entry.modify_index;
  return lease;
}

Task<Result<void>> ApiLock::release(Lease lease) {
  if (!hold_ || hold_->owner != lease.owner) co_return fail(ErrorCode::lost);
  hold_->over = true;
  const auto released = co_await let_go(lock_key(lease.lock));
  env_.spawn(destroyed(session_));
  co_return released;
}

/// Asks for the key's release as long as it takes to hear of it, at most for the session's length.
Task<Result<void>> ApiLock::let_go(std::string key) {
  // A session that has ended holds nothing; the service says so.
  std::vector<Operation> operations;
  operations.push_back(operation(Verb::unlock, key, hold_->session));
  const bool lost = hold_->lost;
  const SteadyTime until = env_.steady_now() + session_length_;
  bool sent_before = false;
  for (;;) {
    const auto reply = co_await client_.call(transaction(operations), until);
    const bool answered = reply.has_value() && reply->status != Status::unknown;
    if (answered && reply->status == Status::ok) co_return Result<void>();
    if (answered && (lost || !sent_before)) co_return fail(ErrorCode::lost, "not our session's");
    if (answered) co_return fail(ErrorCode::timeout, "not our session's any more");
    sent_before |= reply.has_value() || !reply.error().definite();
    if (env_.steady_now() >= until) break;
    co_await env_.sleep_for(std::max<Duration>(session_length_ / 40, 1ms));
  }
  co_return fail(ErrorCode::timeout, "no answer; it ends with the session");
}

bool ApiLock::still_held(const Lease& lease) const {
  return hold_ && hold_->owner == lease.owner && !hold_->lost;
}

Task<Result<StoredValue>> ApiLock::guarded(Lease lease, Operation effect) {
  if (!hold_ || hold_->owner != lease.owner) co_return fail(ErrorCode::lost);
  std::vector<Operation> operations;
  operations.push_back(operation(Verb::check_session, lock_key(lease.lock), hold_->session));
  operations.push_back(std::move(effect));
  const SteadyTime until = env_.steady_now() + session_length_ / 4;
  const auto reply = co_await client_.call(transaction(std::move(operations)), until);
  if (!reply) co_return fail(reply.error());
  if (reply->status == Status::unknown) co_return fail(ErrorCode::timeout);
  if (reply->status != Status::ok) co_return fail(ErrorCode::lost, "the key is not ours any more");
  StoredValue stored;
  const std::optional<Entry>& entry = reply->entries.back();
  const std::string text = entry ? entry->value : std::string("0");
  std::from_chars(text.data(), text.data() + text.size(), stored.value);
  stored.version = entry ? entry->modify_index : 0;
  co_return stored;
}

Task<Result<StoredValue>> ApiLock::guarded_read(Lease lease, std::string resource) {
  return guarded(std::move(lease), operation(Verb::get, resource_key(resource), 0));
}

Task<Result<StoredValue>> ApiLock::guarded_write(Lease lease, std::string resource,
                                                 std::int64_t value) {
  const std::string text = std::to_string(value);
  return guarded(std::move(lease), operation(Verb::set, resource_key(resource), 0, text));
}

namespace {

std::unique_ptr<Lock> make_lock(Env& client, LockOptions options) {
  return std::make_unique<ApiLock>(client, std::move(options));
}

}  // namespace
}  // namespace lockstep::consul

namespace lockstep {

Backend backends::consul_lock() {
  Backend lock = consul::entry({"consul-lock", "consul-api-lock whose effects Consul itself checks",
                                "hashicorp/vault#23013; hashicorp/consul, api/lock.go"});
  lock.connect = consul::make_lock;
  return lock;
}

Backend backends::consul_api_lock() {
  Backend lock = consul::entry({"consul-api-lock", "a key that a session locks, and a query tells",
                                "hashicorp/consul, api/lock.go; hashicorp/consul#18271"});
  lock.connect = consul::make_lock;
  return lock;
}

Backend backends::consul_no_lock_delay() {
  Backend lock = consul::entry({"consul-no-lock-delay", "consul-api-lock with a lock delay of 0",
                                "hashicorp/consul, documentation of sessions"},
                               {{"delays", false, "a session's end closes its keys for a while"}});
  lock.connect = consul::make_lock;
  return lock;
}

Backend backends::consul_delete_behaviour() {
  Backend lock =
      consul::entry({"consul-delete-behaviour", "consul-api-lock whose key ends with its session",
                     "hashicorp/consul, documentation of sessions"},
                    {{"behaviour", std::string("delete"), "of the keys of a session that ends"},
                     {"token", std::string("lock-index"), "what serves as fencing token"}});
  lock.connect = consul::make_lock;
  return lock;
}

}  // namespace lockstep
