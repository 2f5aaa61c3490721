#pragma once
// What a lock to be judged is, and the table of contents of this folder.

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/claims.hpp"
#include "core/lock.hpp"
#include "core/record.hpp"
#include "core/scenario.hpp"

namespace lockstep {

/// A change of a lock's grant, as its backend reads it out of a change of a key.
struct GrantNote {
  std::string lock;
  GrantChange change{};
  std::string owner;
  /// The client that the owner's name names; none: the one whose command made the grant. Whom
  /// somebody else's command removes, although there is a name, was taken to be over.
  NodeId holder = no_node;
  bool shared = false;  // a reader's
};

/// A waiter joined or left a lock's queue.
struct QueueNote {
  std::string lock;
  std::string owner;
  bool joined = false;
};

/// A lock to be judged: its client, the servers it needs, and what it promises.
struct Backend {
  std::string_view name;     // as typed on the command line: "redis-setpx"
  std::string_view summary;  // one line, for `lockstep list`
  std::string_view source;   // the document, client library or report that it follows
  Claims claims{};
  std::vector<Parameter> parameters{};    // of the client and of its servers
  std::vector<std::string_view> steps{};  // names it gives to Env::step, for aiming faults

  /// How many servers it needs, named "<product>-1" and so on, unless `server_names` knows better.
  std::int64_t servers = 1;
  std::string_view product{};  // empty: what stands before the first '-' of the lock's name
  /// The names of all server nodes of a deployment (replicas, sentinels, poolers). Null: as above.
  std::vector<std::string> (*server_names)(const Settings& settings) = nullptr;
  /// Of how many servers a grant is made where they are independent of each other (Redlock: 3 of
  /// 5). 1: the first server is the primary.
  std::int64_t quorum = 1;
  /// Its servers are one group that agrees on a log (backends/raft/): a grant is the group's, any
  /// of them may serve clients, and the first leads at the start.
  bool replicated = false;
  /// The place among `server_names` of the independent server that this one is a standby of, or its
  /// own; npos: of none (a watcher). Null where independent servers have no standbys.
  std::size_t (*stands_by)(const Settings& settings, std::size_t server) = nullptr;
  /// The parameter by which the service measures a holder's silence: the time scale of faults.
  std::string_view lease = "lease";
  /// Waiters measure that silence by their own clocks: no server's clock matters.
  bool clients_time_leases = false;

