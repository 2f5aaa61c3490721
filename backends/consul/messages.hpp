#pragma once
// What clients ask of Consul's servers and are told: sessions, the key-value store, transactions.

#include <cereal/types/optional.hpp>
#include <cereal/types/string.hpp>
#include <cereal/types/vector.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "backends/raft/state_machine.hpp"
#include "core/digest.hpp"
#include "core/time.hpp"

namespace lockstep::consul {

/// The index of the log entry that created the session; 0: none.
using SessionId = std::uint64_t;

/// A key of the store.
struct Entry {
  std::string value;
  SessionId session = 0;           // that holds its lock
  std::uint64_t create_index = 0;  // of the log
  std::uint64_t modify_index = 0;
  std::uint64_t lock_index = 0;  // how often it was locked since it was created
  friend bool operator==(const Entry&, const Entry&) = default;

  template <class Archive>
  void serialize(Archive& archive) {
    archive(value, session, create_index, modify_index, lock_index);
  }
};

/// One step of a transaction.
enum class Verb : std::uint8_t {
  get,
  set,
  cas,     // sets it if `index` is its modify index; 0: if it is not there
  lock,    // sets it and locks it for the session, unless another one holds it
  unlock,  // sets it and frees it, if the session holds it
  erase,
  erase_cas,
  check_session,  // the session holds it
  check_index,    // `index` is its modify index
};
struct Operation {
  Verb verb{};
  std::string key{};
  std::string value{};
  SessionId session = 0;
  std::uint64_t index = 0;

  template <class Archive>
  void serialize(Archive& archive) {
    archive(verb, key, value, session, index);
  }
};

enum class Action : std::uint8_t {
  create_session,
  destroy_session,
  expire_session,  // the leader's own command
  renew_session,
  transact,  // all operations or none; also those that stand alone
  get,       // one key, once it has changed since `index` if that is set (a blocking query)
};

/// What becomes of the keys that a session holds when it ends.
enum class Behaviour : std::uint8_t { release, erase };

struct Request {
  Action action{};
  SessionId session = 0;
  std::vector<Operation> operations{};
  std::string key{};        // get
  std::uint64_t index = 0;  // get: the one that the client has seen; 0: answer at once
  std::int64_t length = 0;  // ns. session: silence to bear; get: how long to hold the answer back
  std::int64_t lock_delay = 0;  // ns, of a session
  Behaviour behaviour{};

  void fold(Digest& digest) const;
  std::string describe() const;

  template <class Archive>
  void serialize(Archive& archive) {
    archive(action, session, operations, key, index, length, lock_delay, behaviour);
  }
};

enum class Status : std::uint8_t {
  ok,
  failed,      // a condition was not met: nothing was done
  no_session,  // there is no such session (any more)
  unknown,     // it may have been done, or may yet be
};

struct Reply {
  Status status{};
  SessionId session = 0;
  std::vector<std::optional<Entry>> entries{};  // of each operation; for get, of the key
  std::uint64_t index = 0;                      // at which the key was last changed, for get

  void fold(Digest& digest) const;
  std::string describe() const;
};

/// An entry of the log: what a client asked for, or an expiry that the leader of a term decided.
struct Command {
  Request request;
  std::uint32_t client = 0;
  raft::Term term = 0;

  template <class Archive>
  void serialize(Archive& archive) {
    archive(request, client, term);
  }
};

/// The name in the record of the session that holds an entry's lock.
std::string owner_text(const Entry& entry);

}  // namespace lockstep::consul
