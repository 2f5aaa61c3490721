#pragma once
// The one-shot watches that clients set at one server (WatchManager of ZooKeeper 3.8).

#include <map>
#include <string>
#include <vector>

#include "backends/zookeeper/messages.hpp"

namespace lockstep::zookeeper {

/// Whom to send an event.
struct Firing {
  SessionId session = 0;
  Event event;
};

class Watches {
 public:
  /// A read that asked for a watch was answered with `code`: exists watches a missing node, too;
  /// the others only one that is there.
  void add(SessionId session, const Operation& read, Code code);
  /// Watches of a client that comes back; gives those that fire at once.
  std::vector<Firing> add_again(SessionId session, const SetWatches& request, const Tree& tree);
  /// What a change fires: each session once for each path and type. They are gone then.
  std::vector<Firing> take(const Change& change);
  void forget(SessionId session);

 private:
  using Table = std::map<std::string, std::vector<SessionId>>;
  static void put(Table& table, const std::string& path, SessionId session);
  static void take_from(Table& table, const std::string& path, EventType type,
                        std::vector<Firing>& out);

  Table data_;   // set by exists and getData
  Table child_;  // set by getChildren
};

}  // namespace lockstep::zookeeper
