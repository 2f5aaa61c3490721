#include "backends/chubby/messages.hpp"

#include <fmt/format.h>

namespace lockstep::chubby {
namespace {

std::string_view name_of(Action action) {
  switch (action) {
    case Action::open_session: return "open a session";
    case Action::close_session: return "close session";
    case Action::expire_session: return "expire session";
    case Action::keep_alive: return "KeepAlive";
    case Action::try_acquire: return "TryAcquire";
    case Action::release: return "Release";
    case Action::wait_free: return "wait for";
    case Action::get_contents: return "GetContents";
    case Action::set_contents: return "SetContents";
    case Action::check_sequencer: return "CheckSequencer";
  }
  return "?";
}

std::string_view name_of(Status status) {
  switch (status) {
    case Status::ok: return "ok";
    case Status::held: return "held";
    case Status::delayed: return "lock delay";
    case Status::invalid: return "not valid";
    case Status::no_session: return "no such session";
    case Status::unknown: return "outcome unknown";
  }
  return "?";
}

void fold_all(Digest& digest, const std::vector<std::string>& texts) {
  digest.fold(static_cast<std::uint64_t>(texts.size()));
  for (const std::string& text : texts) digest.fold(std::string_view(text));
}

}  // namespace

void Request::fold(Digest& digest) const {
  digest.fold(static_cast<std::uint64_t>(action) << 1 | static_cast<std::uint64_t>(newest_seen));
  for (const std::uint64_t number : {session, handle, generation, sequencer.generation, epoch}) {
    digest.fold(number);
  }
  digest.fold(static_cast<std::uint64_t>(length));
  digest.fold(std::string_view(node));
  digest.fold(std::string_view(contents));
  digest.fold(std::string_view(sequencer.node));
  fold_all(digest, dropped);
}

std::string Request::describe() const {
  std::string line(name_of(action));
  if (!node.empty()) line += " " + node;
  if (generation != 0) line += fmt::format(" generation {}", generation);
  if (!contents.empty()) line += fmt::format(" \"{}\"", contents);
  if (!sequencer.node.empty()) {
    line += fmt::format(" if ({}, exclusive, {}) is valid", sequencer.node, sequencer.generation);
  }
  if (session != 0) line += fmt::format(" (session {})", session);
  for (const std::string& file : dropped) line += ", dropped " + file;
  return line;
}

void Reply::fold(Digest& digest) const {
  digest.fold(static_cast<std::uint64_t>(status));
  for (const std::uint64_t number : {session, generation, epoch}) digest.fold(number);
  digest.fold(static_cast<std::uint64_t>(held_back));
  digest.fold(std::string_view(contents));
  fold_all(digest, drop);
}

std::string Reply::describe() const {
  std::string line(name_of(status));
  if (session != 0) line += fmt::format(", session {}", session);
  if (generation != 0) line += fmt::format(", generation {}", generation);
  if (!contents.empty()) line += fmt::format(", \"{}\"", contents);
  if (epoch != 0) line += fmt::format(", epoch {}", epoch);
  for (const std::string& file : drop) line += ", drop " + file;
  return line;
}

std::string owner_text(SessionId session, std::uint64_t generation) {
  return fmt::format("{}/{}", session, generation);
}

}  // namespace lockstep::chubby
