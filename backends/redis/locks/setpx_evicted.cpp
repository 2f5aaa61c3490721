// redis-setpx-evicted: redis-setpx on a server that is also a cache, and short of memory.
//
// Each client writes cache entries beside its lock. The server evicts what it deems least useful,
// and a lock is a key as any other: a live holder loses it without a sound.
// Source: Redis documentation, "Key eviction"; seen on redis-server 7.0.15.
// Fencing token: none.

#include "backends/redis/locks/entry.hpp"
#include "backends/redis/locks/set_px.hpp"

namespace lockstep::redis {
namespace {

/// Writes entries for as long as the client lives.
Task<void> fill_cache(Env& env, std::shared_ptr<Client> client, Settings settings) {
  const std::int64_t per_lease = std::max<std::int64_t>(settings.number("cache_writes"), 1);
  const Duration pause = settings.duration("lease") / per_lease;
  const std::string entry(static_cast<std::size_t>(settings.number("cache_bytes")), 'x');
  constexpr int lifetime_s = 3600;
  for (std::int64_t n = 0;; ++n) {
    const Duration wait = env.random().between(pause / 2, pause * 3 / 2);
    co_await env.sleep_for(wait);
    const std::string key = "cache:" + env.name() + ":" + std::to_string(n);
    auto stored = co_await client->call(words("SET", key, entry, "EX", lifetime_s));
    (void)stored;
  }
}

class SetPxEvictedLock final : public SetPxLock {
 public:
  SetPxEvictedLock(Env& env, LockOptions options) : SetPxLock(env, options) {
    auto client = std::make_shared<Client>(env, endpoint_of(options), client_options(settings_));
    env.spawn(fill_cache(env, std::move(client), settings_));
  }
};

}  // namespace
}  // namespace lockstep::redis

namespace lockstep {

Backend backends::redis_setpx_evicted() {
  Backend lock = redis::entry(
      {"redis-setpx-evicted", "redis-setpx on a cache that evicts keys when memory is short",
       "Redis documentation, Key eviction"},
      {{"cache_writes", std::int64_t{40}, "cache entries that each client writes per lease"},
       {"cache_bytes", std::int64_t{1000}, "size of a cache entry"},
       {"maxmemory", std::int64_t{960'000}, "bytes the server may use before it evicts keys"},
       {"maxmemory_policy", std::string("allkeys-lru"), "which keys the server evicts"}});
  lock.connect = redis::make_lock<redis::SetPxEvictedLock>;
  return lock;
}

}  // namespace lockstep
