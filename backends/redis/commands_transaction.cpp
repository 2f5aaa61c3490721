// MULTI, EXEC, DISCARD and WATCH. A transaction runs whole, even past commands that fail.
#include <algorithm>

#include "backends/redis/commands.hpp"

namespace lockstep::redis {

void Database::watch(Session& session, const std::string& key) {
  const auto same = [&key](const Session::Watch& watch) { return watch.key == key; };
  if (std::any_of(session.watched.begin(), session.watched.end(), same)) return;
  const auto found = keys_.find(key);
  session.watched.push_back({key, found != keys_.end() && dead(found->second)});
  watchers_[key].push_back(&session);
}

void Database::unwatch(Session& session) {
  for (const Session::Watch& watch : session.watched) {
    const auto found = watchers_.find(watch.key);
    std::erase(found->second, &session);
    if (found->second.empty()) watchers_.erase(found);
  }
  session.watched.clear();
}

void Database::discard(Session& session) {
  unwatch(session);
  session.in_transaction = false;
  session.transaction_broken = false;
  session.watched_changed = false;
  session.queued.clear();
}

void Database::touch_watchers(std::string_view key) {
  const auto found = watchers_.find(key);
  if (found == watchers_.end()) return;
  const bool gone = !keys_.contains(key);
  for (Session* const session : found->second) {
    for (Session::Watch& watch : session->watched) {
      if (watch.key != key) continue;
      // The removal of a key that was dead when it was watched is no change.
      if (watch.expired && gone) {
        watch.expired = false;
      } else {
        session->watched_changed = true;
      }
    }
  }
}

Reply multi_command(Call& call) {
  if (call.session.in_transaction) return Reply::error("ERR MULTI calls can not be nested");
  call.session.in_transaction = true;
  return Reply::ok();
}

Reply exec_command(Call& call) {
  if (!call.session.in_transaction) return Reply::error("ERR EXEC without MULTI");
  return call.db.exec(call.session);
}

Reply discard_command(Call& call) {
  if (!call.session.in_transaction) return Reply::error("ERR DISCARD without MULTI");
  call.db.discard(call.session);
  return Reply::ok();
}

Reply watch_command(Call& call) {
  if (call.session.in_transaction) return Reply::error("ERR WATCH inside MULTI is not allowed");
  if (call.session.watched_changed) return Reply::ok();  // it is lost already
  for (std::size_t i = 1; i < call.size(); ++i) call.db.watch(call.session, call.word(i));
  return Reply::ok();
}

Reply unwatch_command(Call& call) {
  call.db.unwatch(call.session);
  call.session.watched_changed = false;
  return Reply::ok();
}

}  // namespace lockstep::redis
