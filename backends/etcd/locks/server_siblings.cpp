// etcd-mutex on members that slip.
//
// etcd-old-leader-revoke: a deposed leader's lessor goes on: it answers renewals from its own
// clocks, and proposes to revoke leases that are renewed at its successor (etcd#12528, #15247).
// etcd-wall-heap: leases are looked at in the order of their ends by the wall clock (etcd#12291).
// etcd-renew-after-revoke: a renewal is answered although the lease was revoked under way (etcd
// 943f4d296); its client stops at Session.Done, and so trusts the answer.
// Claims, source and fencing token are those of etcd-mutex (mutex.cpp).

#include "backends/etcd/locks/mutex.hpp"
#include "backends/etcd/server.hpp"

namespace lockstep::etcd {
namespace {

constexpr MutexRules as_mutex{};
constexpr MutexRules session_done{.follows_done = true};
constexpr ServerMistakes old_leader_revokes{.old_leader_revokes = true};
constexpr ServerMistakes wall_heap{.wall_heap = true};
constexpr ServerMistakes renews_after_revoke{.renews_after_revoke = true};

template <const MutexRules& rules, const ServerMistakes& mistakes>
Backend sibling(EntryText text) {
  Backend lock = entry(text);
  lock.claims.guarded_store = true;
  lock.serve = serve_with<mistakes>;
  lock.connect = make_mutex<rules>;
  return lock;
}

}  // namespace
}  // namespace lockstep::etcd

namespace lockstep {

Backend backends::etcd_old_leader_revoke() {
  return etcd::sibling<etcd::as_mutex, etcd::old_leader_revokes>(
      {"etcd-old-leader-revoke",
       "etcd-mutex where a deposed leader still revokes and renews leases", "etcd#12528, #15247"});
}

Backend backends::etcd_wall_heap() {
  return etcd::sibling<etcd::as_mutex, etcd::wall_heap>(
      {"etcd-wall-heap", "etcd-mutex where leases end in the order of a wall clock", "etcd#12291"});
}

Backend backends::etcd_renew_after_revoke() {
  Backend lock = etcd::sibling<etcd::session_done, etcd::renews_after_revoke>(
      {"etcd-renew-after-revoke", "etcd-session-done where a revoked lease may be renewed",
       "etcd 943f4d296"});
  lock.claims.checks_lease = true;
  return lock;
}

}  // namespace lockstep
