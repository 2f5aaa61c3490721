#pragma once
// What is asked of an etcd member and answered: etcdserverpb, as far as locks need it.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/digest.hpp"
#include "core/note.hpp"

namespace lockstep::etcd {

/// The number of a transaction that changed something; the first is 2, as in etcd.
using Revision = std::int64_t;
/// 0: no lease.
using LeaseId = std::int64_t;

struct KeyValue {
  KeyValue() = default;

  std::string key;
  std::string value;
  Revision create_revision = 0;
  Revision mod_revision = 0;
  std::int64_t version = 0;  // how many puts since it was created
  LeaseId lease = 0;
  friend bool operator==(const KeyValue&, const KeyValue&) = default;

  template <class Archive>
  void serialize(Archive& archive) {
    archive(key, value, create_revision, mod_revision, version, lease);
  }
};

/// Of which keys: one, or those in [key, end). The end "\0" stands for all that follow.
struct KeySpan {
  KeySpan() = default;
  KeySpan(std::string k, std::string e = {}) : key(std::move(k)), end(std::move(e)) {}

  std::string key;
  std::string end;

  bool contains(std::string_view other) const;
  std::string describe() const;

  template <class Archive>
  void serialize(Archive& archive) {
    archive(key, end);
  }
};
/// All keys that begin with `prefix`.
KeySpan with_prefix(const std::string& prefix);

enum class Order : std::uint8_t { by_key, first_created, last_created };

struct Range {
  Range() = default;
  explicit Range(KeySpan s) : span(std::move(s)) {}

  KeySpan span;
  Order order = Order::by_key;
  std::int64_t limit = 0;     // 0: all
  Revision max_create = 0;    // only keys created at or before it; 0: all
  Revision revision = 0;      // as of that revision; 0: now
  bool serializable = false;  // from the member's own state, however old

  template <class Archive>
  void serialize(Archive& archive) {
    archive(span, order, limit, max_create, revision, serializable);
  }
};

struct Put {
  Put() = default;
  Put(std::string k, std::string v, LeaseId l = 0)
      : key(std::move(k)), value(std::move(v)), lease(l) {}

  std::string key;
  std::string value;
  LeaseId lease = 0;

  template <class Archive>
  void serialize(Archive& archive) {
    archive(key, value, lease);
  }
};

struct Delete {
  Delete() = default;
  explicit Delete(KeySpan s) : span(std::move(s)) {}

  KeySpan span;

  template <class Archive>
  void serialize(Archive& archive) {
    archive(span);
  }
};

using Operation = std::variant<Range, Put, Delete>;

enum class Target : std::uint8_t { create_revision, mod_revision, version, lease, value };
enum class Relation : std::uint8_t { equal, not_equal, less, greater };

/// A key that is not there has zeros for its numbers, and no value to compare.
struct Compare {
  Compare() = default;
  Compare(std::string k, Target t, Relation r, std::int64_t n)
      : key(std::move(k)), target(t), relation(r), number(n) {}

  std::string key;
  Target target{};
  Relation relation{};
  std::int64_t number = 0;
  std::string text;  // of a comparison of values

  template <class Archive>
  void serialize(Archive& archive) {
    archive(key, target, relation, number, text);
  }
};
inline Compare created_at(std::string key, Revision revision) {
  return Compare(std::move(key), Target::create_revision, Relation::equal, revision);
}

struct Txn {
  Txn() = default;

  std::vector<Compare> compares;
  std::vector<Operation> success;
  std::vector<Operation> failure;

  template <class Archive>
  void serialize(Archive& archive) {
    archive(compares, success, failure);
  }
};

struct LeaseGrant {
  LeaseGrant() = default;

  LeaseId id = 0;  // 0: the member chooses one
  std::int64_t ttl_ms = 0;

  template <class Archive>
  void serialize(Archive& archive) {
    archive(id, ttl_ms);
  }
};

/// By a client; or by the lessor of the leader of a term, because it ran out.
struct LeaseRevoke {
  LeaseRevoke() = default;

  LeaseId id = 0;
  bool expired = false;
  std::uint64_t term = 0;  // ignored unless the log has it as of this term; 0: never ignored

