#include "backends/zookeeper/messages.hpp"

#include <fmt/format.h>

namespace lockstep::zookeeper {
namespace {

void fold_all(Digest& digest, const std::vector<std::string>& texts) {
  digest.fold(static_cast<std::uint64_t>(texts.size()));
  for (const std::string& text : texts) digest.fold(std::string_view(text));
}

template <class Parts>
std::string joined(const Parts& parts) {
  std::string text;
  for (const auto& part : parts) {
    if (!text.empty()) text += "; ";
    text += part.describe();
  }
  return text;
}

}  // namespace

void ConnectRequest::fold(Digest& digest) const {
  digest.fold(last_zxid);
  digest.fold(static_cast<std::uint64_t>(timeout.count()));
  digest.fold(session);
  digest.fold(std::string_view(password));
}

std::string ConnectRequest::describe() const {
  if (session == 0) return fmt::format("connect, new session of {}", to_text(timeout));
  return fmt::format("connect, session 0x{:x}, seen zxid 0x{:x}", session, last_zxid);
}

void ConnectResponse::fold(Digest& digest) const {
  digest.fold(session);
  digest.fold(std::string_view(password));
  digest.fold(static_cast<std::uint64_t>(timeout.count()));
}

std::string ConnectResponse::describe() const {
  if (session == 0) return "session expired";
  return fmt::format("session 0x{:x}, timeout {}", session, to_text(timeout));
}

void Request::fold(Digest& digest) const {
  digest.fold(xid << 1 | static_cast<std::uint64_t>(close));
  for (const Operation& operation : operations) operation.fold(digest);
}

std::string Request::describe() const {
  if (close) return "closeSession";
  const std::string all = joined(operations);
  return operations.size() == 1 ? all : "multi " + all;
}

void Response::fold(Digest& digest) const {
  digest.fold(xid);
  digest.fold(zxid);
  digest.fold(static_cast<std::uint64_t>(static_cast<std::uint32_t>(code)));
  for (const Answer& answer : answers) answer.fold(digest);
}

std::string Response::describe() const {
  return answers.empty() ? std::string(name_of(code)) : joined(answers);
}

void SetWatches::fold(Digest& digest) const {
  digest.fold(last_zxid);
  fold_all(digest, data);
  fold_all(digest, exist);
  fold_all(digest, child);
}

std::string SetWatches::describe() const {
  return fmt::format("setWatches since 0x{:x}: {} {} {}", last_zxid, fmt::join(data, " "),
                     fmt::join(exist, " "), fmt::join(child, " "));
}

void Event::fold(Digest& digest) const {
  digest.fold(static_cast<std::uint64_t>(type));
  digest.fold(std::string_view(path));
}

std::string Event::describe() const {
  return fmt::format("event {} {}", name_of(type), path);
}

void Heard::fold(Digest& digest) const {
  for (const SessionId session : sessions) digest.fold(session);
}

std::string Heard::describe() const {
  return fmt::format("heard of {} sessions", sessions.size());
}

}  // namespace lockstep::zookeeper
