#pragma once
// What clients ask of the lock service and what they are told, and the commands in its log.

#include <cereal/types/string.hpp>
#include <cstdint>
#include <string>

#include "backends/raft/state_machine.hpp"
#include "core/digest.hpp"
#include "core/time.hpp"

namespace lockstep::raft::service {

/// The index of the log entry that opened the session; 0: none.
using SessionId = std::uint64_t;

enum class Action : std::uint8_t {
  open,  // a session
  close,
  expire,  // a session whose client fell silent: the leader's own command
  keep_alive,
  acquire,  // a lock
  leave,    // the line for it, or the lock if it was granted meanwhile
  release,
  wait,   // until an acquire that stands in line is granted
  check,  // who holds it?
};

struct Request {
  Action action{};
  SessionId session = 0;
  /// Of the command among those of its session, one after the other. For wait and leave: the
  /// acquire's is in `place`.
  std::uint64_t serial = 0;
  std::uint64_t place = 0;
  std::string lock{};
  std::uint64_t token = 0;  // release: of the grant
  bool queues = false;      // acquire: stands in line if need be
  bool reentrant = false;   // acquire: enters once more if it is in
  std::int64_t length = 0;  // ns. open: silence to bear; wait: how long the answer may be held back

  void fold(Digest& digest) const;
  std::string describe() const;

  template <class Archive>
  void serialize(Archive& archive) {
    archive(action, session, serial, place, lock, token, queues, reentrant, length);
  }
};

enum class Status : std::uint8_t {
  ok,       // done; the lock is the asker's
  queued,   // stands in line for it
  held,     // somebody else has it
  free,     // check: nobody has it
  lost,     // no such session, or not its lock; nothing was done
  unknown,  // it may have been done, or may yet be
};

struct Reply {
  Status status{};
  SessionId session = 0;    // open: the new one
  std::uint64_t token = 0;  // the fencing token of a grant: its index in the log
  std::string owner{};      // check: who holds it

  void fold(Digest& digest) const;
  std::string describe() const;

  template <class Archive>
  void serialize(Archive& archive) {
    archive(status, session, token, owner);
  }
};

/// An entry of the log: what a client asked for, or an expiry that the leader of a term decided.
struct Command {
  Request request;
  std::uint32_t client = 0;  // node that asked
  Term term = 0;             // expire: whose leader's deadline had passed

  template <class Archive>
  void serialize(Archive& archive) {
    archive(request, client, term);
  }
};

/// The name in the record of the holder whose acquire was number `serial` of its session.
std::string owner_text(SessionId session, std::uint64_t serial);

}  // namespace lockstep::raft::service
