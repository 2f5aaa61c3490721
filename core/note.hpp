#pragma once
// What nodes say for the record while they run: beliefs of clients, changes at services, effects
// at resources. Code under test writes notes and never reads them.

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "core/time.hpp"

namespace lockstep {

/// A node's number within its world, given out in the order of creation.
enum class NodeId : std::uint32_t {};
constexpr NodeId no_node = NodeId{0xffffffffu};
constexpr std::uint32_t index_of(NodeId id) {
  return static_cast<std::uint32_t>(id);
}

/// A client's lease was renewed: by its own clock it may now believe until `until` (or, with no
/// deadline, until it releases).
struct BeliefExtended {
  std::string lock;
  std::string owner;
  std::optional<Deadline> until;
};

/// A client has learned that its lease is over.
struct BeliefLost {
  std::string lock;
  std::string owner;
};

/// Why a key of a service changed.
enum class ChangeCause : std::uint8_t { command, expired, evicted, flushed, restart };
constexpr std::string_view name_of(ChangeCause cause) {
  switch (cause) {
    case ChangeCause::command: return "command";
    case ChangeCause::expired: return "expired";
    case ChangeCause::evicted: return "evicted";
    case ChangeCause::flushed: return "flushed";
    case ChangeCause::restart: return "restart";
  }
  return "?";
}

/// A key of a key-value service changed. Whether that grants or ends a lock is for the lock's
/// backend to say (Backend::interpret).
struct KeyChange {
  std::string key;
  std::optional<std::string> before;  // none: the key did not exist
  std::optional<std::string> after;   // none: it no longer does
  ChangeCause cause{};
  NodeId by = no_node;                          // the client whose command did it
  std::optional<std::int64_t> expires_at_ms{};  // on the server's wall clock, when it will expire
  /// Its place in a replicated log. Every member tells a change as it applies it, and only the
  /// first to tell is heard. 0: one server alone decided it.
  std::uint64_t position = 0;
};

/// A protected resource was read or written, or refused to be.
struct ResourceAccess {
  std::string resource;
  NodeId by = no_node;
  std::uint64_t section = 0;  // which hold of that client: Lease::grant
  std::uint64_t token = 0;    // the fencing token it carried; 0: none
  bool write = false;
  bool accepted = true;
  std::int64_t value = 0;      // read, or written
  std::uint64_t version = 0;   // of the resource after the access
  std::uint64_t based_on = 0;  // for a write: the version the client had read
  std::string refusal{};       // why it was refused
};

using Note = std::variant<BeliefExtended, BeliefLost, KeyChange, ResourceAccess>;

}  // namespace lockstep
