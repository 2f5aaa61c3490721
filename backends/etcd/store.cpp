#include "backends/etcd/store.hpp"

#include <algorithm>
#include <utility>

namespace lockstep::etcd {
namespace {

bool related(Relation relation, int order) {
  switch (relation) {
    case Relation::equal: return order == 0;
    case Relation::not_equal: return order != 0;
    case Relation::less: return order < 0;
    case Relation::greater: return order > 0;
  }
  return false;
}

int order_of(std::int64_t a, std::int64_t b) {
  return a < b ? -1 : a > b ? 1 : 0;
}

std::int64_t number_of(const KeyValue& kv, Target target) {
  switch (target) {
    case Target::create_revision: return kv.create_revision;
    case Target::mod_revision: return kv.mod_revision;
    case Target::version: return kv.version;
    case Target::lease: return kv.lease;
    case Target::value: break;
  }
  return 0;
}

/// Keys of one revision are ordered by their names.
bool created_earlier(const KeyValue& a, const KeyValue& b) {
  return a.create_revision != b.create_revision ? a.create_revision < b.create_revision
                                                : a.key < b.key;
}

void sort(std::vector<KeyValue>& kvs, Order order) {
  if (order == Order::by_key) return;  // as they stand in the map
  std::stable_sort(kvs.begin(), kvs.end(), created_earlier);
  if (order == Order::last_created) std::reverse(kvs.begin(), kvs.end());
}

}  // namespace

bool Store::holds(const Compare& compare) const {
  static const KeyValue nothing;
  const auto at = keys_.find(compare.key);
  if (compare.target == Target::value) {
    if (at == keys_.end()) return false;
    return related(compare.relation, at->second.value.compare(compare.text));
  }
  const KeyValue& kv = at == keys_.end() ? nothing : at->second;
  return related(compare.relation, order_of(number_of(kv, compare.target), compare.number));
}

/// etcd refuses a transaction one of whose lists puts a key twice, or puts what it deletes.
bool Store::writes_twice(const std::vector<Operation>& operations) const {
  for (std::size_t i = 0; i < operations.size(); ++i) {
    const auto* one = std::get_if<Put>(&operations[i]);
    if (one == nullptr) continue;
    for (std::size_t j = 0; j < operations.size(); ++j) {
      const auto* other = std::get_if<Put>(&operations[j]);
      const auto* erased = std::get_if<Delete>(&operations[j]);
      if (j > i && other != nullptr && other->key == one->key) return true;
      if (erased != nullptr && erased->span.contains(one->key)) return true;
    }
  }
  return false;
}

Status Store::refusal(const std::vector<Operation>& operations) const {
  for (const Operation& operation : operations) {
    const auto* one = std::get_if<Put>(&operation);
    if (one != nullptr && one->lease != 0 && leases_.count(one->lease) == 0) {
      return Status::lease_not_found;
    }
    const auto* range = std::get_if<Range>(&operation);
    if (range == nullptr || range->revision == 0) continue;
    if (range->revision > revision_) return Status::future_revision;
    if (range->revision < compacted_) return Status::compacted;
  }
  return Status::ok;
}

Response Store::txn(const Txn& txn) {
  Response response;
  response.revision = revision_;
  if (writes_twice(txn.success) || writes_twice(txn.failure)) {
    response.status = Status::duplicate_key;
    return response;
  }
  for (const Compare& compare : txn.compares) response.succeeded &= holds(compare);
  const std::vector<Operation>& operations = response.succeeded ? txn.success : txn.failure;
  response.status = refusal(operations);
  if (response.status != Status::ok) return response;
  const Revision at = revision_ + 1;
  for (const Operation& operation : operations) response.results.push_back(execute(operation, at));
  response.revision = revision_;
  return response;
}

Response Store::evaluate(const Txn& txn) const {
  Response response;
  response.revision = revision_;
  for (const Compare& compare : txn.compares) response.succeeded &= holds(compare);
  const std::vector<Operation>& operations = response.succeeded ? txn.success : txn.failure;
  response.status = refusal(operations);
  if (response.status != Status::ok) return response;
  for (const Operation& operation : operations) {
    response.results.push_back(read(std::get<Range>(operation)));
  }
  return response;
}

OperationResult Store::execute(const Operation& operation, Revision at) {
  OperationResult result;
  if (const auto* range = std::get_if<Range>(&operation)) return read(*range);
  if (const auto* one = std::get_if<Put>(&operation)) {
    put(*one, at);
    return result;
  }
  const KeySpan& span = std::get<Delete>(operation).span;
  for (const auto& [key, kv] : keys_) {
    if (span.contains(key)) result.kvs.push_back(kv);
  }
  for (const KeyValue& kv : result.kvs) erase(kv.key, at);
  result.count = static_cast<std::int64_t>(result.kvs.size());
  return result;
}

void Store::put(const Put& put, Revision at) {
  Event event;
  const auto found = keys_.find(put.key);
  if (found != keys_.end()) {
    event.before = found->second;
    detach(found->second);
  }
  KeyValue& kv = keys_[put.key];
  if (!event.before) kv.create_revision = at;
  kv.key = put.key;
  kv.value = put.value;
  kv.mod_revision = at;
  ++kv.version;
  kv.lease = put.lease;
  if (put.lease != 0) leases_[put.lease].keys.insert(put.key);
  event.kv = kv;
  remember(std::move(event));
}

void Store::erase(const std::string& key, Revision at) {
  const auto found = keys_.find(key);
  if (found == keys_.end()) return;
  detach(found->second);
  Event event;
  event.deleted = true;
  event.kv.key = key;
  event.kv.mod_revision = at;
  event.before = std::move(found->second);
  keys_.erase(found);
  remember(std::move(event));
}

void Store::detach(const KeyValue& kv) {
  const auto lease = leases_.find(kv.lease);
  if (lease != leases_.end()) lease->second.keys.erase(kv.key);
}

void Store::remember(Event event) {
  revision_ = event.kv.mod_revision;
  news_.push_back(event);
  history_.push_back(std::move(event));
}

std::vector<Event> Store::take_news() {
  return std::exchange(news_, {});
}

Response Store::range(const Range& range) const {
  Response response(refusal({range}));
  response.revision = revision_;
  if (response.status == Status::ok) response.results.push_back(read(range));
  return response;
}

OperationResult Store::read(const Range& range) const {
  OperationResult result;
  std::map<std::string, KeyValue> earlier;
  const bool past = range.revision != 0 && range.revision < revision_;
  if (past) earlier = keys_at(range.revision);
  const auto& keys = past ? earlier : keys_;
  for (auto at = keys.lower_bound(range.span.key); at != keys.end(); ++at) {
    if (!range.span.contains(at->first)) break;
    const bool too_young = range.max_create != 0 && at->second.create_revision > range.max_create;
    if (!too_young) result.kvs.push_back(at->second);
  }
  result.count = static_cast<std::int64_t>(result.kvs.size());
  sort(result.kvs, range.order);
  const auto limit = static_cast<std::size_t>(range.limit);
  if (limit != 0 && result.kvs.size() > limit) result.kvs.resize(limit);
  return result;
}

/// What happened since, undone from the last to the first.
std::map<std::string, KeyValue> Store::keys_at(Revision revision) const {
  std::map<std::string, KeyValue> keys = keys_;
  for (auto event = history_.rbegin(); event != history_.rend(); ++event) {
    if (event->kv.mod_revision <= revision) break;
    if (event->before) {
      keys[event->kv.key] = *event->before;
    } else {
      keys.erase(event->kv.key);
    }
  }
  return keys;
}

std::vector<Event> Store::events_from(Revision from, const KeySpan& span) const {
  const auto earlier = [](const Event& event, Revision revision) {
    return event.kv.mod_revision < revision;
  };
  std::vector<Event> events;
  auto at = std::lower_bound(history_.begin(), history_.end(), from, earlier);
  for (; at != history_.end(); ++at) {
    if (span.contains(at->kv.key)) events.push_back(*at);
  }
  return events;
}

Response Store::grant(const LeaseGrant& grant, NodeId client) {
  Response response;
  response.revision = revision_;
  if (leases_.count(grant.id) != 0) {
    response.status = Status::lease_exists;
    return response;
  }
  LeaseRecord& lease = leases_[grant.id];
  lease.ttl_ms = grant.ttl_ms;
  lease.client = client;
  response.lease = grant.id;
  response.ttl_ms = grant.ttl_ms;
  return response;
}

Response Store::revoke(LeaseId id) {
  Response response;
  const auto lease = leases_.find(id);
  if (lease == leases_.end()) {
    response.status = Status::lease_not_found;
  } else {
    const std::set<std::string> keys = std::move(lease->second.keys);
    leases_.erase(lease);
    const Revision at = revision_ + 1;
    for (const std::string& key : keys) erase(key, at);
  }
  response.revision = revision_;
  return response;
}

Response Store::checkpoint(const LeaseCheckpoint& checkpoint) {
  Response response;
  response.revision = revision_;
  const auto lease = leases_.find(checkpoint.id);
  if (lease == leases_.end()) {
    response.status = Status::lease_not_found;
  } else {
    lease->second.left_ms = checkpoint.left_ms;
  }
  return response;
}

Response Store::compact(Revision revision) {
  Response response;
  response.revision = revision_;
  if (revision > revision_) {
    response.status = Status::future_revision;
  } else if (revision <= compacted_) {
    response.status = Status::compacted;
  } else {
    compacted_ = revision;
    std::erase_if(history_, [&](const Event& e) { return e.kv.mod_revision < revision; });
  }
  return response;
}

}  // namespace lockstep::etcd
