// A plug-in for the tests: locks on Redis that each break one rule of the house, in the release.
#include <lockstep/plugin.hpp>
#include <lockstep/redis.hpp>

#include <cstdlib>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "backends/redis/locks/set_px.hpp"

namespace lockstep {
namespace {

using Mischief = void (*)(Env& env);

/// redis-setpx, and something that it should not do before each release.
class MischievousLock : public redis::SetPxLock {
 public:
  MischievousLock(Env& env, LockOptions options, Mischief mischief)
      : redis::SetPxLock(env, std::move(options)), mischief_(mischief) {}

  Task<Result<void>> release(Lease lease) override {
    mischief_(env_);
    auto released = co_await redis::SetPxLock::release(std::move(lease));
    co_return released;
  }

 private:
  Mischief mischief_;
};

void nothing(Env&) {}

void throws(Env&) {
  throw std::runtime_error("the release has thrown");
}

void throws_no_exception(Env&) {
  throw 7;
}

void crashes(Env&) {
  std::fputs("mine.cpp:7: an assertion did not hold\n", stderr);
  std::abort();
}

/// In about every third run of a minute.
void crashes_in_some_runs(Env& env) {
  if (env.random().below(150) == 0) std::abort();
}

void never_returns(Env&) {
  for (volatile int i = 0;;) i = i + 1;
}

void sleeps(Env&) {
  for (;;) std::this_thread::sleep_for(std::chrono::hours(1));
}

void prints(Env&) {
  for (;;) std::fputs("still here\n", stdout);
}

void leaks(Env&) {
  for (;;) new std::vector<char>(1 << 24, 'x');
}

/// A datagram to itself at each step, for ever.
Task<void> flood(Env& env) {
  for (;;) {
    env.post(env.id(), Frame());
    co_await env.step("flooding");
  }
}
void floods(Env& env) {
  env.spawn(flood(env));
}

/// As a lock would that draws its backoff from rand.
void use(Env& env, int drawn) {
  for (int i = 0; i < drawn % 7 + 1; ++i) (void)env.random().next();
}
void draws(Env& env) {
  use(env, std::rand());
}
void reads_the_clock(Env& env) {
  use(env, static_cast<int>(std::chrono::system_clock::now().time_since_epoch().count() % 1000));
}
void keeps_state(Env& env) {
  static int times = 0;
  use(env, ++times);
}

template <Mischief mischief>
std::unique_ptr<Lock> make(Env& client, LockOptions options) {
  return std::make_unique<MischievousLock>(client, std::move(options), mischief);
}

template <Mischief mischief>
Backend lock_named(std::string_view name) {
  Backend lock = redis::entry({name, "a lock for the tests of plug-ins", "tests/plugins"});
  lock.connect = make<mischief>;
  return lock;
}

}  // namespace
}  // namespace lockstep

LOCKSTEP_PLUGIN(plugin) {
  using namespace lockstep;
  Backend twin = redis::entry({"redis-twin", "redis-setpx once more", "tests/plugins"});
  twin.connect = redis::make_lock<redis::SetPxLock>;
  plugin.locks.push_back(twin);
  plugin.locks.push_back(lock_named<nothing>("obedient"));
  plugin.locks.push_back(lock_named<throws>("throws"));
  plugin.locks.push_back(lock_named<throws_no_exception>("throws-no-exception"));
  plugin.locks.push_back(lock_named<crashes>("crashes"));
  plugin.locks.push_back(lock_named<crashes_in_some_runs>("crashes-in-some-runs"));
  plugin.locks.push_back(lock_named<never_returns>("never-returns"));
  plugin.locks.push_back(lock_named<sleeps>("sleeps"));
  plugin.locks.push_back(lock_named<prints>("prints"));
  plugin.locks.push_back(lock_named<leaks>("leaks"));
  plugin.locks.push_back(lock_named<floods>("floods"));
  plugin.locks.push_back(lock_named<draws>("draws-from-rand"));
  plugin.locks.push_back(lock_named<reads_the_clock>("reads-the-clock"));
  plugin.locks.push_back(lock_named<keeps_state>("keeps-state"));
}
