// sem-zk-v2 and kazoo-semaphore: k leases behind one mutex.
//
// Whoever has the mutex (the recipe of zk-seq) waits until there is a lease for him, and then lets
// the next one in. Curator's InterProcessSemaphoreV2 puts its lease down first and waits until at
// most k are there; kazoo's Semaphore waits until fewer than k are, and then puts down its own.
// Both claim at most k holders while the sessions live, and the first of them who asks first.
// Sources: Curator 5, InterProcessSemaphoreV2; kazoo.recipe.lock, Semaphore. Fencing token: the
// czxid of the lease, which orders the grants of one semaphore.

#include <algorithm>

#include "backends/queue.hpp"
#include "backends/zookeeper/locks/entry.hpp"
#include "backends/zookeeper/locks/sequence.hpp"

namespace lockstep::zookeeper {
namespace {

constexpr std::string_view lease_prefix = "/leases/";
constexpr SequenceRules rules{};

class ZkSemaphore final : public SequenceLock {
 public:
  ZkSemaphore(Env& env, LockOptions options, bool counts_first)
      : SequenceLock(env, options, rules),
        permits_(static_cast<std::size_t>(options.settings.number("permits"))),
        counts_first_(counts_first) {}

  Task<Result<Lease>> acquire(std::string name, Duration patience) override;

 private:
  Task<Result<Place>> lease_behind(Place mutex, std::string name, Deadline until);
  Task<Result<void>> wait_for_room(Place mutex, std::string parent, std::string own,
                                   Deadline until);

  std::size_t permits_;
  bool counts_first_;
};

Task<Result<Lease>> ZkSemaphore::acquire(std::string name, Duration patience) {
  const Deadline give_up = env_.steady_now() + patience;
  for (;;) {
    const auto session = co_await client_->connected(give_up);
    if (!session) co_return fail(ErrorCode::held, "no server in time");
    guid_ = env_.random().token();
    auto mutex = co_await stand_in_line(lock_path(name), *session, give_up, false);
    if (!mutex && mutex.error().code != ErrorCode::lost) co_return fail(mutex.error());
    if (mutex) {
      Result<Place> lease = fail(ErrorCode::held);
      const auto first = co_await wait_for_turn(*mutex, give_up, false);
      if (first) {
        lease = co_await lease_behind(*mutex, name, give_up);
      } else {
        lease = fail(first.error());
      }
      const auto let_in = co_await remove(*mutex, slips_.withdraws_once);
      const bool session_over = !let_in && let_in.error().code == ErrorCode::lost;
      if (lease && !session_over) co_return believe(std::move(name), *lease, false);
      if (!lease && lease.error().code == ErrorCode::held) co_return fail(ErrorCode::held);
    }
    if (nanos(env_.steady_now()) >= nanos(give_up)) co_return fail(ErrorCode::held);
  }
}

Task<Result<Place>> ZkSemaphore::lease_behind(Place mutex, std::string name, Deadline until) {
  const std::string parent = std::string(lease_prefix) + name;
  if (counts_first_) {
    const auto room = co_await wait_for_room(mutex, parent, "", until);
    if (!room) co_return fail(room.error());
  }
  auto lease = co_await stand_in_line(parent, mutex.session, until, false);
  if (!lease || counts_first_) co_return lease;
  const std::string own(name_in(lease->path));
  const auto room = co_await wait_for_room(mutex, parent, own, until);
  if (room) co_return lease;
  const auto removed = co_await remove(*lease, slips_.withdraws_once);
  (void)removed;
  co_return fail(room.error());
}

/// Until no more than the permits are out, `own` among them; without it, until one more is left.
Task<Result<void>> ZkSemaphore::wait_for_room(Place mutex, std::string parent, std::string own,
                                              Deadline until) {
  for (;;) {
    const auto watch = std::make_shared<Watch>();
    const auto listed = co_await client_->insist(mutex.session, children(parent), watch);
    if (!listed) co_return fail(ErrorCode::lost);
    if (listed->code != Code::ok && own.empty()) co_return Result<void>();  // nobody ever came
    const std::vector<std::string>& out = listed->answers.front().children;
    const bool there = std::find(out.begin(), out.end(), own) != out.end();
    if (!own.empty() && !there) co_return fail(ErrorCode::lost, "our lease is gone");
    if (out.size() + (own.empty() ? 1 : 0) <= permits_) co_return Result<void>();
    co_await env_.step("watching");
    const bool woken = co_await wait_for_event(mutex, watch, until);
    if (!woken) co_return fail(ErrorCode::held);
  }
}

template <bool counts_first>
std::unique_ptr<Lock> make(Env& client, LockOptions options) {
  return std::make_unique<ZkSemaphore>(client, std::move(options), counts_first);
}

void interpret_leases(const KeyChange& change, std::int64_t permits, std::vector<GrantNote>& out) {
  interpret_line(change, lease_prefix, permits, out);
}

void interpret_lease_queue(const KeyChange& change, std::vector<QueueNote>& out) {
  interpret_line_queue(change, lease_prefix, out);
}

Backend semaphore_entry(EntryText text) {
  Backend lock = entry(text, {{"permits", std::int64_t{2}, "how many may hold at once"}});
  for (Parameter& parameter : slip_parameters()) lock.parameters.push_back(std::move(parameter));
  lock.claims.fifo = true;
  lock.claims.permits = 2;
  lock.interpret = nullptr;
  lock.interpret_permits = interpret_leases;
  lock.interpret_queue = interpret_lease_queue;
  return lock;
}

}  // namespace
}  // namespace lockstep::zookeeper

namespace lockstep {

Backend backends::sem_zk_v2() {
  Backend lock = zookeeper::semaphore_entry(
      {"sem-zk-v2", "leases as nodes, put down and counted behind one mutex",
       "Curator, InterProcessSemaphoreV2"});
  lock.connect = zookeeper::make<false>;
  return lock;
}

Backend backends::kazoo_semaphore() {
  Backend lock = zookeeper::semaphore_entry(
      {"kazoo-semaphore", "leases as nodes, counted and then put down behind one mutex",
       "kazoo.recipe.lock, Semaphore"});
  lock.connect = zookeeper::make<true>;
  return lock;
}

}  // namespace lockstep
