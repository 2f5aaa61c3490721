#pragma once
// What clients ask of a Chubby cell and are told: sessions, files that can be locked, sequencers.

#include <cereal/types/string.hpp>
#include <cereal/types/vector.hpp>
#include <cstdint>
#include <string>
#include <vector>

#include "backends/raft/state_machine.hpp"
#include "core/digest.hpp"
#include "core/time.hpp"

namespace lockstep::chubby {

/// The index of the log entry that opened the session; 0: none.
using SessionId = std::uint64_t;

enum class Action : std::uint8_t {
  open_session,
  close_session,
  expire_session,  // the master's own command
  keep_alive,      // held back by the master until the lease is half over, or there is news
  try_acquire,
  release,          // closes `handle` and those before it, which can take no lock any more
  wait_free,        // held back until the lock is free
  get_contents,     // of a file; the client may keep it until it is told to drop it
  set_contents,     // once nobody keeps the old ones
  check_sequencer,  // is it the lock's current one?
};

/// (name, mode, generation), as text that a client hands to whom it asks for work; all are
/// exclusive.
struct Sequencer {
  std::string node{};
  std::uint64_t generation = 0;

  template <class Archive>
  void serialize(Archive& archive) {
    archive(node, generation);
  }
};

struct Request {
  Action action{};
  SessionId session = 0;
  std::string node{};
  std::uint64_t handle = 0;  // of the opened file, which rise in a session
  std::uint64_t generation = 0;
  std::string contents{};
  /// get_contents, set_contents: only while this sequencer is valid, in one step; none: always.
  Sequencer sequencer{};
  bool newest_seen = false;  // valid: none newer was seen at that file, whoever holds the lock
  std::int64_t length = 0;   // ns. open_session: its lease; wait_free: how long to hold it back
  raft::Term epoch = 0;      // keep_alive: the master's that the client knows
  std::vector<std::string> dropped{};  // keep_alive: files that the client keeps no longer

  void fold(Digest& digest) const;
  std::string describe() const;

  template <class Archive>
  void serialize(Archive& archive) {
    archive(action, session, node, handle, generation, contents, sequencer, newest_seen, length,
            epoch, dropped);
  }
};

enum class Status : std::uint8_t {
  ok,
  held,        // somebody else has the lock
  delayed,     // nobody has it, and nobody may just yet
  invalid,     // the sequencer, or the holder, is not the current one: nothing was done
  no_session,  // there is no such session (any more)
  unknown,     // it may have been done, or may yet be
};

struct Reply {
  Status status{};
  SessionId session = 0;
  std::uint64_t generation = 0;  // of the lock; of the contents
  std::string contents{};
  /// Of the master that answers. get_contents: 0 if the client must not keep them.
  raft::Term epoch = 0;
  std::int64_t held_back = 0;       // ns. keep_alive: for so long the answer waited
  std::vector<std::string> drop{};  // keep_alive: files that the client must keep no longer

  void fold(Digest& digest) const;
  std::string describe() const;
};

/// An entry of the log: what a client asked for, or an expiry that the master of a term decided.
struct Command {
  Request request;
  std::uint32_t client = 0;
  raft::Term term = 0;

  template <class Archive>
  void serialize(Archive& archive) {
    archive(request, client, term);
  }
};

/// The name in the record of a holder.
std::string owner_text(SessionId session, std::uint64_t generation);

}  // namespace lockstep::chubby
