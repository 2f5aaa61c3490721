// sem-etcd-kth: the line of etcd-mutex, of which the first k may enter at once.
//
// Claims that no more than k keys are among the first k, in the order of asking. A holder whose
// lease runs out is not told. Source: the rank of one's own key in the order of create revisions
// (lock-algorithms.md, A10), as Curator's InterProcessSemaphoreV2 does it with sequential nodes.
// Fencing token: the key's create revision, which orders the grants of a lock with one permit, and
// is here only unique.

#include "backends/etcd/locks/mutex.hpp"
#include "backends/queue.hpp"

namespace lockstep::etcd {
namespace {

constexpr MutexRules as_mutex{};

void interpret_first(const KeyChange& change, std::int64_t permits, std::vector<GrantNote>& out) {
  interpret_line(change, "lock:", permits, out);
}

}  // namespace
}  // namespace lockstep::etcd

namespace lockstep {

Backend backends::sem_etcd_kth() {
  Backend lock =
      etcd::entry({"sem-etcd-kth", "the first k keys of a line hold a permit each",
                   "lock-algorithms.md, A10; Curator, InterProcessSemaphoreV2"},
                  {{"permits", std::int64_t{3}, "how many clients may hold it at once"}});
  lock.claims.ordered_token = false;
  lock.interpret = nullptr;
  lock.interpret_permits = etcd::interpret_first;
  lock.connect = etcd::make_mutex<etcd::as_mutex>;
  return lock;
}

}  // namespace lockstep
