// Delivery of published messages.
#include "backends/redis/subscriptions.hpp"

#include <algorithm>

#include "backends/redis/text.hpp"

namespace lockstep::redis {
namespace {

Reply message_of(std::vector<std::string_view> parts) {
  std::vector<Reply> elements;
  for (const std::string_view part : parts) elements.push_back(Reply::bulk(std::string(part)));
  return Reply::array(std::move(elements));
}

}  // namespace

void Subscriptions::add(Session& session, const std::string& name, bool pattern) {
  auto& mine = pattern ? session.patterns : session.channels;
  if (std::find(mine.begin(), mine.end(), name) != mine.end()) return;
  mine.push_back(name);
  (pattern ? patterns_ : channels_)[name].push_back(&session);
}

bool Subscriptions::remove(Session& session, const std::string& name, bool pattern) {
  auto& mine = pattern ? session.patterns : session.channels;
  if (std::erase(mine, name) == 0) return false;
  unlist(pattern ? patterns_ : channels_, name, session);
  return true;
}

void Subscriptions::remove_all(Session& session) {
  for (const std::string& name : session.channels) unlist(channels_, name, session);
  for (const std::string& name : session.patterns) unlist(patterns_, name, session);
  session.channels.clear();
  session.patterns.clear();
}

void Subscriptions::unlist(Listeners& listeners, std::string_view name, const Session& session) {
  const auto found = listeners.find(name);
  if (found == listeners.end()) return;
  std::erase(found->second, &session);
  if (found->second.empty()) listeners.erase(found);
}

std::int64_t Subscriptions::publish(std::string_view channel, std::string_view message,
                                    const std::function<void(Session&)>& wake) {
  std::int64_t receivers = 0;
  const auto deliver = [&](Session& session, Reply push) {
    session.pushes.push_back(std::move(push));
    wake(session);
    ++receivers;
  };
  if (const auto found = channels_.find(channel); found != channels_.end()) {
    for (Session* session : found->second) {
      deliver(*session, message_of({"message", channel, message}));
    }
  }
  for (const auto& [pattern, sessions] : patterns_) {
    if (!matches(pattern, channel)) continue;
    for (Session* session : sessions) {
      deliver(*session, message_of({"pmessage", pattern, channel, message}));
    }
  }
  return receivers;
}

}  // namespace lockstep::redis
