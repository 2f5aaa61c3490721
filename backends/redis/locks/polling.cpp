#include "backends/redis/locks/polling.hpp"

#include <algorithm>
#include <charconv>

namespace lockstep::redis {
namespace {

std::int64_t number_in(const std::string& text) {
  std::int64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

Result<StoredValue> stored_value(const Result<Reply>& reply) {
  if (!reply) return fail(reply.error());
  if (reply->is_nil()) return fail(ErrorCode::lost, "the lock is not ours any more");
  StoredValue stored;
  stored.value = number_in(reply->text);
  stored.version = static_cast<std::uint64_t>(stored.value);
  return stored;
}

}  // namespace

ClientOptions client_options(const Settings& settings) {
  ClientOptions options;
  options.connect_timeout = settings.duration("connect_timeout");
  options.request_timeout = settings.duration("request_timeout");
  options.retries = settings.number("retries");
  return options;
}

std::int64_t lease_ms(Duration lease) {
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(lease).count();
  return std::max<std::int64_t>(ms, 1);
}

Result<Reply> refusal_as_error(Result<Reply> reply) {
  if (reply && reply->is_error()) return fail(ErrorCode::refused, reply->text);
  return reply;
}

Lease lease_of(std::string name, std::string owner) {
  Lease lease;
  lease.lock = std::move(name);
  lease.owner = std::move(owner);
  return lease;
}

PollingLock::PollingLock(Env& env, LockOptions options)
    : env_(env),
      settings_(options.settings),
      lease_(settings_.duration("lease")),
      client_(env, endpoint_of(options), client_options(settings_)) {}

Task<Result<Lease>> PollingLock::acquire(std::string name, Duration patience) {
  const SteadyTime give_up = env_.steady_now() + patience;
  std::string owner = new_owner();
  const Duration longest = settings_.duration("retry_max");
  Duration ceiling = std::min(settings_.duration("retry_min"), longest);
  bool in_doubt = false;
  for (;;) {
    auto lease = co_await attempt(name, owner);
    if (lease) co_return lease;
    if (!lease.error().definite()) {
      const bool gone = co_await withdraw(name, owner);
      in_doubt |= !gone;
      // Never again with this value: the withdrawal may yet arrive, and must not find a later try.
      owner = new_owner();
    }
    const Duration pause = env_.random().between(Duration(0), ceiling);
    if (env_.steady_now() + pause >= give_up) {
      if (in_doubt) {
        co_return fail(ErrorCode::timeout, "a try may have taken, or yet take, the lock");
      }
      if (lease.error().definite()) co_return lease;
      co_return fail(ErrorCode::held, "the outcome of a try was unknown; it was taken back");
    }
    co_await env_.sleep_for(pause);
    ceiling = std::min(ceiling * 2, longest);
  }
}

Task<bool> PollingLock::withdraw(std::string name, std::string owner) {
  auto deleted =
      co_await eval(std::string(compare_and_delete), words(lock_key(name)), words(owner));
  co_return deleted && deleted->is(1);
}

Task<Result<void>> PollingLock::release(Lease lease) {
  auto deleted = co_await eval(std::string(compare_and_delete), words(lock_key(lease.lock)),
                               words(lease.owner));
  if (!deleted) co_return fail(deleted.error());
  if (!deleted->is(1)) co_return fail(ErrorCode::lost, "the key was gone, or somebody else's");
  co_return Result<void>();
}

Task<Result<StoredValue>> PollingLock::guarded_read(Lease lease, std::string resource) {
  Words keys = words(lock_key(lease.lock), resource_key(resource));
  auto value = co_await eval(std::string(guarded_get), std::move(keys), words(lease.owner));
  co_return stored_value(value);
}

Task<Result<StoredValue>> PollingLock::guarded_write(Lease lease, std::string resource,
                                                     std::int64_t value) {
  Words keys = words(lock_key(lease.lock), resource_key(resource));
  auto stored = co_await eval(std::string(guarded_set), std::move(keys), words(lease.owner, value));
  co_return stored_value(stored);
}

GuardedBatch batch_of(const std::vector<GuardedWrite>& writes) {
  GuardedBatch batch;
  for (const GuardedWrite& write : writes) {
    batch.keys.push_back(lock_key(write.lease.lock));
    batch.arguments.push_back(write.lease.owner);
  }
  for (const GuardedWrite& write : writes) {
    batch.keys.push_back(resource_key(write.resource));
    batch.arguments.push_back(std::to_string(write.value));
  }
  return batch;
}

Task<Result<void>> PollingLock::guarded_write_all(std::vector<GuardedWrite> writes) {
  GuardedBatch batch = batch_of(writes);
  auto stored = co_await eval(std::string(guarded_set_all), std::move(batch.keys),
                              std::move(batch.arguments));
  if (!stored) co_return fail(stored.error());
  if (!stored->is(1)) co_return fail(ErrorCode::lost, "one of the locks is not ours any more");
  co_return Result<void>();
}

Task<Result<Reply>> PollingLock::call(Words words) {
  auto reply = co_await client_.call(std::move(words));
  co_return refusal_as_error(std::move(reply));
}

Task<Result<Reply>> PollingLock::eval(std::string script, Words keys, Words arguments) {
  auto reply = co_await client_.eval(std::move(script), std::move(keys), std::move(arguments));
  co_return refusal_as_error(std::move(reply));
}

}  // namespace lockstep::redis
