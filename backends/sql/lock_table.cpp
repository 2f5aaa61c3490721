#include "backends/sql/lock_table.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace lockstep::sql {
namespace {

bool conflict(LockMode a, LockMode b) {
  return a == LockMode::exclusive || b == LockMode::exclusive;
}

}  // namespace

bool LockTable::fits(const Entry& entry, SessionId session, LockMode mode) {
  return std::none_of(entry.holds.begin(), entry.holds.end(), [&](const Hold& hold) {
    return hold.session != session && conflict(hold.mode, mode);
  });
}

bool LockTable::holds(SessionId session, const LockKey& key) const {
  const auto at = entries_.find(key);
  return at != entries_.end() &&
         std::any_of(at->second.holds.begin(), at->second.holds.end(),
                     [&](const Hold& hold) { return hold.session == session; });
}

bool LockTable::held_by_any(const LockKey& key) const {
  const auto at = entries_.find(key);
  return at != entries_.end() && !at->second.holds.empty();
}

void LockTable::tell(HoldChange::Kind kind, const LockKey& key, SessionId session,
                     const std::string& label) {
  if (observer_) observer_({kind, key, session, label});
}

void LockTable::grant(Entry& entry, const LockRequest& request) {
  const bool held_already = holds(request.session, request.key);
  auto at = std::find_if(entry.holds.begin(), entry.holds.end(), [&](const Hold& hold) {
    return hold.session == request.session && hold.mode == request.mode;
  });
  if (at == entry.holds.end()) {
    entry.holds.push_back({request.session, request.mode, request.label, 0, {}});
    at = entry.holds.end() - 1;
  }
  if (request.level == LockLevel::session) {
    ++at->session_count;
  } else {
    at->depths.push_back(request.depth);
  }
  if (!held_already) tell(HoldChange::Kind::held, request.key, request.session, request.label);
}

bool LockTable::take(const LockRequest& request, bool queue) {
  Entry& entry = entries_[request.key];
  const bool mine = holds(request.session, request.key);
  const bool behind =
      std::any_of(entry.queue.begin(), entry.queue.end(),
                  [&](const LockRequest& waiter) { return conflict(waiter.mode, request.mode); });
  // Who holds it already may pass those who wait for what it holds.
  if (fits(entry, request.session, request.mode) && (mine || !behind)) {
    grant(entry, request);
    return true;
  }
  if (queue) {
    auto place = entry.queue.end();
    if (mine) place = entry.queue.begin();
    entry.queue.insert(place, request);
    waiting_[request.session] = request.key;
    tell(HoldChange::Kind::queued, request.key, request.session, request.label);
  } else if (entry.holds.empty() && entry.queue.empty()) {
    entries_.erase(request.key);
  }
  return false;
}

void LockTable::wake(const LockKey& key) {
  const auto at = entries_.find(key);
  if (at == entries_.end()) return;
  Entry& entry = at->second;
  std::vector<LockMode> ahead;  // of those who have to go on waiting
  for (std::size_t i = 0; i < entry.queue.size();) {
    const LockRequest& waiter = entry.queue[i];
    const bool blocked = std::any_of(ahead.begin(), ahead.end(),
                                     [&](LockMode mode) { return conflict(mode, waiter.mode); });
    if (blocked || !fits(entry, waiter.session, waiter.mode)) {
      ahead.push_back(waiter.mode);
      ++i;
      continue;
    }
    const LockRequest request = waiter;
    entry.queue.erase(entry.queue.begin() + static_cast<std::ptrdiff_t>(i));
    waiting_.erase(request.session);
    tell(HoldChange::Kind::unqueued, key, request.session, request.label);
    grant(entry, request);
    granted_.push_back(request.session);
  }
  if (entry.holds.empty() && entry.queue.empty()) entries_.erase(at);
}

