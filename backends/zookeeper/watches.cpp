#include "backends/zookeeper/watches.hpp"

#include <algorithm>
#include <utility>

namespace lockstep::zookeeper {

void Watches::put(Table& table, const std::string& path, SessionId session) {
  std::vector<SessionId>& sessions = table[path];
  const bool known = std::find(sessions.begin(), sessions.end(), session) != sessions.end();
  if (!known) sessions.push_back(session);
}

void Watches::take_from(Table& table, const std::string& path, EventType type,
                        std::vector<Firing>& out) {
  const auto at = table.find(path);
  if (at == table.end()) return;
  for (const SessionId session : at->second) {
    const auto same = [&](const Firing& other) {
      return other.session == session && other.event.type == type && other.event.path == path;
    };
    if (std::find_if(out.begin(), out.end(), same) != out.end()) continue;
    Firing& firing = out.emplace_back();
    firing.session = session;
    firing.event.type = type;
    firing.event.path = path;
  }
  table.erase(at);
}

void Watches::add(SessionId session, const Operation& read, Code code) {
  if (code != Code::ok && read.action != Action::exists) return;
  put(read.action == Action::children ? child_ : data_, read.path, session);
}

std::vector<Firing> Watches::take(const Change& change) {
  std::vector<Firing> out;
  take_from(data_, change.path, change.type, out);
  if (change.type == EventType::data_changed) return out;
  if (change.type == EventType::deleted) take_from(child_, change.path, change.type, out);
  take_from(child_, parent_of(change.path), EventType::children_changed, out);
  return out;
}

std::vector<Firing> Watches::add_again(SessionId session, const SetWatches& request,
                                       const Tree& tree) {
  std::vector<Firing> out;
  const auto fire = [&](EventType type, const std::string& path) {
    Firing& firing = out.emplace_back();
    firing.session = session;
    firing.event.type = type;
    firing.event.path = path;
  };
  for (const std::string& path : request.data) {
    const Tree::Node* const node = tree.find(path);
    if (node == nullptr) {
      fire(EventType::deleted, path);
    } else if (node->stat.mzxid > request.last_zxid) {
      fire(EventType::data_changed, path);
    } else {
      put(data_, path, session);
    }
  }
  for (const std::string& path : request.exist) {
    if (tree.find(path) != nullptr) {
      fire(EventType::created, path);
    } else {
      put(data_, path, session);
    }
  }
  for (const std::string& path : request.child) {
    const Tree::Node* const node = tree.find(path);
    if (node == nullptr) {
      fire(EventType::deleted, path);
    } else if (node->stat.pzxid > request.last_zxid) {
      fire(EventType::children_changed, path);
    } else {
      put(child_, path, session);
    }
  }
  return out;
}

void Watches::forget(SessionId session) {
  for (Table* table : {&data_, &child_}) {
    for (auto& [path, sessions] : *table) std::erase(sessions, session);
    std::erase_if(*table, [](const auto& entry) { return entry.second.empty(); });
  }
}

}  // namespace lockstep::zookeeper
