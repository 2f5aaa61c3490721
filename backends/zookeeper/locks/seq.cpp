// zk-seq: the recipe of ZooKeeper's documentation, by a client that stops when it is told that its
// session is over; and its siblings, each with one thing done otherwise.
//
// Claims mutual exclusion, first come first served, for as long as the session lives. Nobody tells
// a client that is paused or cut off, so its belief outlives its session until it reconnects.
// zk-seq-suspend stops by its own clock, before the ensemble may end the session.
// Source: ZooKeeper Recipes and Solutions, "Locks". Fencing token: the czxid of the own node, which
// no other node ever has.

#include "backends/zookeeper/locks/entry.hpp"
#include "backends/zookeeper/locks/sequence.hpp"

namespace lockstep::zookeeper {
namespace {

constexpr SequenceRules recipe{};
constexpr SequenceRules suspend{.stops = Stops::at_suspended_time};
constexpr SequenceRules ignore_session{.stops = Stops::never, .declares_loss = true};
constexpr SequenceRules no_recheck{.rechecks = false};
constexpr SequenceRules no_guid{.has_guid = false};
constexpr SequenceRules herd{.watches_everybody = true};
constexpr SequenceRules order_by_name{.orders_by_name = true};
constexpr SequenceRules old_session_node{.trusts_old_nodes = true, .declares_loss = true};
constexpr SequenceRules two_handles{.lists_elsewhere = true};
constexpr SequenceRules event_any{.rechecks = false, .any_event_wakes = true, .announces = true};
constexpr SequenceRules token_seq{.token_is_sequence = true, .removes_parent = true};

template <const SequenceRules& rules>
std::unique_ptr<Lock> make(Env& client, LockOptions options) {
  return std::make_unique<SequenceLock>(client, std::move(options), rules);
}

template <const SequenceRules& rules>
Backend sequence_entry(EntryText text) {
  Backend lock = entry(text);
  for (Parameter& parameter : slip_parameters()) lock.parameters.push_back(std::move(parameter));
  lock.claims.fifo = true;
  // Who is told by its ensemble is told too late to be stopped in time.
  lock.claims.checks_lease = rules.stops == Stops::at_suspended_time;
  lock.connect = make<rules>;
  return lock;
}

}  // namespace
}  // namespace lockstep::zookeeper

namespace lockstep {

using namespace zookeeper;

Backend backends::zk_seq() {
  return sequence_entry<recipe>({"zk-seq", "ephemeral sequential nodes; stops when told LOST",
                                 "ZooKeeper Recipes and Solutions, Locks"});
}

Backend backends::zk_seq_suspend() {
  return sequence_entry<suspend>({"zk-seq-suspend",
                                  "zk-seq that stops by its own clock, before the session can end",
                                  "ZooKeeper Recipes; Curator, ConnectionState.SUSPENDED"});
}

Backend backends::zk_seq_ignore_session() {
  return sequence_entry<ignore_session>(
      {"zk-seq-ignore-session", "zk-seq that never looks at its session's state", "CURATOR-206"});
}

Backend backends::zk_seq_no_recheck() {
  return sequence_entry<no_recheck>({"zk-seq-no-recheck", "zk-seq whose woken waiter holds at once",
                                     "a tutorial; against step 5 of the recipe"});
}

Backend backends::zk_seq_no_guid() {
  return sequence_entry<no_guid>(
      {"zk-seq-no-guid", "zk-seq that creates again after a connection loss", "CURATOR-79"});
}

Backend backends::zk_seq_herd() {
  return sequence_entry<herd>({"zk-seq-herd", "zk-seq whose waiters all watch the list of nodes",
                               "ZooKeeper Recipes, the herd effect"});
}

Backend backends::zk_seq_order_by_name() {
  Backend lock = sequence_entry<order_by_name>(
      {"zk-seq-order-by-name", "names begin with the session id and are compared whole",
       "ZOOKEEPER-2931"});
  lock.claims.fifo = false;
  return lock;
}

Backend backends::zk_seq_old_session_node() {
  return sequence_entry<old_session_node>({"zk-seq-old-session-node",
                                           "zk-seq that takes its dying session's node for its own",
                                           "CURATOR-604, CURATOR-696"});
}

Backend backends::zk_seq_two_handles() {
  Backend lock = sequence_entry<two_handles>(
      {"zk-seq-two-handles", "creates on one connection, lists on another without sync",
       "ZooKeeper Programmer's Guide, consistency guarantees"});
  lock.claims.fifo = false;
  return lock;
}

Backend backends::zk_seq_event_any() {
  Backend lock = sequence_entry<event_any>(
      {"zk-seq-event-any", "takes any event for the release of who stands before it",
       "a tutorial; kazoo's watchers"});
  lock.claims.fifo = false;
  return lock;
}

Backend backends::zk_token_seq() {
  return sequence_entry<token_seq>(
      {"zk-token-seq", "zk-seq whose token is its node's suffix; idle parents are removed",
       "ZooKeeper Recipes; Curator, container nodes"});
}

}  // namespace lockstep
