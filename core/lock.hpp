#pragma once
// What every lock client offers, whatever service stands behind it.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/env.hpp"
#include "core/settings.hpp"

namespace lockstep {

/// What a client believes after a successful acquire. Belief is not fact: it may be over already.
struct Lease {
  Lease() = default;

  std::string lock;         // the lock's name
  std::string owner;        // proves to the service who is releasing
  std::uint64_t token = 0;  // the fencing token; 0 when the algorithm has none
  /// Until when, on which of the client's clocks, the client may act. None: until it releases.
  std::optional<Deadline> until;
  bool shared = false;  // others may hold it too, as long as they share it
};

/// A value kept in the lock's own store (resource policy RP4).
struct StoredValue {
  std::int64_t value = 0;
  std::uint64_t version = 0;
};

/// A write to the lock's own store, and the lease that must still be the live grant for it.
struct GuardedWrite {
  GuardedWrite() = default;

  Lease lease;
  std::string resource;
  std::int64_t value = 0;
};

/// One client's handle on a lock service. Calls may be made one after the other; a client that
/// wants two at once makes two handles. A client that holds two locks, or several permits, makes a
/// handle for each, unless the backend says that one holds them all (Backend::one_handle).
class Lock {
 public:
  virtual ~Lock() = default;

  /// Takes the lock `name`, trying again until `patience` has passed on the steady clock.
  /// Ends in `held` when patience ran out and nothing of ours is left behind; in an indefinite
  /// error when the service may hold a grant for us that we do not know of.
  virtual Task<Result<Lease>> acquire(std::string name, Duration patience) = 0;

  /// The same as a reader: others may read at once, and nobody writes. Ends in `unsupported` where
  /// the lock knows no readers.
  virtual Task<Result<Lease>> acquire_shared(std::string name, Duration patience);

  /// Gives the lock back. Ends in `lost` when it was not ours any more. Whatever the answer, the
  /// caller no longer believes that it holds the lock once it has called this.
  virtual Task<Result<void>> release(Lease lease) = 0;

  /// The client's own check before it acts: may it still believe? Locks that check nothing say
  /// yes until the release.
  virtual bool still_held(const Lease& lease) const {
    (void)lease;
    return true;
  }

  /// Reads or writes a value in the lock's own store, in one atomic step with a check that the
  /// lease is still the live grant there. Ends in `lost` when it is not; in `unsupported` where
  /// the store can't.
  virtual Task<Result<StoredValue>> guarded_read(Lease lease, std::string resource);
  virtual Task<Result<StoredValue>> guarded_write(Lease lease, std::string resource,
                                                  std::int64_t value);
  /// All of the writes or none of them, in one atomic step with a check that every lease is still
  /// the live grant there. Leases may be those of other handles of the same client.
  virtual Task<Result<void>> guarded_write_all(std::vector<GuardedWrite> writes);
};

/// What a lock client is given when it is made.
struct LockOptions {
  std::vector<NodeId> servers;
  Settings settings;
};

/// What a server is given when it starts.
struct ServerOptions {
  ServerOptions() = default;

  std::vector<NodeId> servers;  // of the whole deployment, in the order of their names
  std::size_t self = 0;         // which of them this one is
  Settings settings;
};

inline Task<Result<Lease>> Lock::acquire_shared(std::string, Duration) {
  co_return fail(ErrorCode::unsupported, "this lock knows no readers");
}
inline Task<Result<StoredValue>> Lock::guarded_read(Lease, std::string) {
  co_return fail(ErrorCode::unsupported, "this lock has no store of its own to read from");
}
inline Task<Result<StoredValue>> Lock::guarded_write(Lease, std::string, std::int64_t) {
  co_return fail(ErrorCode::unsupported, "this lock has no store of its own to write to");
}
inline Task<Result<void>> Lock::guarded_write_all(std::vector<GuardedWrite>) {
  co_return fail(ErrorCode::unsupported, "this lock's store can't write several values at once");
}

}  // namespace lockstep
