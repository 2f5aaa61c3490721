#pragma once
// All that a run leaves behind: the clients' history, and what the service granted and the
// resource accepted, on true time. Checkers and reports need nothing else.

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/history.hpp"
#include "core/note.hpp"

namespace lockstep {

constexpr WorldTime never = WorldTime::max();

enum class BeliefEnd : std::uint8_t { released, deadline, told, crashed, run_ended };
constexpr std::string_view name_of(BeliefEnd end) {
  switch (end) {
    case BeliefEnd::released: return "released";
    case BeliefEnd::deadline: return "its own deadline passed";
    case BeliefEnd::told: return "learned that it was lost";
    case BeliefEnd::crashed: return "crashed";
    case BeliefEnd::run_ended: return "the run ended";
  }
  return "?";
}

/// From when to when a client believed that it held a lock (lock-algorithms.md A0): [from, to).
struct Belief {
  std::int64_t process = 0;
  std::string lock;
  std::string owner;          // Lease::owner
  std::uint64_t token = 0;    // Lease::token
  std::uint64_t section = 0;  // this hold's number, unique in the run; ResourceAccess::section
  std::int64_t op = -1;       // index of the acquire's ok in the history
  WorldTime from{};
  WorldTime to = never;
  BeliefEnd end = BeliefEnd::run_ended;
  bool shared = false;  // Lease::shared
};

enum class GrantChange : std::uint8_t { granted, renewed, released, expired, evicted, forgotten };
constexpr std::string_view name_of(GrantChange change) {
  switch (change) {
    case GrantChange::granted: return "granted";
    case GrantChange::renewed: return "renewed";
    case GrantChange::released: return "released";
    case GrantChange::expired: return "expired";
    case GrantChange::evicted: return "evicted";
    case GrantChange::forgotten: return "forgotten";  // lost with a server's state
  }
  return "?";
}

/// What the lock service did with a lock, in the order in which it did it.
struct ServiceEvent {
  WorldTime at{};
  std::string server;  // name of the node; see Record::quorum
  std::string lock;
  GrantChange change{};
  std::string owner;         // whose grant began or ended
  std::int64_t holder = -1;  // process of that owner; -1: unknown
  std::int64_t by = -1;      // process whose command did it; -1: the server itself
  bool shared = false;       // a reader's: others may read at once
};

/// A waiter joined or left the queue that a fair service keeps, in the order in which it did.
struct QueueEvent {
  WorldTime at{};
  std::string lock;
  std::string owner;         // the waiter, as the service knows it
  std::int64_t waiter = -1;  // its process
  bool joined = false;
  std::int64_t by = -1;  // process whose command did it; -1: the server itself
};

/// A read or write of a protected resource, as the resource saw it.
struct ResourceEvent {
  WorldTime at{};
  std::int64_t process = 0;
  ResourceAccess access;
};

/// A fault, from when to when it was in force.
struct FaultSpan {
  std::size_t fault = 0;             // index into Scenario::faults
  std::string kind;                  // as in Fault::kind
  std::vector<std::string> targets;  // names of nodes
  std::string text;                  // one line for a person: "client-1 paused for 12.4 s"
  WorldTime from{};
  WorldTime to = never;
};

/// A node came up or went down.
struct NodeSpan {
  std::string node;
  std::string state;  // "up", "paused", "process dead", "without power"
  WorldTime from{};
};

struct Record {
  History history;
  std::vector<Belief> beliefs;
  std::vector<ServiceEvent> service;
  /// Of how many independent servers a grant is made. Above 1 the events of `service` are those of
  /// all servers together, and an event's server is the one that tipped the balance.
  std::int64_t quorum = 1;
  std::vector<QueueEvent> queue;
  bool queue_is_told = false;  // the service keeps a queue and tells it: empty means nobody waited
  std::vector<ResourceEvent> resource;
  std::vector<FaultSpan> faults;
  std::vector<NodeSpan> nodes;
  std::vector<std::string> processes;  // name of the client node of each process, by number
  WorldTime healed_at{};               // after this instant no fault was in force
  WorldTime ended_at{};
};

}  // namespace lockstep
