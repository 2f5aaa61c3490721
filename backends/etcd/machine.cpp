#include "backends/etcd/machine.hpp"

#include <set>
#include <utility>

#include "backends/queue.hpp"
#include "backends/raft/encoding.hpp"

namespace lockstep::etcd {
namespace {

constexpr std::string_view lock_prefix = "lock:";

/// The lock for which a key stands in line; empty: it is another kind of key.
std::string lock_of(const std::string& key) {
  const std::size_t slash = key.find('/');
  if (!key.starts_with(lock_prefix) || slash == std::string::npos) return {};
  return key.substr(lock_prefix.size(), slash - lock_prefix.size());
}

bool is_expiry(const Command& command) {
  const auto* revoke = std::get_if<LeaseRevoke>(&command.request.body);
  return revoke != nullptr && revoke->expired;
}

}  // namespace

std::string line_key(const std::string& lock, const std::string& who) {
  return std::string(lock_prefix) + lock + "/" + who;
}

std::string owner_of(const std::string& who, Revision created) {
  return who + "@" + std::to_string(created);
}

Frame Machine::apply(const raft::Committed& entry) {
  const auto command = raft::from_bytes<Command>(entry.command);
  if (!command) return make_frame(Response(Status::timed_out));
  Response response = execute(*command, entry);
  tell(*command, entry.index);
  return make_frame(std::move(response));
}

Response Machine::execute(const Command& command, const raft::Committed& entry) {
  const auto& body = command.request.body;
  if (const auto* txn = std::get_if<Txn>(&body)) return store_.txn(*txn);
  if (const auto* grant = std::get_if<LeaseGrant>(&body)) {
    Response response = store_.grant(*grant, command.client);
    if (response.status == Status::ok && on_grant) on_grant(grant->id);
    return response;
  }
  if (const auto* revoke = std::get_if<LeaseRevoke>(&body)) {
    const bool stale = revoke->term != 0 && revoke->term != entry.term;
    return stale ? Response(Status::not_primary) : store_.revoke(revoke->id);
  }
  if (const auto* one = std::get_if<LeaseCheckpoint>(&body)) return store_.checkpoint(*one);
  if (const auto* one = std::get_if<Compact>(&body)) return store_.compact(one->revision);
  return Response(Status::timed_out);  // nothing else is ever proposed
}

std::optional<std::string> Machine::line_of(const std::string& lock) const {
  Range range(with_prefix(line_key(lock, {})));
  range.order = Order::first_created;
  const Response in_order = store_.range(range);
  std::vector<Contender> line;
  for (const KeyValue& kv : in_order.results.front().kvs) {
    Contender& one = line.emplace_back();
    one.owner = owner_of(kv.key.substr(range.span.key.size()), kv.create_revision);
    const auto lease = store_.leases().find(kv.lease);
    if (lease != store_.leases().end()) one.client = lease->second.client;
  }
  return queue_text(line);
}

void Machine::tell(const Command& command, raft::Index position) {
  KeyChange note;
  note.cause = is_expiry(command) ? ChangeCause::expired : ChangeCause::command;
  note.by = command.client;
  note.position = position;
  std::set<std::string> locks;
  for (const Event& event : store_.take_news()) {
    const std::string lock = lock_of(event.kv.key);
    if (!lock.empty()) {
      locks.insert(lock);
      continue;
    }
    note.key = event.kv.key;
    note.before.reset();
    note.after.reset();
    if (event.before) note.before = event.before->value;
    if (!event.deleted) note.after = event.kv.value;
    env_.note(note);
  }
  for (const std::string& lock : locks) {
    std::optional<std::string>& told = lines_[lock];
    note.key = std::string(lock_prefix) + lock;
    note.after = line_of(lock);
    note.before = std::exchange(told, note.after);
    if (note.before != note.after) env_.note(note);
  }
}

std::string Machine::snapshot() const {
  return raft::to_bytes(store_);
}

void Machine::restore(const std::string& snapshot) {
  auto store = raft::from_bytes<Store>(snapshot);
  if (!store) return;
  store_ = std::move(*store);
  lines_.clear();
  for (const auto& [key, kv] : store_.keys()) {
    const std::string lock = lock_of(key);
    if (!lock.empty() && lines_.count(lock) == 0) lines_[lock] = line_of(lock);
  }
}

}  // namespace lockstep::etcd
