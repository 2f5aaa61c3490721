// sem-counter: a counter that whoever finds none sets to the number of permits (EXISTS, SET); GET,
// DECR if there are any, INCR if it was one too many; INCR to release.
//
// Claims that no more clients hold it than there are permits, that every holder lives to release,
// and that no command is lost or sent twice: a permit has no owner and no end, so one that was
// taken for nobody is gone, and one that was given back twice is one too many. Source:
// lock-algorithms.md A10 (a seed's own semaphore, F32 to F39); redis-semaphore's early form.
// Fencing token: none.
//
// sem-counter-nx: the same, made with SETNX, so that two who make it make it once.

#include "backends/redis/semaphores/counter.hpp"

#include <charconv>

namespace lockstep::redis {

Task<Result<Lease>> CounterSemaphore::attempt(std::string name, std::string) {
  auto taken = co_await take(name);
  if (taken && *taken == Taken::no_counter) {
    auto ready = co_await initialise(name);
    if (!ready) co_return fail(ready.error());
    taken = co_await take(name);
  }
  if (!taken) co_return fail(taken.error());
  if (*taken != Taken::yes) co_return fail(ErrorCode::held);
  // A number knows nobody's name.
  co_return lease_of(std::move(name), std::string());
}

Task<Result<CounterSemaphore::Taken>> CounterSemaphore::take(std::string name) {
  const std::string key = permits_key(name);
  auto seen = co_await call(words("GET", key));
  if (!seen) co_return fail(seen.error());
  if (seen->is_nil()) co_return Taken::no_counter;
  std::int64_t free = 0;
  std::from_chars(seen->text.data(), seen->text.data() + seen->text.size(), free);
  if (free <= 0) co_return Taken::none_free;
  co_await env_.step("saw-permit");
  auto left = co_await call(words("DECR", key));
  if (!left) co_return fail(left.error());
  if (left->number >= 0) co_return Taken::yes;
  co_await env_.step("overdrew");
  auto undone = co_await call(words("INCR", key));
  (void)undone;
  co_return Taken::none_free;
}

Task<Result<void>> CounterSemaphore::release(Lease lease) {
  auto freed = co_await call(words("INCR", permits_key(lease.lock)));
  if (!freed) co_return fail(freed.error());
  co_return Result<void>();
}

Task<Result<void>> CounterSemaphore::initialise_once(std::string name) {
  auto made = co_await call(words("SETNX", permits_key(name), permits()));
  if (!made) co_return fail(made.error());
  co_return Result<void>();
}

Task<Result<void>> CounterSemaphore::initialise_if_absent(std::string name) {
  auto there = co_await call(words("EXISTS", permits_key(name)));
  if (!there) co_return fail(there.error());
  if (there->is(1)) co_return Result<void>();
  co_await env_.step("found-none");
  auto made = co_await call(words("SET", permits_key(name), permits()));
  if (!made) co_return fail(made.error());
  co_return Result<void>();
}

Backend counter_entry(EntryText text, std::initializer_list<Parameter> own) {
  Backend backend = semaphore_entry(text, own);
  backend.claims.expires = false;
  backend.claims.knows_owners = false;
  backend.interpret_permits = interpret_counter;
  return backend;
}

namespace {

class SeedSemaphore final : public CounterSemaphore {
 public:
  using CounterSemaphore::CounterSemaphore;

 protected:
  Task<Result<void>> initialise(std::string name) override {
    if (settings_.flag("initialised")) return initialise_once(std::move(name));
    return initialise_if_absent(std::move(name));
  }
};

class SetNxSemaphore final : public CounterSemaphore {
 public:
  using CounterSemaphore::CounterSemaphore;

 protected:
  Task<Result<void>> initialise(std::string name) override {
    return initialise_once(std::move(name));
  }
};

}  // namespace
}  // namespace lockstep::redis

namespace lockstep {

Backend backends::sem_counter() {
  Backend lock = redis::counter_entry(
      {"sem-counter", "a counter of free permits, made by EXISTS and SET",
       "lock-algorithms.md, A10"},
      {{"initialised", false, "somebody who comes alone makes the counter, before the others"}});
  lock.steps = {"found-none", "saw-permit", "overdrew"};
  lock.connect = redis::make_lock<redis::SeedSemaphore>;
  return lock;
}

Backend backends::sem_counter_nx() {
  Backend lock = redis::counter_entry({"sem-counter-nx", "a counter of free permits, made by SETNX",
                                       "lock-algorithms.md, A10; redisson#4462"});
  lock.steps = {"saw-permit", "overdrew"};
  lock.connect = redis::make_lock<redis::SetNxSemaphore>;
  return lock;
}

}  // namespace lockstep
