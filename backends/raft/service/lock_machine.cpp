#include "backends/raft/service/lock_machine.hpp"

#include <algorithm>
#include <utility>

#include "backends/queue.hpp"
#include "backends/raft/encoding.hpp"

namespace lockstep::raft::service {
namespace {

std::optional<std::string> told(const std::vector<Place>& line) {
  std::vector<Contender> contenders;
  for (const Place& place : line) {
    Contender& one = contenders.emplace_back();
    one.owner = owner_text(place.session, place.serial);
    one.client = NodeId{place.client};
  }
  return queue_text(contenders);
}

Reply reply(Status status, std::uint64_t token = 0) {
  Reply answer;
  answer.status = status;
  answer.token = token;
  return answer;
}

}  // namespace

Frame LockMachine::apply(const Committed& entry) {
  const auto command = from_bytes<Command>(entry.command);
  index_ = entry.index;
  return make_frame(command ? execute(*command, entry) : reply(Status::lost));
}

Reply LockMachine::execute(const Command& command, const Committed& entry) {
  const Request& request = command.request;
  if (request.action == Action::open) {
    SessionState& session = state_.sessions[entry.index];
    session.client = command.client;
    session.length = request.length;
    Reply opened = reply(Status::ok);
    opened.session = entry.index;
    return opened;
  }
  if (request.action == Action::expire) {
    // A leader that was deposed meanwhile has no say any more: its client may be heard elsewhere.
    if (command.term == entry.term) {
      end_session(request.session, ChangeCause::expired, index_of(no_node));
    }
    return reply(Status::ok);
  }
  if (!state_.sessions.contains(request.session)) return reply(Status::lost);
  if (request.action == Action::close) {
    end_session(request.session, ChangeCause::command, command.client);
    return reply(Status::ok);
  }
  if (request.action == Action::keep_alive) {
    if (renewed_) renewed_(request.session);
    return reply(Status::ok);
  }
  return rules_.deduplicates ? execute_once(command) : act(request, command.client);
}

Reply LockMachine::execute_once(const Command& command) {
  SessionState& session = state_.sessions.at(command.request.session);
  const std::uint64_t serial = command.request.serial;
  if (serial == session.serial) return session.reply;
  // A late copy of a command whose client has gone on.
  if (serial < session.serial) return reply(Status::lost);
  const Reply answer = act(command.request, command.client);
  session.serial = serial;
  session.reply = answer;
  return answer;
}

Reply LockMachine::act(const Request& request, std::uint32_t client) {
  switch (request.action) {
    case Action::acquire: return acquire(request, client);
    case Action::leave: return leave(request, client);
    case Action::release: return release(request, client);
    default: return reply(Status::lost);
  }
}

template <class Change>
void LockMachine::change_line(const std::string& lock, ChangeCause cause, std::uint32_t by,
                              Change change) {
  std::vector<Place>& line = state_.lines[lock];
  KeyChange note;
  if (observer_) note.before = told(line);
  change(line);
  if (!line.empty() && line.front().token == 0) line.front().token = index_;
  if (observer_) {
    note.key = "lock:" + lock;
    note.after = told(line);
    note.cause = cause;
    note.by = NodeId{by};
    note.position = index_;
    if (note.before != note.after) observer_(note);
  }
  if (line.empty()) state_.lines.erase(lock);
}

Reply LockMachine::acquire(const Request& request, std::uint32_t client) {
  const std::vector<Place>* there = line(request.lock);
  if (there != nullptr && request.reentrant && there->front().session == request.session) {
    Place& holder = state_.lines.at(request.lock).front();
    ++holder.entries;
    return reply(Status::ok, holder.token);
  }
  if (there != nullptr && !request.queues) return reply(Status::held);
  const bool first = there == nullptr;
  change_line(request.lock, ChangeCause::command, client, [&](std::vector<Place>& places) {
    Place& place = places.emplace_back();
    place.session = request.session;
    place.serial = request.serial;
    place.client = client;
  });
  return first ? reply(Status::ok, index_) : reply(Status::queued);
}

Reply LockMachine::leave(const Request& request, std::uint32_t client) {
  if (line(request.lock) == nullptr) return reply(Status::ok);
  change_line(request.lock, ChangeCause::command, client, [&](std::vector<Place>& places) {
    std::erase_if(places, [&](const Place& place) {
      return place.session == request.session && place.serial == request.place;
    });
  });
  return reply(Status::ok);
}

Reply LockMachine::release(const Request& request, std::uint32_t client) {
  if (line(request.lock) == nullptr) return reply(Status::lost);
  Place& holder = state_.lines.at(request.lock).front();
  const bool own = holder.session == request.session && holder.token == request.token;
  if (!own && !rules_.releases_by_name) return reply(Status::lost);
  if (--holder.entries > 0) return reply(Status::ok, holder.token);
  change_line(request.lock, ChangeCause::command, client,
              [](std::vector<Place>& places) { places.erase(places.begin()); });
  return reply(Status::ok);
}

void LockMachine::end_session(SessionId session, ChangeCause cause, std::uint32_t by) {
  if (state_.sessions.erase(session) == 0 || !rules_.frees_locks) return;
  std::vector<std::string> locks;
  for (const auto& [lock, places] : state_.lines) {
    const bool there = std::any_of(places.begin(), places.end(),
                                   [&](const Place& place) { return place.session == session; });
    if (there) locks.push_back(lock);
  }
  for (const std::string& lock : locks) {
    change_line(lock, cause, by, [session](std::vector<Place>& places) {
      std::erase_if(places, [session](const Place& place) { return place.session == session; });
    });
  }
}

void LockMachine::expire_here(SessionId session) {
  // Tokens are indices of the log, and so is that of whoever is let in by this: the last one.
  end_session(session, ChangeCause::expired, index_of(no_node));
}

const std::vector<Place>* LockMachine::line(const std::string& lock) const {
  const auto at = state_.lines.find(lock);
  return at == state_.lines.end() ? nullptr : &at->second;
}

Reply LockMachine::standing(SessionId session, std::uint64_t serial,
                            const std::string& lock) const {
  const std::vector<Place>* places = line(lock);
  if (places == nullptr) return reply(Status::lost);
  for (const Place& place : *places) {
    if (place.session != session || place.serial != serial) continue;
    return place.token == 0 ? reply(Status::queued) : reply(Status::ok, place.token);
  }
  return reply(Status::lost);
}

Reply LockMachine::holder(const std::string& lock) const {
  const std::vector<Place>* places = line(lock);
  if (places == nullptr) return reply(Status::free);
  const Place& first = places->front();
  Reply held = reply(Status::held, first.token);
  held.owner = owner_text(first.session, first.serial);
  return held;
}

std::string LockMachine::snapshot() const {
  if (rules_.snapshots_replies) return to_bytes(state_);
  State without = state_;
  for (auto& [id, session] : without.sessions) {
    session.serial = 0;
    session.reply = {};
  }
  return to_bytes(without);
}

void LockMachine::restore(const std::string& snapshot) {
  state_ = from_bytes<State>(snapshot).value_or(State{});
}

}  // namespace lockstep::raft::service
