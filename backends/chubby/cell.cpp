#include "backends/chubby/cell.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "backends/queue.hpp"
#include "backends/raft/encoding.hpp"

namespace lockstep::chubby {
namespace {

Reply reply(Status status, std::uint64_t generation = 0) {
  Reply answer;
  answer.status = status;
  answer.generation = generation;
  return answer;
}

}  // namespace

Frame Cell::apply(const raft::Committed& entry) {
  const auto command = raft::from_bytes<Command>(entry.command);
  index_ = entry.index;
  return make_frame(command ? execute(*command, entry) : reply(Status::invalid));
}

Reply Cell::execute(const Command& command, const raft::Committed& entry) {
  const Request& request = command.request;
  by_ = NodeId{command.client};
  cause_ = ChangeCause::command;
  if (request.action == Action::open_session) {
    Session& session = state_.sessions[entry.index];
    session.client = command.client;
    session.length = request.length;
    Reply opened = reply(Status::ok);
    opened.session = entry.index;
    return opened;
  }
  if (request.action == Action::expire_session) {
    // A master that was deposed meanwhile has no say any more.
    cause_ = ChangeCause::expired;
    if (command.term == entry.term) end_session(request.session, true);
    return reply(Status::ok);
  }
  if (!state_.sessions.contains(request.session)) return reply(Status::no_session);
  // What that master knew of delays and caches is not what the master of this term knows.
  if (command.term != entry.term) return reply(Status::unknown);
  switch (request.action) {
    case Action::close_session: end_session(request.session, false); return reply(Status::ok);
    case Action::try_acquire: return try_acquire(request);
    case Action::release: return release(request);
    case Action::get_contents:
    case Action::set_contents: return access(request);
    default: return reply(Status::invalid);
  }
}

Reply Cell::try_acquire(const Request& request) {
  Node& node = state_.nodes[request.node];
  // It comes after its client has given up.
  if (request.handle <= state_.sessions.at(request.session).closed) return reply(Status::invalid);
  // Asked again by who was not answered.
  const bool same = node.holder == request.session && node.handle == request.handle;
  if (same) return reply(Status::ok, node.lock_generation);
  if (node.holder != 0) return reply(Status::held);
  ++node.lock_generation;
  node.handle = request.handle;
  set_holder(request.node, request.session);
  return reply(Status::ok, node.lock_generation);
}

Reply Cell::release(const Request& request) {
  std::uint64_t& closed = state_.sessions.at(request.session).closed;
  closed = std::max(closed, request.handle);
  const Node* node = find(request.node);
  const bool own = node != nullptr && node->holder == request.session;
  if (!own || node->handle != request.handle) return reply(Status::invalid);
  set_holder(request.node, 0);
  return reply(Status::ok);
}

/// Reads or writes a file, if the sequencer that came along is valid.
Reply Cell::access(const Request& request) {
  Node& node = state_.nodes[request.node];
  if (!request.sequencer.node.empty()) {
    const bool newest = request.sequencer.generation >= node.newest_seen;
    const bool valid = request.newest_seen ? newest : is_valid(request.sequencer);
    if (!valid) return reply(Status::invalid);
    node.newest_seen = std::max(node.newest_seen, request.sequencer.generation);
  }
  if (request.action == Action::set_contents) {
    const std::string before = std::exchange(node.contents, request.contents);
    ++node.contents_generation;
    if (observer_ && request.node.starts_with("resource:")) {
      KeyChange change;
      change.key = request.node;
      if (!before.empty()) change.before = before;
      change.after = node.contents;
      change.by = by_;
      change.position = index_;
      observer_(change);
    }
  }
  Reply answer = reply(Status::ok, node.contents_generation);
  answer.contents = node.contents;
  return answer;
}

void Cell::end_session(SessionId id, bool by_itself) {
  if (!state_.sessions.contains(id)) return;
  std::vector<std::string> held;
  for (const auto& [name, node] : state_.nodes) {
    if (node.holder == id) held.push_back(name);
  }
  for (const std::string& name : held) {
    set_holder(name, 0);
    if (by_itself && failed_) failed_(name);
  }
  state_.sessions.erase(id);
}

void Cell::set_holder(const std::string& name, SessionId holder) {
  Node& node = state_.nodes.at(name);
  const auto told = [&]() -> std::optional<std::string> {
    if (node.holder == 0) return std::nullopt;
    const NodeId client{state_.sessions.at(node.holder).client};
    std::vector<Contender> line(1);
    line.front().owner = owner_text(node.holder, node.lock_generation);
    line.front().client = client;
    return queue_text(line);
  };
  KeyChange change;
  change.key = "lock:" + name;
  change.before = told();
  node.holder = holder;
  change.after = told();
  change.cause = cause_;
  change.by = by_;
  change.position = index_;
  if (observer_) observer_(change);
}

const Node* Cell::find(const std::string& name) const {
  const auto at = state_.nodes.find(name);
  return at == state_.nodes.end() ? nullptr : &at->second;
}

bool Cell::is_valid(const Sequencer& sequencer) const {
  const Node* node = find(sequencer.node);
  return node != nullptr && node->holder != 0 && node->lock_generation == sequencer.generation;
}

std::string Cell::snapshot() const {
  return raft::to_bytes(state_);
}

void Cell::restore(const std::string& snapshot) {
  state_ = raft::from_bytes<State>(snapshot).value_or(State{});
}

}  // namespace lockstep::chubby
