#include "backends/redis/locks/owner_hash.hpp"

#include <algorithm>
#include <charconv>

namespace lockstep::redis {
namespace {

/// KEYS: lock, resource. ARGV: owner. The resource's value, while the owner is in.
constexpr std::string_view get_while_inside = R"(
if redis.call('HEXISTS', KEYS[1], ARGV[1]) == 0 then
  return false
end
return redis.call('GET', KEYS[2]) or '0')";

/// KEYS: lock, resource. ARGV: owner, value. Stores the value, while the owner is in.
constexpr std::string_view set_while_inside = R"(
if redis.call('HEXISTS', KEYS[1], ARGV[1]) == 0 then
  return false
end
redis.call('SET', KEYS[2], ARGV[2])
return ARGV[2])";

/// KEYS: n locks, n resources. ARGV: n owners, n values. Stores all, while every owner is in.
constexpr std::string_view set_all_while_inside = R"(
local n = #KEYS / 2
for i = 1, n do
  if redis.call('HEXISTS', KEYS[i], ARGV[i]) == 0 then
    return 0
  end
end
for i = 1, n do
  redis.call('SET', KEYS[n + i], ARGV[n + i])
end
return 1)";

Result<StoredValue> stored_value(const Result<Reply>& reply) {
  if (!reply) return fail(reply.error());
  if (reply->is_nil()) return fail(ErrorCode::lost, "the lock is not ours any more");
  StoredValue stored;
  const std::string& text = reply->text;
  std::from_chars(text.data(), text.data() + text.size(), stored.value);
  stored.version = static_cast<std::uint64_t>(stored.value);
  return stored;
}

}  // namespace

OwnerHashLock::OwnerHashLock(Env& env, LockOptions options)
    : env_(env),
      options_(std::move(options)),
      lease_(options_.settings.duration("lease")),
      owner_(env.random().token()),
      client_(env, endpoint_of(options_), client_options(options_.settings)) {}

Task<Result<Lease>> OwnerHashLock::acquire(std::string name, Duration patience) {
  const SteadyTime until = env_.steady_now() + patience;
  for (;;) {
    auto left = co_await enter(name);
    // A library throws here, and its caller can't know whether it is in.
    if (!left) co_return fail(left.error());
    if (left->is_nil()) co_return begin(std::move(name));
    const Duration remaining = until - env_.steady_now();
    if (remaining <= Duration::zero()) break;
    Duration longest = std::chrono::milliseconds(left->number);
    if (left->number <= 0) longest = options_.settings.duration("retry_max");
    co_await wait(channel(name), std::min(longest, remaining));
  }
  subscriber_.reset();
  co_await give_up(std::move(name));
  co_return fail(ErrorCode::held);
}

/// Returns early for any news, and when they can't be had.
Task<void> OwnerHashLock::wait(std::string channel, Duration at_most) {
  if (subscriber_) {
    const auto news = co_await subscriber_->next(env_.steady_now() + at_most);
    if (!news && news.error().code != ErrorCode::timeout) subscriber_.reset();
    co_return;
  }
  subscriber_.emplace(env_, endpoint_of(options_), client_options(options_.settings));
  auto subscribed = co_await subscriber_->subscribe(std::move(channel));
  // It may have been freed before we listened: look again at once.
  if (subscribed) co_return;
  subscriber_.reset();
  const Duration longest = options_.settings.duration("retry_max");
  const Duration pause = env_.random().between(Duration(0), longest);
  co_await env_.sleep_for(std::min(pause, at_most));
}

Lease OwnerHashLock::begin(std::string name) {
  subscriber_.reset();
  hold_ = std::make_shared<Renewal>(env_, options_);
  hold_->rules.script = extend_if_inside;
  hold_->lock = name;
  hold_->owner = owner_;
  env_.spawn(renew(env_, hold_));
  return lease_of(std::move(name), owner_);
}

Task<Result<void>> OwnerHashLock::release(Lease lease) {
  if (hold_) hold_->stopped = true;
  auto left = co_await leave(std::move(lease.lock));
  if (!left) co_return fail(left.error());
  if (left->is_nil()) co_return fail(ErrorCode::lost, "we were not in");
  co_return Result<void>();
}

Task<Result<StoredValue>> OwnerHashLock::guarded_read(Lease lease, std::string resource) {
  Words keys = words(lock_key(lease.lock), resource_key(resource));
  auto value = co_await eval(std::string(get_while_inside), std::move(keys), words(owner_));
  co_return stored_value(value);
}

Task<Result<StoredValue>> OwnerHashLock::guarded_write(Lease lease, std::string resource,
                                                       std::int64_t value) {
  Words keys = words(lock_key(lease.lock), resource_key(resource));
  auto stored = co_await eval(std::string(set_while_inside), std::move(keys), words(owner_, value));
  co_return stored_value(stored);
}

Task<Result<void>> OwnerHashLock::guarded_write_all(std::vector<GuardedWrite> writes) {
  GuardedBatch batch = batch_of(writes);
  auto stored = co_await eval(std::string(set_all_while_inside), std::move(batch.keys),
                              std::move(batch.arguments));
  if (!stored) co_return fail(stored.error());
  if (!stored->is(1)) co_return fail(ErrorCode::lost, "one of the locks is not ours any more");
  co_return Result<void>();
}

Task<Result<Reply>> OwnerHashLock::eval(std::string script, Words keys, Words arguments) {
  auto reply = co_await client_.eval(std::move(script), std::move(keys), std::move(arguments));
  co_return refusal_as_error(std::move(reply));
}

}  // namespace lockstep::redis
