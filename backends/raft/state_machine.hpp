#pragma once
// What a replicated service is to its log: a deterministic state machine. Members that apply the
// same commands in the same order are in the same state (Ongaro's dissertation, chapter 2).

#include <cstdint>
#include <string>

#include "core/message.hpp"
#include "core/note.hpp"

namespace lockstep::raft {

using Term = std::uint64_t;
using Index = std::uint64_t;

/// A committed command, as every member is given it, once and in order, but for a restart: then a
/// member that has no newer snapshot is given all of them again.
struct Committed {
  Index index = 0;
  Term term = 0;               // in which it was proposed
  const std::string& command;  // bytes, as it was proposed (encoding.hpp)
};

class StateMachine {
 public:
  virtual ~StateMachine() = default;
  /// Executes the command. Decides by the state, the entry and nothing else: no clock, no random
  /// numbers, nothing of this member. Gives the reply, which reaches whoever proposed it.
  virtual Frame apply(const Committed& entry) = 0;
  /// The whole state as bytes, and the state that such bytes are.
  virtual std::string snapshot() const = 0;
  virtual void restore(const std::string& snapshot) = 0;
};

}  // namespace lockstep::raft