void LockTable::lessen(SessionId session, const std::function<void(Hold&)>& change) {
  std::vector<LockKey> freed;
  for (auto& [key, entry] : entries_) {
    const std::size_t before = entry.holds.size();
    std::vector<Hold> gone;
    for (Hold& hold : entry.holds) {
      if (hold.session != session) continue;
      change(hold);
      if (hold.session_count == 0 && hold.depths.empty()) gone.push_back(hold);
    }
    if (gone.empty()) continue;
    std::erase_if(entry.holds, [&](const Hold& hold) {
      return hold.session == session && hold.session_count == 0 && hold.depths.empty();
    });
    if (entry.holds.size() != before) freed.push_back(key);
    if (!holds(session, key)) tell(HoldChange::Kind::freed, key, session, gone.front().label);
  }
  for (const LockKey& key : freed) wake(key);
}

bool LockTable::give_back(SessionId session, const LockKey& key, LockMode mode, LockLevel level) {
  const bool of_session = level == LockLevel::session;
  const auto at = entries_.find(key);
  if (at == entries_.end()) return false;
  for (Hold& hold : at->second.holds) {
    if (hold.session != session || hold.mode != mode) continue;
    if (of_session ? hold.session_count == 0 : hold.depths.empty()) continue;
    if (hold.session_count + hold.depths.size() > 1) {
      if (of_session) {
        --hold.session_count;
      } else {
        hold.depths.pop_back();
      }
      return true;
    }
    const Hold gone = hold;
    std::erase_if(at->second.holds, [&](const Hold& other) {
      return other.session == session && other.mode == mode;
    });
    if (!holds(session, key)) tell(HoldChange::Kind::freed, key, session, gone.label);
    const LockKey freed = key;
    wake(freed);
    return true;
  }
  return false;
}

void LockTable::give_back_all(SessionId session) {
  lessen(session, [](Hold& hold) { hold.session_count = 0; });
}

void LockTable::end_transaction(SessionId session, std::size_t depth) {
  lessen(session, [depth](Hold& hold) {
    std::erase_if(hold.depths, [depth](std::size_t taken) { return taken >= depth; });
  });
}

void LockTable::end_session(SessionId session) {
  stop_waiting(session);
  lessen(session, [](Hold& hold) {
    hold.session_count = 0;
    hold.depths.clear();
  });
}

void LockTable::stop_waiting(SessionId session) {
  const auto at = waiting_.find(session);
  if (at == waiting_.end()) return;
  const LockKey key = at->second;
  waiting_.erase(at);
  auto& queue = entries_.at(key).queue;
  const auto own = std::find_if(queue.begin(), queue.end(), [&](const LockRequest& request) {
    return request.session == session;
  });
  const std::string label = own->label;
  queue.erase(own);
  tell(HoldChange::Kind::unqueued, key, session, label);
  wake(key);  // those behind it may fit the holders
}

bool LockTable::deadlocked(SessionId session) const {
  std::vector<SessionId> to_visit{session};
  std::set<SessionId> seen;
  while (!to_visit.empty()) {
    const SessionId waiter = to_visit.back();
    to_visit.pop_back();
    const auto waits = waiting_.find(waiter);
    if (waits == waiting_.end()) continue;
    const Entry& entry = entries_.at(waits->second);
    const auto own = std::find_if(entry.queue.begin(), entry.queue.end(),
                                  [&](const LockRequest& r) { return r.session == waiter; });
    const auto visit = [&](SessionId other, LockMode mode) {
      if (other == waiter || !conflict(mode, own->mode)) return;
      if (seen.insert(other).second) to_visit.push_back(other);
    };
    for (const Hold& hold : entry.holds) visit(hold.session, hold.mode);
    for (auto ahead = entry.queue.begin(); ahead != own; ++ahead) {
      visit(ahead->session, ahead->mode);
    }
  }
  return seen.contains(session);
}

std::vector<SessionId> LockTable::take_granted() {
  return std::exchange(granted_, {});
}

}  // namespace lockstep::sql