  template <class Archive>
  void serialize(Archive& archive) {
    archive(id, expired, term);
  }
};

/// What is left of a lease, told by the leader's lessor for the next one; 0: all of it.
struct LeaseCheckpoint {
  LeaseCheckpoint() = default;

  LeaseId id = 0;
  std::int64_t left_ms = 0;

  template <class Archive>
  void serialize(Archive& archive) {
    archive(id, left_ms);
  }
};

struct Compact {
  Compact() = default;

  Revision revision = 0;

  template <class Archive>
  void serialize(Archive& archive) {
    archive(revision);
  }
};

/// Renews a lease. A stream: any number may be sent before the first answer comes. A member that
/// does not lead asks the one that does.
struct LeaseKeepAlive {
  LeaseKeepAlive() = default;

  LeaseId id = 0;
  bool passed_on = false;

  template <class Archive>
  void serialize(Archive& archive) {
    archive(id, passed_on);
  }
};

struct LeaseTimeToLive {
  LeaseTimeToLive() = default;

  LeaseId id = 0;
  bool passed_on = false;

  template <class Archive>
  void serialize(Archive& archive) {
    archive(id, passed_on);
  }
};

/// The connection belongs to the watch from then on. The first answer says that the watch is there,
/// and has no events; every other is a batch of events of one revision, in order, from `start` on.
/// 0: from now on.
struct WatchCreate {
  WatchCreate() = default;

  KeySpan span;
  Revision start = 0;

  template <class Archive>
  void serialize(Archive& archive) {
    archive(span, start);
  }
};

struct Request {
  Request() = default;
  template <class Body>
  explicit Request(Body b) : body(std::move(b)) {}

  std::variant<Txn, Range, LeaseGrant, LeaseRevoke, LeaseCheckpoint, Compact, LeaseKeepAlive,
               LeaseTimeToLive, WatchCreate>
      body;

  template <class Archive>
  void serialize(Archive& archive) {
    archive(body);
  }
  void fold(Digest& digest) const;
  std::string describe() const;
};

/// A transaction of one operation, as etcd's Put and DeleteRange are.
Request request_of(Operation operation);

enum class Status : std::uint8_t {
  ok,
  no_leader,    // definite: nothing was proposed
  not_primary,  // definite: passed on to a member that does not lead
  timed_out,    // may have happened, or may yet
  lease_not_found,
  lease_exists,
  duplicate_key,
  compacted,
  future_revision,
};
/// As etcd words it.
std::string_view name_of(Status status);

struct OperationResult {
  OperationResult() = default;

  std::vector<KeyValue> kvs;  // of a range; of a delete: what there was
  std::int64_t count = 0;  // how many keys a range has, whatever its limit; how many were deleted

  template <class Archive>
  void serialize(Archive& archive) {
    archive(kvs, count);
  }
};

struct Event {
  Event() = default;

  bool deleted = false;
  KeyValue kv;                     // of a delete: the key and its revision alone
  std::optional<KeyValue> before;  // what there was

  template <class Archive>
  void serialize(Archive& archive) {
    archive(deleted, kv, before);
  }
};

struct Response {
  Response() = default;
  explicit Response(Status s) : status(s) {}

  Status status{};
  Revision revision = 0;  // of the store as it answered
  bool succeeded = true;  // of a transaction: the comparisons held
  std::vector<OperationResult> results;
  LeaseId lease = 0;
  std::int64_t ttl_ms = 0;  // granted, or left; 0 of a renewal, -1 of a question: there is no lease
  std::vector<Event> events;
  Revision compact_revision = 0;  // of a watch that was cancelled: what is left begins here

  template <class Archive>
  void serialize(Archive& archive) {
    archive(status, revision, succeeded, results, lease, ttl_ms, events, compact_revision);
  }
  void fold(Digest& digest) const;
  std::string describe() const;
};

/// What is in the log: a request and whose it is.
struct Command {
  Command() = default;
  Command(Request r, NodeId c) : request(std::move(r)), client(c) {}

  Request request;
  NodeId client = no_node;

  template <class Archive>
  void serialize(Archive& archive) {
    archive(request, client);
  }
};

/// As etcd's tools print it.
std::string hex(LeaseId id);

}  // namespace lockstep::etcd
