// sem-zset-fair-2trip: who asks draws a number, and comes back with it: those with the lowest
// numbers hold the permits, whatever their clocks say.
//
// Claims no more holders than permits, of holds shorter than the lease as any client's clock counts
// it. But between the two trips somebody with a higher number may have taken the last permit; the
// lower number ranks before him all the same.
// Source: Redis in Action (Carlson), 6.3.2, which calls it fair, and 6.3.4, which mends it with a
// lock; its MULTIs and ZINTERSTORE are scripts here. Fencing token: none.

#include "backends/redis/semaphores/semaphore.hpp"

namespace lockstep::redis {
namespace {

constexpr std::string_view numbers_prefix = "numbers:";

/// KEYS: holders, numbers, the last number. ARGV: the oldest time that is still good.
constexpr std::string_view draw_script = R"(
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ARGV[1])
for _, holder in ipairs(redis.call('ZRANGE', KEYS[2], 0, -1)) do
  if not redis.call('ZSCORE', KEYS[1], holder) then
    redis.call('ZREM', KEYS[2], holder)
  end
end
return redis.call('INCR', KEYS[3]))";

/// KEYS: holders, numbers. ARGV: now, number, owner. The owner's rank.
constexpr std::string_view join_script = R"(
redis.call('ZADD', KEYS[1], ARGV[1], ARGV[3])
redis.call('ZADD', KEYS[2], ARGV[2], ARGV[3])
return redis.call('ZRANK', KEYS[2], ARGV[3]))";

/// KEYS: holders, numbers. ARGV: owner. 1 if he was there.
constexpr std::string_view leave_script = R"(
redis.call('ZREM', KEYS[2], ARGV[1])
return redis.call('ZREM', KEYS[1], ARGV[1]))";

class FairSemaphore final : public Semaphore {
 public:
  using Semaphore::Semaphore;

  Task<Result<void>> release(Lease lease) override {
    auto removed = co_await leave(std::move(lease.lock), std::move(lease.owner));
    if (!removed) co_return fail(removed.error());
    if (!removed->is(1)) co_return fail(ErrorCode::lost, "dropped as too old");
    co_return Result<void>();
  }

 protected:
  Task<Result<Lease>> attempt(std::string name, std::string owner) override {
    const WallTime now = env_.wall_now();
    Words keys = words(holders_key(name), numbers_key(name), "last-number:" + name);
    auto number =
        co_await eval(std::string(draw_script), std::move(keys), words(micros(now - lease_)));
    if (!number) co_return fail(number.error());
    co_await env_.step("drew-number");
    keys = words(holders_key(name), numbers_key(name));
    Words arguments = words(micros(now), number->number, owner);
    auto rank = co_await eval(std::string(join_script), std::move(keys), std::move(arguments));
    if (!rank) co_return fail(rank.error());
    if (rank->number < permits()) co_return lease_of(std::move(name), std::move(owner));
    co_await env_.step("ranked-out");
    auto removed = co_await leave(std::move(name), std::move(owner));
    (void)removed;
    co_return fail(ErrorCode::held);
  }

 private:
  static std::string numbers_key(const std::string& name) {
    return std::string(numbers_prefix) + name;
  }
  Task<Result<Reply>> leave(std::string name, std::string owner) {
    Words keys = words(holders_key(name), numbers_key(name));
    return eval(std::string(leave_script), std::move(keys), words(owner));
  }
};

/// Numbers decide; times only say who is too old.
void interpret_numbers(const KeyChange& change, std::int64_t permits, std::vector<GrantNote>& out) {
  if (!change.key.starts_with(numbers_prefix)) return;
  const std::string lock = change.key.substr(numbers_prefix.size());
  compare_members(change, lock, static_cast<std::size_t>(permits), out);
}

}  // namespace
}  // namespace lockstep::redis

namespace lockstep {

Backend backends::sem_zset_fair_2trip() {
  Backend lock = redis::semaphore_entry({"sem-zset-fair-2trip",
                                         "holders by a number that they drew in a trip before",
                                         "Redis in Action, 6.3.2"});
  lock.steps = {"drew-number", "ranked-out"};
  lock.clients_time_leases = true;
  lock.interpret_permits = redis::interpret_numbers;
  lock.connect = redis::make_lock<redis::FairSemaphore>;
  return lock;
}

}  // namespace lockstep
