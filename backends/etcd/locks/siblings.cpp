// The siblings of etcd-mutex: each slips in one point, or is more careful in one.
//
// etcd-mutex-no-own-check: the wait over, it believes; its own key may have gone with its lease
// (etcd#11456, to 3.4 inclusive).
// etcd-election: Election.Campaign with the check that etcd's own lacks; its Resign can be made to
// delete its successor's key, where both use one lease (resign_by_name, etcd d1ae4cd5b);
// etcd-election-no-own-check: as on every version. etcd-mutex-guarded: effects only in transactions
// with the check that the key is still there. etcd-session-done: the holder stops when its session
// is over by its own clock, or when told. etcd-same-session: workers share one session, and with it
// one key: each is told that it has it. etcd-unlock-by-name: Unlock deletes the session's key,
// which may be that of a later hold (etcd#22082). etcd-random-key: every attempt has a key of its
// own: one that was made unknown to its client stands before the next (before etcd#5199).
// etcd-wait-rev: waits for what stood in line at the revision before its own (before 9b1fe4585).
// etcd-cancel-race: a context that ends just after the wait deletes the key, and nobody is told
// (etcd#10111).
// etcd-serializable: looks at the line through the member that is next, which may lag behind.
// Claims, source and fencing token are otherwise those of etcd-mutex (mutex.cpp).

#include "backends/etcd/locks/mutex.hpp"

namespace lockstep::etcd {
namespace {

constexpr MutexRules as_mutex{};
constexpr MutexRules no_own_check{.checks_own_key = false};
constexpr MutexRules campaign{.campaigns = true};
constexpr MutexRules campaign_no_own_check{.checks_own_key = false, .campaigns = true};
constexpr MutexRules session_done{.follows_done = true};
constexpr MutexRules same_session{.shares_session = true};
constexpr MutexRules unlock_by_name{.guards_release = false};
constexpr MutexRules random_key{.random_key = true};
constexpr MutexRules wait_rev{.waits_at_revision = true};
constexpr MutexRules cancel_race{.cancelled_yet_held = true};
constexpr MutexRules serializable{.serializable = true};

template <const MutexRules& rules>
Backend sibling(EntryText text, std::initializer_list<Parameter> own = {}) {
  Backend lock = entry(text, own);
  lock.claims.guarded_store = true;
  lock.connect = make_mutex<rules>;
  return lock;
}

}  // namespace
}  // namespace lockstep::etcd

namespace lockstep {

Backend backends::etcd_mutex_no_own_check() {
  return etcd::sibling<etcd::no_own_check>(
      {"etcd-mutex-no-own-check", "etcd-mutex that does not look for its key after the wait",
       "etcd 3.4; etcd#11456; jepsen.io, etcd 3.4.3"});
}

Backend backends::etcd_election() {
  return etcd::sibling<etcd::campaign>(
      {"etcd-election", "Election.Campaign that looks for its key after the wait",
       "etcd client/v3/concurrency/election.go; etcd#16221"},
      {{"one_lease", std::string(), "candidates that use one lease, by commas"},
       {"resign_by_name", false, "Resign deletes whatever key has its name"}});
}

Backend backends::etcd_election_no_own_check() {
  return etcd::sibling<etcd::campaign_no_own_check>(
      {"etcd-election-no-own-check", "Election.Campaign as etcd has it, without that check",
       "etcd client/v3/concurrency/election.go"});
}

Backend backends::etcd_mutex_guarded() {
  return etcd::sibling<etcd::as_mutex>({"etcd-mutex-guarded",
                                        "etcd-mutex for effects in etcd itself, guarded by the key",
                                        "jepsen.io, etcd 3.4.3"});
}

Backend backends::etcd_session_done() {
  Backend lock = etcd::sibling<etcd::session_done>(
      {"etcd-session-done", "etcd-mutex whose holder stops when its session is over",
       "etcd client/v3/concurrency/session.go, client/v3/lease.go"});
  lock.claims.checks_lease = true;
  return lock;
}

Backend backends::etcd_same_session() {
  Backend lock = etcd::sibling<etcd::same_session>({"etcd-same-session",
                                                    "etcd-mutex of workers that share one session",
                                                    "etcd client/v3/concurrency/mutex.go"});
  lock.claims.fifo = false;
  return lock;
}

Backend backends::etcd_unlock_by_name() {
  return etcd::sibling<etcd::unlock_by_name>(
      {"etcd-unlock-by-name", "etcd-mutex whose Unlock deletes any key of its session's name",
       "etcd#22082"});
}

Backend backends::etcd_random_key() {
  return etcd::sibling<etcd::random_key>(
      {"etcd-random-key", "etcd-mutex with a new random key for every attempt", "etcd#5199"});
}

Backend backends::etcd_wait_rev() {
  return etcd::sibling<etcd::wait_rev>(
      {"etcd-wait-rev", "etcd-mutex that waits for the line as it was one revision earlier",
       "etcd 9b1fe4585"});
}

Backend backends::etcd_cancel_race() {
  return etcd::sibling<etcd::cancel_race>(
      {"etcd-cancel-race", "etcd-mutex that is cancelled just after the wait, and says nothing",
       "etcd#10111"});
}

Backend backends::etcd_serializable() {
  Backend lock = etcd::sibling<etcd::serializable>(
      {"etcd-serializable", "etcd-mutex whose wait reads its member's own state",
       "etcd documentation, API guarantees"});
  lock.claims.fifo = false;
  return lock;
}

}  // namespace lockstep
