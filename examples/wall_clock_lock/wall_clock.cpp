// wall-clock: the same lock with another clock. The deadline is a time of day, and times of day
// jump: set back by an hour, a client believes for an hour too long.
#include <lockstep/plugin.hpp>
#include <lockstep/redis.hpp>

namespace wall_clock {

using namespace lockstep;

constexpr std::string_view set_and_count = R"(
if not redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) then
  return false
end
return redis.call('INCR', KEYS[2]))";

constexpr std::string_view compare_and_delete = R"(
if redis.call('GET', KEYS[1]) == ARGV[1] then
  return redis.call('DEL', KEYS[1])
end
return 0)";

class WallClock final : public Lock {
 public:
  WallClock(Env& env, LockOptions options)
      : env_(env),
        settings_(options.settings),
        redis_(env, redis::endpoint_of(options), redis::client_options(settings_)) {}

  Task<Result<Lease>> acquire(std::string name, Duration patience) override;
  Task<Result<void>> release(Lease lease) override;
  bool still_held(const Lease& lease) const override {
    return *lease.until > Deadline(env_.wall_now());
  }

 private:
  Task<Result<Lease>> attempt(std::string name);

  Env& env_;
  Settings settings_;
  redis::Client redis_;
};

Task<Result<Lease>> WallClock::acquire(std::string name, Duration patience) {
  const SteadyTime give_up = env_.steady_now() + patience;
  bool in_doubt = false;
  for (;;) {
    auto lease = co_await attempt(name);
    if (lease) co_return lease;
    in_doubt = in_doubt || !lease.error().definite();
    const Duration pause = env_.random().between(Duration(1ms), settings_.duration("retry_max"));
    if (env_.steady_now() + pause >= give_up) break;
    co_await env_.sleep_for(pause);
  }
  if (in_doubt) co_return fail(ErrorCode::timeout, "a try may have taken the lock");
  co_return fail(ErrorCode::held);
}

Task<Result<Lease>> WallClock::attempt(std::string name) {
  Lease lease;
  lease.owner = env_.random().token();
  const WallTime asked_at = env_.wall_now();  // the slip
  redis::Words keys = redis::words(redis::lock_key(name), redis::fence_key(name));
  redis::Words values = redis::words(lease.owner, redis::lease_ms(settings_.duration("lease")));
  const auto reply =
      co_await redis_.eval(std::string(set_and_count), std::move(keys), std::move(values));
  if (!reply) co_return fail(reply.error());
  if (reply->is_error()) co_return fail(ErrorCode::refused, reply->text);
  if (reply->is_nil()) co_return fail(ErrorCode::held);
  lease.until = asked_at + redis::validity(settings_);
  lease.lock = std::move(name);
  lease.token = static_cast<std::uint64_t>(reply->number);
  co_return lease;
}

Task<Result<void>> WallClock::release(Lease lease) {
  redis::Words keys = redis::words(redis::lock_key(lease.lock));
  redis::Words values = redis::words(lease.owner);
  const auto reply =
      co_await redis_.eval(std::string(compare_and_delete), std::move(keys), std::move(values));
  if (!reply) co_return fail(reply.error());
  if (!reply->is(1)) co_return fail(ErrorCode::lost, "the key was gone, or somebody else's");
  co_return Result<void>();
}

Backend entry() {
  Backend lock =
      redis::entry({"wall-clock", "SET NX PX with a token and a deadline", "this project"});
  lock.claims.guarded_store = false;
  lock.claims.checks_lease = true;
  lock.claims.ordered_token = true;
  lock.connect = redis::make_lock<WallClock>;
  return lock;
}

}  // namespace wall_clock

LOCKSTEP_PLUGIN(plugin) {
  plugin.locks.push_back(wall_clock::entry());
}
