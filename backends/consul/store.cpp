#include "backends/consul/store.hpp"

#include <utility>

#include "backends/queue.hpp"
#include "backends/raft/encoding.hpp"

namespace lockstep::consul {

Frame Store::apply(const raft::Committed& entry) {
  const auto command = raft::from_bytes<Command>(entry.command);
  index_ = entry.index;
  Reply reply;
  reply.status = Status::failed;
  if (command) reply = execute(*command, entry);
  return make_frame(std::move(reply));
}

Reply Store::execute(const Command& command, const raft::Committed& entry) {
  const Request& request = command.request;
  by_ = NodeId{command.client};
  cause_ = ChangeCause::command;
  Reply reply;
  switch (request.action) {
    case Action::create_session: {
      Session& session = state_.sessions[entry.index];
      session.client = command.client;
      session.length = request.length;
      session.lock_delay = request.lock_delay;
      session.behaviour = request.behaviour;
      reply.session = entry.index;
      break;
    }
    case Action::expire_session:
      // A leader that was deposed meanwhile has no say any more.
      cause_ = ChangeCause::expired;
      if (command.term == entry.term) end_session(request.session);
      break;
    case Action::destroy_session: end_session(request.session); break;
    case Action::transact: reply = transact(request.operations); break;
    case Action::renew_session:
    case Action::get: reply.status = Status::failed;  // not commands
  }
  return reply;
}

/// All or nothing: what was done is undone when a later condition is not met.
Reply Store::transact(const std::vector<Operation>& operations) {
  Reply reply;
  for (const Operation& operation : operations) {
    const bool locks = operation.verb == Verb::lock;
    if (locks && !state_.sessions.contains(operation.session)) reply.status = Status::no_session;
  }
  if (reply.status != Status::ok) return reply;
  // Tried on a copy first, so that nobody is told of what is undone.
  const auto observer = std::exchange(observer_, nullptr);
  const State before = state_;
  bool met = true;
  for (const Operation& operation : operations) {
    met = met && allows(operation);
    if (met) perform(operation);
  }
  state_ = before;
  observer_ = observer;
  if (!met) {
    reply.status = Status::failed;
    return reply;
  }
  for (const Operation& operation : operations) {
    perform(operation);
    const Entry* entry = find(operation.key);
    reply.entries.push_back(entry == nullptr ? std::nullopt : std::optional<Entry>(*entry));
  }
  return reply;
}

bool Store::allows(const Operation& operation) const {
  const Entry* entry = find(operation.key);
  switch (operation.verb) {
    case Verb::get:
    case Verb::set:
    case Verb::erase: return true;
    case Verb::cas: return (entry == nullptr ? 0 : entry->modify_index) == operation.index;
    case Verb::erase_cas:
    case Verb::check_index: return entry != nullptr && entry->modify_index == operation.index;
    case Verb::lock:
      return entry == nullptr || entry->session == 0 || entry->session == operation.session;
    case Verb::unlock:
    case Verb::check_session: return entry != nullptr && entry->session == operation.session;
  }
  return false;
}

void Store::perform(const Operation& operation) {
  const Entry* there = find(operation.key);
  Entry entry = there == nullptr ? Entry{} : *there;
  entry.value = operation.value;
  switch (operation.verb) {
    case Verb::get:
    case Verb::check_session:
    case Verb::check_index: return;
    case Verb::erase:
    case Verb::erase_cas: return erase(operation.key);
    case Verb::lock:
      if (entry.session == 0) ++entry.lock_index;
      entry.session = operation.session;
      break;
    case Verb::unlock: entry.session = 0; break;
    case Verb::set:
    case Verb::cas: break;
  }
  put(operation.key, std::move(entry));
}

void Store::end_session(SessionId id) {
  if (!state_.sessions.contains(id)) return;
  const Session session = state_.sessions.at(id);
  std::vector<std::string> held;
  for (const auto& [key, entry] : state_.entries) {
    if (entry.session == id) held.push_back(key);
  }
  for (const std::string& key : held) {
    if (session.behaviour == Behaviour::erase) {
      erase(key);
    } else {
      Entry entry = state_.entries.at(key);
      entry.session = 0;
      put(key, std::move(entry));
    }
    if (ended_) ended_(key, Duration(session.lock_delay));
  }
  state_.sessions.erase(id);
}

void Store::put(const std::string& key, Entry entry) {
  const auto at = state_.entries.find(key);
  entry.modify_index = index_;
  if (at == state_.entries.end()) {
    entry.create_index = index_;
    tell(key, nullptr, &entry);
    state_.entries.emplace(key, std::move(entry));
    state_.erased.erase(key);
    return;
  }
  tell(key, &at->second, &entry);
  at->second = std::move(entry);
}

void Store::erase(const std::string& key) {
  const auto gone = state_.entries.find(key);
  if (gone == state_.entries.end()) return;
  state_.erased[key] = index_;
  tell(key, &gone->second, nullptr);
  state_.entries.erase(gone);
}

void Store::tell(const std::string& key, const Entry* before, const Entry* after) {
  if (!observer_) return;
  const bool value = key.starts_with("resource:");
  const auto text = [&](const Entry* entry) -> std::optional<std::string> {
    if (entry == nullptr) return std::nullopt;
    if (value) return entry->value;
    if (entry->session == 0) return std::nullopt;
    const NodeId client{state_.sessions.at(entry->session).client};
    return queue_text({Contender{owner_text(*entry), client}});
  };
  KeyChange change;
  change.key = key;
  change.before = text(before);
  change.after = text(after);
  change.cause = cause_;
  change.by = by_;
  change.position = index_;
  if (value || change.before != change.after) observer_(change);
}

const Entry* Store::find(const std::string& key) const {
  const auto at = state_.entries.find(key);
  return at == state_.entries.end() ? nullptr : &at->second;
}

std::uint64_t Store::changed_at(const std::string& key) const {
  if (const Entry* entry = find(key)) return entry->modify_index;
  const auto erased = state_.erased.find(key);
  return erased == state_.erased.end() ? 1 : erased->second;
}

std::string Store::snapshot() const {
  return raft::to_bytes(state_);
}

void Store::restore(const std::string& snapshot) {
  state_ = raft::from_bytes<State>(snapshot).value_or(State{});
}

}  // namespace lockstep::consul
