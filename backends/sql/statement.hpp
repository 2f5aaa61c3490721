#pragma once
// What a client of a SQL server asks and what it is answered, as typed messages: there is no text
// to parse, and everything that a lock needs of the language has a name of its own.

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/digest.hpp"
#include "core/note.hpp"

namespace lockstep::sql {

/// NULL, a number (an instant is microseconds since 1970), or text.
using Value = std::variant<std::monostate, std::int64_t, std::string>;
/// A row without its primary key.
using Columns = std::map<std::string, Value>;

std::string to_text(const Value& value);

/// Something a statement computes with when it is executed.
struct Expression {
  enum class Kind : std::uint8_t {
    literal,
    column,           // of the row that is there
    now,              // now(): the server's wall clock when the transaction began
    clock_timestamp,  // the same clock when the expression is evaluated
  };
  Kind kind = Kind::literal;
  Value value{};          // of a literal
  std::string column{};   // of a column
  std::int64_t plus = 0;  // added to a number; microseconds to an instant
};
Expression literal(Value value);
Expression column(std::string name, std::int64_t plus = 0);
Expression transaction_time(Duration plus = {});
Expression clock_time(Duration plus = {});

enum class Comparison : std::uint8_t { equal, not_equal, less, less_or_equal, greater, is_null };

/// WHERE column = right, or as `comparison` has it; NULL matches only is_null.
struct Condition {
  std::string column;
  Comparison comparison{};
  Expression right{};
};

/// SET column = value.
struct Assignment {
  std::string column;
  Expression value{};
};

/// What a heavyweight lock is on: an advisory key of some key space, a name, or a row.
struct LockKey {
  std::string space;
  std::string name;
  auto operator<=>(const LockKey&) const = default;
};
LockKey advisory_key(std::int64_t key);
/// PostgreSQL's other space: (0, 1) has nothing to do with 1.
LockKey advisory_key(std::int32_t first, std::int32_t second);
/// Of GET_LOCK and sp_getapplock.
LockKey named_key(std::string name);
/// As applications do that lock names: a hash of the name as the bigint.
std::int64_t hash_of(std::string_view name);

enum class LockMode : std::uint8_t { shared, exclusive };
/// Until when a lock is kept: the end of the session, or of the transaction.
enum class LockLevel : std::uint8_t { session, transaction };
/// What SELECT does about rows that others have locked.
enum class RowLock : std::uint8_t { none, wait, nowait, skip_locked };
enum class Isolation : std::uint8_t { read_committed, repeatable_read };

enum class Verb : std::uint8_t {
  startup,  // the first message of a connection: name = database
  begin,    // isolation
  commit,
  rollback,
  savepoint,    // name
  rollback_to,  // name
  set,          // name = lock_timeout or statement_timeout, number = milliseconds
  lock,         // lock, mode, level: waits
  try_lock,     // the same: number 1 or 0 at once
  unlock,       // lock, mode: number 1 or 0
  unlock_all,
  // MySQL: lock, number = milliseconds, negative: for ever; number 1, or 0 when they have passed
  get_lock,
  release_lock,  // lock: number 1; 0 when another holds it; 0 and the text "NULL" when nobody does
  // SQL Server: lock, mode, level, number = milliseconds, negative: for ever; number = return code
  get_applock,
  release_applock,  // lock, mode, level: number = return code
  select,           // table = name, key (empty: any), where, row_lock, limit = number (0: all)
  insert,     // name, key, set; on conflict do: update set `otherwise` where `where`, or nothing
  update,     // name, key (empty: any), set, where: number = rows
  nextval,    // name = sequence
  evaluate,   // SELECT of an expression: set[0]
  terminate,  // pg_terminate_backend: number = the backend's
  backend,    // pg_backend_pid: number
};
std::string_view name_of(Verb verb);
/// Whether it is one of those that lock a name, and answer with a number instead of an error.
bool locks_name(Verb verb);

/// For the record and for nobody else, like a comment in the text of a query: which lock of the
/// application this is about, and which version of a resource its client had read.
struct Remark {
  std::string lock{};
  std::uint64_t based_on = 0;
};

/// One statement. Which fields count, the verb says.
struct Statement {
  Verb verb{};
  std::string name{};
  std::string key{};
  LockKey lock{};
  LockMode mode = LockMode::exclusive;
  LockLevel level = LockLevel::session;
  RowLock row_lock = RowLock::none;
  Isolation isolation = Isolation::read_committed;
  std::vector<Assignment> set{};
  std::vector<Assignment> otherwise{};
  std::vector<Condition> where{};
  std::int64_t number = 0;
  Remark remark{};
  NodeId client = no_node;  // set by a proxy: for whom it speaks

  void fold(Digest& digest) const;
  std::string describe() const;
};

// The statements, by the words of the language.
Statement startup(std::string database);
Statement begin(Isolation isolation = Isolation::read_committed);
Statement simple(Verb verb);
Statement named(Verb verb, std::string name);
Statement set_timeout(std::string name, Duration length);
Statement lock_statement(Verb verb, LockKey key, LockLevel level = LockLevel::session,
                         LockMode mode = LockMode::exclusive);
Statement select_row(std::string table, std::string key, RowLock row_lock = RowLock::none);
Statement update_row(std::string table, std::string key, std::vector<Assignment> set,
                     std::vector<Condition> where = {});
/// INSERT ... ON CONFLICT DO UPDATE SET `otherwise` WHERE `where`; with an empty `otherwise`, DO
/// NOTHING. Gives the row when there is one to give, as RETURNING * does.
Statement insert_row(std::string table, std::string key, std::vector<Assignment> set,
                     std::vector<Assignment> otherwise = {}, std::vector<Condition> where = {});
Statement evaluate(Expression expression);

struct Row {
  std::string key;
  Columns columns;
};

/// The answer to one statement.
struct Answer {
  std::string error{};  // SQLSTATE; empty: none
  std::string text{};   // the error's message, a warning, or a command tag
  std::int64_t number = 0;
  std::vector<Row> rows{};
  std::string backend{};  // which session of which server answered: "pg-1:7"
  bool in_transaction = false;
  bool standby = false;  // the server replays another's log and takes no writes

  bool failed() const { return !error.empty(); }
  void fold(Digest& digest) const;
  std::string describe() const;
};

// SQLSTATE codes that locks meet.
inline constexpr std::string_view lock_not_available = "55P03";
inline constexpr std::string_view query_canceled = "57014";
inline constexpr std::string_view deadlock_detected = "40P01";
inline constexpr std::string_view serialization_failure = "40001";
inline constexpr std::string_view in_failed_transaction = "25P02";
inline constexpr std::string_view read_only_transaction = "25006";
inline constexpr std::string_view no_such_savepoint = "3B001";
inline constexpr std::string_view no_active_transaction = "25P01";
// MySQL's own number: a wait for a user level lock would never end.
inline constexpr std::string_view user_lock_deadlock = "1213";

/// What sp_getapplock returns. It raises nothing.
enum class ApplockCode : std::int64_t {
  granted = 0,
  granted_after_wait = 1,
  timeout = -1,
  cancelled = -2,
  deadlock_victim = -3,
  invalid_call = -999,
};

}  // namespace lockstep::sql
