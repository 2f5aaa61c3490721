#pragma once
// etcd's store: keys with revisions, transactions, leases with the keys that end with them, and the
// history that watches replay. Every member has the same one.

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "backends/etcd/messages.hpp"

namespace lockstep::etcd {

/// A lease as the log knows it. When it ends only the leader's lessor knows.
struct LeaseRecord {
  LeaseRecord() = default;

  std::int64_t ttl_ms = 0;
  std::int64_t left_ms = 0;  // at the last checkpoint; 0: all of it
  NodeId client = no_node;   // who asked for it
  std::set<std::string> keys;

  template <class Archive>
  void serialize(Archive& archive) {
    archive(ttl_ms, left_ms, client, keys);
  }
};

class Store {
 public:
  /// Runs the comparisons and then one of the two lists, in one revision if anything changes.
  Response txn(const Txn& txn);
  /// The same for a transaction that only reads.
  Response evaluate(const Txn& txn) const;
  /// Reads; nothing changes.
  Response range(const Range& range) const;
  /// Its TTL is what was asked: the member that proposes it has kept to the floor.
  Response grant(const LeaseGrant& grant, NodeId client);
  /// Deletes the lease and all its keys, in one revision.
  Response revoke(LeaseId id);
  Response checkpoint(const LeaseCheckpoint& checkpoint);
  Response compact(Revision revision);

  Revision revision() const { return revision_; }
  /// The history begins with it.
  Revision compacted() const { return compacted_; }
  const std::map<std::string, KeyValue>& keys() const { return keys_; }
  const std::map<LeaseId, LeaseRecord>& leases() const { return leases_; }
  /// All that happened at `from` and later, in order, of the keys in `span`; none of a revision
  /// that was compacted.
  std::vector<Event> events_from(Revision from, const KeySpan& span) const;
  /// What happened since the last call: for whoever tells others.
  std::vector<Event> take_news();

  template <class Archive>
  void serialize(Archive& archive) {
    archive(revision_, compacted_, keys_, leases_, history_);
  }

 private:
  bool holds(const Compare& compare) const;
  bool writes_twice(const std::vector<Operation>& operations) const;
  Status refusal(const std::vector<Operation>& operations) const;
  OperationResult execute(const Operation& operation, Revision at);
  void put(const Put& put, Revision at);
  void erase(const std::string& key, Revision at);
  OperationResult read(const Range& range) const;
  std::map<std::string, KeyValue> keys_at(Revision revision) const;
  void remember(Event event);
  void detach(const KeyValue& kv);

  Revision revision_ = 1;
  Revision compacted_ = 0;
  std::map<std::string, KeyValue> keys_;
  std::map<LeaseId, LeaseRecord> leases_;
  std::vector<Event> history_;
  std::vector<Event> news_;  // of what was applied here: no part of the state
};

}  // namespace lockstep::etcd
