// redis-fence-after: redis-setpx, then INCR of a counter as a second command.
//
// Claims what redis-fence-atomic claims. But a client that loses its lease between the two gets a
// token above that of the live holder, whom the resource then turns away.
// Source: lock-algorithms.md, counterexample 23.
// Fencing token: the counter "fence:<lock>", taken late.

#include "backends/redis/locks/entry.hpp"
#include "backends/redis/locks/set_px.hpp"

namespace lockstep::redis {
namespace {

class FenceAfterLock final : public SetPxLock {
 public:
  using SetPxLock::SetPxLock;

 protected:
  Task<Result<Lease>> attempt(std::string name, std::string owner) override {
    auto lease = co_await SetPxLock::attempt(std::move(name), std::move(owner));
    if (!lease) co_return lease;
    co_await env_.step("token-next");
    auto token = co_await call(words("INCR", fence_key(lease->lock)));
    // The key is ours whatever became of the token: as with a lost answer, it is taken back.
    if (!token) co_return fail(ErrorCode::timeout, "no token: " + token.error().text);
    lease->token = static_cast<std::uint64_t>(token->number);
    co_return lease;
  }
};

}  // namespace
}  // namespace lockstep::redis

namespace lockstep {

Backend backends::redis_fence_after() {
  Backend lock =
      redis::entry({"redis-fence-after", "redis-setpx with a token from a second command",
                    "lock-algorithms.md, counterexample 23"});
  lock.claims.ordered_token = true;
  lock.steps = {"token-next"};
  lock.connect = redis::make_lock<redis::FenceAfterLock>;
  return lock;
}

}  // namespace lockstep
