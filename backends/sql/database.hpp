#pragma once
// A SQL server's state machine: sessions, transactions, rows, locks and timeouts, as PostgreSQL 15
// has them (lock-algorithms.md, A1.5). It knows no network, no disk and no clock: the server hands
// it what its clocks show, makes its commits durable, and sends what it answers.

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "backends/sql/lock_table.hpp"
#include "backends/sql/tables.hpp"

namespace lockstep::sql {

/// What the server's clocks show.
struct Instant {
  SteadyTime steady{};
  std::int64_t wall_us = 0;
};

struct DatabaseOptions {
  Duration deadlock_timeout = 1s;  // how long a session waits before it looks for a cycle
  SessionId first_session = 1;     // sessions are numbered from here: no number comes twice
  bool one_named_lock = false;     // a GET_LOCK releases the session's one before (MySQL < 5.7.5)
};

/// An answer for a session, whenever it came about.
struct Finished {
  SessionId session = 0;
  Answer answer;
};

/// A commit that takes effect once its record is as durable as the server wants it.
struct PendingCommit {
  SessionId session = 0;
  CommitRecord record;
};

/// For the record: what a session read, or wrote with effect from now on.
struct RowAccess {
  SessionId session = 0;
  std::string table;
  std::string key;
  const Columns* before = nullptr;  // of a write; null: there was no row
  const Columns* columns = nullptr;
  bool write = false;
  std::uint64_t based_on = 0;
};

class Database {
 public:
  explicit Database(DatabaseOptions options = {});

  void observe_locks(std::function<void(const HoldChange&)> observer) {
    locks_.observe(std::move(observer));
  }
  void observe_rows(std::function<void(const RowAccess&)> observer) {
    observe_rows_ = std::move(observer);
  }

  SessionId open();
  /// Rolls back and gives everything back. A session that is committing has to finish first.
  void close(SessionId session, Instant now);
  bool is_open(SessionId session) const { return sessions_.contains(session); }
  /// While a statement waits, or its commit is not durable yet, the session takes no other.
  bool busy(SessionId session) const;
  bool committing(SessionId session) const;
  bool in_transaction(SessionId session) const;

  /// Executes a statement. Its answer comes out of take_finished, now or later.
  void execute(SessionId session, Statement statement, Instant now);
  std::vector<Finished> take_finished();
  /// To be made durable in this order; each then has to be given to `committed`.
  std::vector<PendingCommit> take_commits();
  void committed(SessionId session, Instant now);
  /// Sessions that another one terminated (pg_terminate_backend).
  std::vector<SessionId> take_terminated();

  /// When the waiting session has to be looked at again; nothing when it does not.
  std::optional<SteadyTime> next_timer(SessionId session) const;
  void on_time(SessionId session, Instant now);

  /// Begins anew with what a log of commits gives.
  void restore(const std::vector<CommitRecord>& log);
  /// Applies another server's commit.
  void replay(const CommitRecord& record);
  /// All rows of a table, by their keys.
  std::map<std::string, Columns> rows_of(const std::string& table) const;
  /// A standby takes no writes and locks no rows; its advisory locks are its own.
  void set_standby(bool standby) { standby_ = standby; }
  bool standby() const { return standby_; }

 private:
  enum class Block : std::uint8_t { none, open, failed };
  struct Write {
    RowWrite row;
    std::size_t depth = 0;
    std::uint64_t based_on = 0;
  };
  struct Session {
    std::string database = "postgres";
    Block block = Block::none;
    Isolation isolation{};
    std::int64_t began_us = 0;
    std::optional<std::uint64_t> snapshot;  // of a repeatable read, from its first statement on
    std::vector<std::string> savepoints;
    std::vector<Write> writes;
    CommitRecord sequences;
    Duration lock_timeout{};
    Duration statement_timeout{};
    // the statement under way
    std::optional<Statement> current;
    Instant now;
    std::optional<SteadyTime> deadlock_check, lock_deadline, statement_deadline;
    bool committing = false;
    Answer when_committed;
  };
  using Attempt = std::optional<Answer>;  // none: it has to wait

  Attempt run(SessionId id, Session& session);
  Attempt run_control(SessionId id, Session& session);
  Attempt lock(SessionId id, Session& session);
  Answer unlock(SessionId id, Session& session);
  // database_named.cpp
  Attempt lock_name(SessionId id, Session& session);
  Answer unlock_name(SessionId id, Session& session);
  Attempt select(SessionId id, Session& session);
  Attempt update(SessionId id, Session& session);
  Attempt insert(SessionId id, Session& session);
  Answer begin(Session& session);
  Answer rollback_to(SessionId id, Session& session);
  Answer set(Session& session);

  enum class Locked : std::uint8_t { yes, waits, refused, changed };
  Locked lock_row(SessionId id, Session& session, const std::string& key, RowLock how);
  std::vector<std::string> candidates(const Session& session) const;
  /// The row as the session's snapshot shows it, or with `latest` as it is now.
  const Columns* visible(const Session& session, const std::string& key, bool latest) const;
  bool matches(const Session& session, const Columns& row) const;
  Value value_of(const Session& session, const Expression& expression, const Columns* row) const;
  void write_row(Session& session, const std::string& key, const Columns& old,
                 const std::vector<Assignment>& set, Answer& answer);
  void tell_read(SessionId id, const Session& session, const Row& row);

  void wait(Session& session);
  void finish(SessionId id, Session& session, Answer answer);
  void begin_commit(SessionId id, Session& session, Answer answer);
  void abort(SessionId id, Session& session);
  void end_transaction(SessionId id, Session& session);
  void wake(Instant now);
  std::uint64_t oldest_snapshot() const;

  DatabaseOptions options_;
  bool standby_ = false;
  SessionId sessions_made_;
  std::map<SessionId, Session> sessions_;
  Tables tables_;
  LockTable locks_;
  std::vector<Finished> finished_;
  std::vector<PendingCommit> commits_;
  std::vector<SessionId> terminated_;
  std::function<void(const RowAccess&)> observe_rows_;
};

}  // namespace lockstep::sql