  /// What each server runs, from its start and after each restart.
  Task<void> (*serve)(Env& server, ServerOptions options) = nullptr;
  /// One handle holds all the locks of its client at once, as one session of a database does.
  /// Otherwise a client that wants two locks, or two permits, makes a handle for each.
  bool one_handle = false;
  /// One client's handle. `client` outlives it.
  std::unique_ptr<Lock> (*connect)(Env& client, LockOptions options) = nullptr;
  /// Appends what a changed key means for the locks it holds; nothing for other keys.
  void (*interpret)(const KeyChange& change, std::vector<GrantNote>& out) = nullptr;
  /// The same for a semaphore, instead of `interpret`: how many permits there are says who has one.
  /// A grant without an owner is its holder's whose command made it.
  void (*interpret_permits)(const KeyChange& change, std::int64_t permits,
                            std::vector<GrantNote>& out) = nullptr;
  /// The same for the queue of a fair lock; null when there is none.
  void (*interpret_queue)(const KeyChange& change, std::vector<QueueNote>& out) = nullptr;
  /// With every fault healed and every living holder releasing, how long until somebody acquires
  /// at the latest, if nothing is wrong (property P7's bound)?
  Duration (*liveness_bound)(const Settings& settings) = nullptr;
  /// Changes a Scenario so that its primary is deposed: deploys standbys where the lock has none by
  /// default, and appends the faults, whose moment the caller chooses. Null: nothing takes over.
  void (*fail_over)(Scenario& scenario, Random& random) = nullptr;
};

// The table of contents: one line per lock, in the order in which `lockstep list` shows them.
#define LOCKSTEP_BACKENDS(X)    \
  X(redis_setnx)                \
  X(redis_setnx_expire)         \
  X(redis_setnx_expire_repair)  \
  X(redis_getset_ts)            \
  X(redis_setpx_del)            \
  X(redis_setpx_getdel)         \
  X(redis_setpx_pid)            \
  X(redis_setpx)                \
  X(redis_setpx_lease)          \
  X(redis_setpx_lease_late)     \
  X(redis_setpx_lease_wall)     \
  X(redis_watchdog)             \
  X(redis_watchdog_notify)      \
  X(redis_watchdog_lease)       \
  X(redis_watchdog_leak)        \
  X(redis_watchdog_recreate)    \
  X(redis_fence_atomic)         \
  X(redis_fence_after)          \
  X(redis_fence_clock)          \
  X(redis_failover)             \
  X(redis_wait)                 \
  X(redis_setpx_evicted)        \
  X(redis_local_first)          \
  X(redis_fair)                 \
  X(redis_reentrant)            \
  X(redis_reentrant_setnx)      \
  X(redis_fenced)               \
  X(sem_counter)                \
  X(sem_counter_nx)             \
  X(sem_counter_lua)            \
  X(sem_zset_clientclock)       \
  X(sem_zset_fair_2trip)        \
  X(sem_zset_lua)               \
  X(sem_permit_expirable)       \
  X(tutorial_redis_lock)        \
  X(tutorial_redis_semaphore)   \
  X(redlock)                    \
  X(redlock_delayed_restart)    \
  X(redlock_app_no_check)       \
  X(redlock_no_validity)        \
  X(redlock_wall)               \
  X(redlock_no_drift)           \
  X(redlock_no_release)         \
  X(redlock_minority)           \
  X(redlock_extend)             \
  X(redlock_setnx_extend)       \
  X(redlock_extend_late)        \
  X(redlock_valid_late)         \
  X(redlock_expire_tail)        \
  X(redlock_replicated)         \
  X(redlock_key_shared_node)    \
  X(k8s_lease)                  \
  X(k8s_lease_renewtime)        \
  X(k8s_release_on_cancel)      \
  X(dynamodb_lock)              \
  X(dynamodb_no_check)          \
  X(dynamodb_hold_on_503)       \
  X(gcs_lock)                   \
  X(pg_session)                 \
  X(pg_session_same_conn)       \
  X(pg_xact)                    \
  X(pg_session_pooler)          \
  X(pg_session_autoreconnect)   \
  X(pg_deadlock_keep)           \
  X(pg_for_update)              \
  X(pg_read_then_update)        \
  X(row_ttl_dbtime)             \
  X(row_ttl_clienttime)         \
  X(row_ttl_txntime)            \
  X(row_owner_host)             \
  X(row_look_then_take)         \
  X(mysql_getlock)              \
  X(mysql_getlock_56)           \
  X(mssql_applock)              \
  X(mssql_applock_rc_ignored)   \
  X(zk_ephemeral)               \
  X(zk_ephemeral_owned)         \
  X(zk_seq)                     \
  X(zk_seq_suspend)             \
  X(zk_seq_ignore_session)      \
  X(zk_seq_no_recheck)          \
  X(zk_seq_no_guid)             \
  X(zk_seq_herd)                \
  X(zk_seq_order_by_name)       \
  X(zk_seq_old_session_node)    \
  X(zk_seq_two_handles)         \
  X(zk_seq_event_any)           \
  X(zk_token_seq)               \
  X(zk_rw)                      \
  X(zk_rw_kazoo)                \
  X(zk_reentrant)               \
  X(zk_leader_latch)            \
  X(zk_leader_selector)         \
  X(sem_zk_v2)                  \
  X(kazoo_semaphore)            \
  X(tutorial_zookeeper_lock)    \
  X(etcd_mutex)                 \
  X(etcd_mutex_no_own_check)    \
  X(etcd_election)              \
  X(etcd_election_no_own_check) \
  X(etcd_mutex_guarded)         \
  X(etcd_session_done)          \
  X(etcd_same_session)          \
  X(etcd_unlock_by_name)        \
  X(etcd_random_key)            \
  X(etcd_wait_rev)              \
  X(etcd_cancel_race)           \
  X(etcd_serializable)          \
  X(etcd_old_leader_revoke)     \
  X(etcd_wall_heap)             \
  X(etcd_renew_after_revoke)    \
  X(sem_etcd_kth)               \
  X(k8s_lease_etcd)             \
  X(raft_lock)                  \
  X(raft_no_client_session)     \
  X(raft_local_read)            \
  X(raft_lease_read)            \
  X(raft_vote_volatile)         \
  X(raft_apply_before_commit)   \
  X(raft_commit_old_term)       \
  X(raft_local_expiry)          \
  X(raft_single_server_change)  \
  X(consul_lock)                \
  X(consul_api_lock)            \
  X(consul_no_lock_delay)       \
  X(consul_delete_behaviour)    \
  X(chubby)                     \
  X(chubby_no_jeopardy)         \
  X(chubby_no_lock_delay)       \
  X(chubby_sequencer_cached)

namespace backends {
#define LOCKSTEP_DECLARE(name) Backend name();
LOCKSTEP_BACKENDS(LOCKSTEP_DECLARE)
#undef LOCKSTEP_DECLARE
}  // namespace backends

/// The names of the server nodes of a deployment, in the order of their ids.
std::vector<std::string> server_names(const Backend& backend, const Settings& settings);
/// What it claims when configured like this: a parameter "permits" says how many may hold.
Claims claims_of(const Backend& backend, const Settings& settings);

const std::vector<Backend>& all_backends();
/// Null when there is none of that name.
const Backend* find_backend(std::string_view name);

}  // namespace lockstep
