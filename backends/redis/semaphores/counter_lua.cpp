// sem-counter-lua: a counter of free permits; taking one is a script, so that nobody counts below
// zero.
//
// Claims what sem-counter claims. A release adds a permit, whoever asks and however often.
// Source: Redisson, RedissonSemaphore (its algorithm; the script is ours; it waits on a channel
// where we poll); redisson#4462 on permits that leak, redisson#5066 on releases without an acquire.
// Fencing token: none.

#include "backends/redis/semaphores/counter.hpp"

namespace lockstep::redis {
namespace {

/// KEYS: permits. 1 when one was taken, nil when there is no counter.
constexpr std::string_view take_script = R"(
local free = redis.call('GET', KEYS[1])
if not free then
  return false
end
if tonumber(free) >= 1 then
  redis.call('DECRBY', KEYS[1], 1)
  return 1
end
return 0)";

class ScriptedSemaphore final : public CounterSemaphore {
 public:
  using CounterSemaphore::CounterSemaphore;

 protected:
  Task<Result<void>> initialise(std::string name) override {
    return initialise_once(std::move(name));
  }
  Task<Result<Taken>> take(std::string name) override {
    auto taken = co_await eval(std::string(take_script), words(permits_key(name)), Words());
    if (!taken) co_return fail(taken.error());
    if (taken->is_nil()) co_return Taken::no_counter;
    co_return taken->is(1) ? Taken::yes : Taken::none_free;
  }
};

}  // namespace
}  // namespace lockstep::redis

namespace lockstep {

Backend backends::sem_counter_lua() {
  Backend lock =
      redis::counter_entry({"sem-counter-lua", "a counter of free permits, taken by a script",
                            "Redisson, RedissonSemaphore; redisson#5066"});
  lock.connect = redis::make_lock<redis::ScriptedSemaphore>;
  return lock;
}

}  // namespace lockstep
