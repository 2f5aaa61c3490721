#pragma once
// A server's table of heavyweight locks: who holds what, who waits, and who is granted next. It
// lives in memory only, and knows no time.

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "backends/sql/statement.hpp"

namespace lockstep::sql {

using SessionId = std::uint64_t;

/// A session asks for a lock.
struct LockRequest {
  SessionId session = 0;
  LockKey key{};
  LockMode mode = LockMode::exclusive;
  LockLevel level = LockLevel::session;
  std::size_t depth = 0;  // savepoints in force: undoing an earlier one gives the lock back
  std::string label{};    // for the record: the application's name of it
};

/// A session joined or left the queue of a key; it began to hold the key, or holds it no more,
/// however often it had taken it.
struct HoldChange {
  enum class Kind : std::uint8_t { queued, unqueued, held, freed };
  Kind kind{};
  LockKey key;
  SessionId session = 0;
  std::string label;
};

/// PostgreSQL's rules: queues are first come, first served, and nobody barges in, not even with a
/// request that fits the holders. Session locks stack; those of a transaction end with it.
class LockTable {
 public:
  /// Told of every wait and every hold that begins or ends, in order.
  void observe(std::function<void(const HoldChange&)> observer) { observer_ = std::move(observer); }

  /// Takes the lock if that needs no waiting. With `queue`, joins the queue otherwise.
  bool take(const LockRequest& request, bool queue);
  bool holds(SessionId session, const LockKey& key) const;
  bool held_by_any(const LockKey& key) const;
  /// Gives back one of the holds of that level; false when there is none.
  bool give_back(SessionId session, const LockKey& key, LockMode mode,
                 LockLevel level = LockLevel::session);
  /// All session-level holds.
  void give_back_all(SessionId session);
  /// Those of its transaction, or only those taken at `depth` or deeper.
  void end_transaction(SessionId session, std::size_t depth = 0);
  void end_session(SessionId session);

  bool waits(SessionId session) const { return waiting_.contains(session); }
  void stop_waiting(SessionId session);
  /// Whether the session waits for one that waits, ... for the session itself.
  bool deadlocked(SessionId session) const;
  /// The waiters that were granted since the last call, in order.
  std::vector<SessionId> take_granted();

 private:
  struct Hold {
    SessionId session = 0;
    LockMode mode{};
    std::string label;
    std::size_t session_count = 0;
    std::vector<std::size_t> depths;  // of those of the transaction, rising
  };
  struct Entry {
    std::vector<Hold> holds;
    std::vector<LockRequest> queue;
  };

  static bool fits(const Entry& entry, SessionId session, LockMode mode);
  void grant(Entry& entry, const LockRequest& request);
  void wake(const LockKey& key);
  /// Applies `lessen` to the session's holds and lets go of those that are empty.
  void lessen(SessionId session, const std::function<void(Hold&)>& change);
  void tell(HoldChange::Kind kind, const LockKey& key, SessionId session, const std::string& label);

  std::map<LockKey, Entry> entries_;
  std::map<SessionId, LockKey> waiting_;
  std::vector<SessionId> granted_;
  std::function<void(const HoldChange&)> observer_;
};

}  // namespace lockstep::sql
