#include "backends/raft/service/messages.hpp"

#include <fmt/format.h>

namespace lockstep::raft::service {
namespace {

std::string_view name_of(Action action) {
  switch (action) {
    case Action::open: return "open a session";
    case Action::close: return "close";
    case Action::expire: return "expire";
    case Action::keep_alive: return "keep alive";
    case Action::acquire: return "acquire";
    case Action::leave: return "leave";
    case Action::release: return "release";
    case Action::wait: return "wait for";
    case Action::check: return "check";
  }
  return "?";
}

std::string_view name_of(Status status) {
  switch (status) {
    case Status::ok: return "ok";
    case Status::queued: return "queued";
    case Status::held: return "held";
    case Status::free: return "free";
    case Status::lost: return "lost";
    case Status::unknown: return "outcome unknown";
  }
  return "?";
}

}  // namespace

void Request::fold(Digest& digest) const {
  digest.fold(static_cast<std::uint64_t>(action) << 2 | static_cast<std::uint64_t>(queues) << 1 |
              static_cast<std::uint64_t>(reentrant));
  for (const std::uint64_t number : {session, serial, place, token}) digest.fold(number);
  digest.fold(static_cast<std::uint64_t>(length));
  digest.fold(std::string_view(lock));
}

std::string Request::describe() const {
  std::string line(name_of(action));
  if (!lock.empty()) line += " " + lock;
  if (session != 0) line += fmt::format(" (session {}, command {})", session, serial);
  if (token != 0) line += fmt::format(" token {}", token);
  return line;
}

void Reply::fold(Digest& digest) const {
  digest.fold(static_cast<std::uint64_t>(status));
  digest.fold(session);
  digest.fold(token);
  digest.fold(std::string_view(owner));
}

std::string Reply::describe() const {
  std::string line(name_of(status));
  if (session != 0) line += fmt::format(", session {}", session);
  if (token != 0) line += fmt::format(", token {}", token);
  if (!owner.empty()) line += ", owner " + owner;
  return line;
}

std::string owner_text(SessionId session, std::uint64_t serial) {
  return fmt::format("{}.{}", session, serial);
}

}  // namespace lockstep::raft::service
