#include "backends/consul/messages.hpp"

#include <fmt/format.h>

namespace lockstep::consul {
namespace {

std::string_view name_of(Verb verb) {
  switch (verb) {
    case Verb::get: return "get";
    case Verb::set: return "set";
    case Verb::cas: return "cas";
    case Verb::lock: return "lock";
    case Verb::unlock: return "unlock";
    case Verb::erase: return "delete";
    case Verb::erase_cas: return "delete-cas";
    case Verb::check_session: return "check-session";
    case Verb::check_index: return "check-index";
  }
  return "?";
}

std::string_view name_of(Action action) {
  switch (action) {
    case Action::create_session: return "create a session";
    case Action::destroy_session: return "destroy session";
    case Action::expire_session: return "expire session";
    case Action::renew_session: return "renew session";
    case Action::transact: return "txn";
    case Action::get: return "get";
  }
  return "?";
}

std::string_view name_of(Status status) {
  switch (status) {
    case Status::ok: return "ok";
    case Status::failed: return "false";
    case Status::no_session: return "invalid session";
    case Status::unknown: return "outcome unknown";
  }
  return "?";
}

}  // namespace

void Request::fold(Digest& digest) const {
  digest.fold(static_cast<std::uint64_t>(action) << 1 | static_cast<std::uint64_t>(behaviour));
  digest.fold(session);
  digest.fold(index);
  digest.fold(static_cast<std::uint64_t>(length));
  digest.fold(static_cast<std::uint64_t>(lock_delay));
  digest.fold(std::string_view(key));
  for (const Operation& operation : operations) {
    digest.fold(static_cast<std::uint64_t>(operation.verb));
    digest.fold(std::string_view(operation.key));
    digest.fold(std::string_view(operation.value));
    digest.fold(operation.session);
    digest.fold(operation.index);
  }
}

std::string Request::describe() const {
  std::string line(name_of(action));
  if (session != 0) line += fmt::format(" {}", session);
  if (!key.empty()) line += " " + key;
  if (index != 0) line += fmt::format(" after index {}", index);
  for (const Operation& operation : operations) {
    line += fmt::format(" {} {}", name_of(operation.verb), operation.key);
    if (operation.session != 0) line += fmt::format(" for session {}", operation.session);
  }
  return line;
}

void Reply::fold(Digest& digest) const {
  digest.fold(static_cast<std::uint64_t>(status));
  digest.fold(session);
  digest.fold(index);
  for (const std::optional<Entry>& entry : entries) {
    digest.fold(std::uint64_t{entry.has_value()});
    if (!entry) continue;
    digest.fold(std::string_view(entry->value));
    for (const std::uint64_t number :
         {entry->session, entry->create_index, entry->modify_index, entry->lock_index}) {
      digest.fold(number);
    }
  }
}

std::string Reply::describe() const {
  std::string line(name_of(status));
  if (session != 0) line += fmt::format(", session {}", session);
  for (const std::optional<Entry>& entry : entries) {
    if (!entry) {
      line += ", nothing";
      continue;
    }
    line += fmt::format(", \"{}\" at index {}", entry->value, entry->modify_index);
    if (entry->session != 0) line += fmt::format(" locked by session {}", entry->session);
  }
  return line;
}

std::string owner_text(const Entry& entry) {
  return fmt::format("{}/{}", entry.session, entry.lock_index);
}

}  // namespace lockstep::consul
