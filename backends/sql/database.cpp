#include "backends/sql/database.hpp"

#include <algorithm>
#include <utility>

namespace lockstep::sql {
namespace {

Answer error(std::string_view code, std::string text) {
  Answer answer;
  answer.error = std::string(code);
  answer.text = std::move(text);
  return answer;
}

bool writes(Verb verb) {
  return verb == Verb::insert || verb == Verb::update || verb == Verb::nextval;
}

bool ends_block(Verb verb) {
  return verb == Verb::commit || verb == Verb::rollback || verb == Verb::rollback_to;
}

/// What MySQL and SQL Server say instead of PostgreSQL's error at the end of a wait.
Answer not_granted(const Statement& statement, const Answer& error) {
  Answer answer;
  if (statement.verb == Verb::get_lock) return answer;  // 0
  ApplockCode code = ApplockCode::timeout;
  if (error.error == query_canceled) code = ApplockCode::cancelled;
  if (error.error == deadlock_detected) code = ApplockCode::deadlock_victim;
  answer.number = static_cast<std::int64_t>(code);
  return answer;
}

}  // namespace

Database::Database(DatabaseOptions options)
    : options_(options), sessions_made_(options.first_session - 1) {}

SessionId Database::open() {
  sessions_.try_emplace(++sessions_made_);
  return sessions_made_;
}

void Database::close(SessionId id, Instant now) {
  const auto at = sessions_.find(id);
  if (at == sessions_.end()) return;
  locks_.end_session(id);
  sessions_.erase(at);
  wake(now);
}

bool Database::busy(SessionId id) const {
  const auto at = sessions_.find(id);
  return at != sessions_.end() && at->second.current.has_value();
}

bool Database::committing(SessionId id) const {
  const auto at = sessions_.find(id);
  return at != sessions_.end() && at->second.committing;
}

bool Database::in_transaction(SessionId id) const {
  const auto at = sessions_.find(id);
  return at != sessions_.end() && at->second.block != Block::none;
}

void Database::execute(SessionId id, Statement statement, Instant now) {
  Session& session = sessions_.at(id);
  session.now = now;
  if (session.block == Block::none) session.began_us = now.wall_us;
  session.current = std::move(statement);
  session.statement_deadline.reset();
  if (session.statement_timeout > Duration::zero()) {
    session.statement_deadline = now.steady + session.statement_timeout;
  }
  const Verb verb = session.current->verb;
  Attempt answer;
  if (session.block == Block::failed && !ends_block(verb)) {
    answer = error(in_failed_transaction, "current transaction is aborted");
  } else if (standby_ && (writes(verb) || session.current->row_lock != RowLock::none)) {
    answer = error(read_only_transaction, "cannot execute in a read-only transaction");
  } else {
    answer = run(id, session);
  }
  if (answer) {
    finish(id, session, std::move(*answer));
  } else {
    wait(session);
  }
  wake(now);
}

std::vector<Finished> Database::take_finished() {
  return std::exchange(finished_, {});
}

std::vector<PendingCommit> Database::take_commits() {
  return std::exchange(commits_, {});
}

std::vector<SessionId> Database::take_terminated() {
  return std::exchange(terminated_, {});
}

// Waiting

void Database::wait(Session& session) {
  session.deadlock_check = session.now.steady + options_.deadlock_timeout;
  session.lock_deadline.reset();
  Duration limit = session.lock_timeout;
  if (locks_name(session.current->verb)) {
    limit = std::chrono::milliseconds(session.current->number);
  }
  if (limit > Duration::zero()) session.lock_deadline = session.now.steady + limit;
}

std::optional<SteadyTime> Database::next_timer(SessionId id) const {
  const auto at = sessions_.find(id);
  if (at == sessions_.end() || !locks_.waits(id)) return std::nullopt;
  const Session& session = at->second;
  std::optional<SteadyTime> next;
  for (const auto& timer :
       {session.deadlock_check, session.lock_deadline, session.statement_deadline}) {
    if (timer && (!next || *timer < *next)) next = timer;
  }
  return next;
}

void Database::on_time(SessionId id, Instant now) {
  const auto at = sessions_.find(id);
  if (at == sessions_.end() || !locks_.waits(id)) return;
  Session& session = at->second;
  session.now = now;
  const auto due = [&](const std::optional<SteadyTime>& timer) {
    return timer && *timer <= now.steady;
  };
  std::optional<Answer> over;
  if (due(session.deadlock_check)) {
    session.deadlock_check.reset();
    if (locks_.deadlocked(id)) over = error(deadlock_detected, "deadlock detected");
  }
  if (!over && due(session.lock_deadline)) {
    over = error(lock_not_available, "canceling statement due to lock timeout");
  }
  if (!over && due(session.statement_deadline)) {
    over = error(query_canceled, "canceling statement due to statement timeout");
  }
  if (!over) return;
  if (locks_name(session.current->verb)) over = not_granted(*session.current, *over);
  locks_.stop_waiting(id);
  finish(id, session, std::move(*over));
  wake(now);
}

/// Those who got what they waited for go on, which may let others go on.
void Database::wake(Instant now) {
  for (;;) {
    const std::vector<SessionId> granted = locks_.take_granted();
    if (granted.empty()) return;
    for (const SessionId id : granted) {
      const auto at = sessions_.find(id);
      if (at == sessions_.end() || !at->second.current) continue;
      Session& session = at->second;
      session.now = now;
      Attempt answer;
      if (session.current->verb == Verb::lock || locks_name(session.current->verb)) {
        answer.emplace();
        answer->number = 1;
      } else {
        answer = run(id, session);  // row by row: with this one locked it gets further
      }
      if (answer) {
        finish(id, session, std::move(*answer));
      } else {
        wait(session);
      }
    }
  }
}

// The end of statements and transactions

void Database::finish(SessionId id, Session& session, Answer answer) {
  if (answer.failed()) {
    abort(id, session);
  } else if (session.block == Block::none) {
    begin_commit(id, session, std::move(answer));
    return;
  }
  session.current.reset();
  finished_.push_back({id, std::move(answer)});
}

/// After an error: what the transaction, or the part of it since its last savepoint, did is undone.
void Database::abort(SessionId id, Session& session) {
  if (session.block == Block::none) {
    end_transaction(id, session);
    return;
  }
  session.block = Block::failed;
  const std::size_t depth = session.savepoints.size();
  std::erase_if(session.writes, [depth](const Write& write) { return write.depth >= depth; });
  locks_.end_transaction(id, depth);
}

void Database::begin_commit(SessionId id, Session& session, Answer answer) {
  // A sequence is not taken back: what a rolled-back transaction logged goes with the next commit.
  CommitRecord record = std::exchange(session.sequences, {});
  for (const Write& write : session.writes) record.rows.push_back(write.row);
  if (record.empty()) {
    end_transaction(id, session);
    session.current.reset();
    finished_.push_back({id, std::move(answer)});
    return;
  }
  session.committing = true;
  session.when_committed = std::move(answer);
  commits_.push_back({id, std::move(record)});
}

void Database::committed(SessionId id, Instant now) {
  const auto at = sessions_.find(id);
  if (at == sessions_.end() || !at->second.committing) return;
  Session& session = at->second;
  CommitRecord record;
  for (const Write& write : session.writes) {
    record.rows.push_back(write.row);
    if (!observe_rows_) continue;
    const Columns* before = tables_.row(write.row.table, write.row.key, tables_.commits());
    observe_rows_(
        {id, write.row.table, write.row.key, before, &write.row.columns, true, write.based_on});
  }
  tables_.apply(record, oldest_snapshot());
  session.committing = false;
  end_transaction(id, session);
  session.current.reset();
  finished_.push_back({id, std::move(session.when_committed)});
  wake(now);
}

void Database::end_transaction(SessionId id, Session& session) {
  session.block = Block::none;
  session.isolation = Isolation::read_committed;
  session.snapshot.reset();
  session.savepoints.clear();
  session.writes.clear();
  locks_.end_transaction(id);
}

void Database::restore(const std::vector<CommitRecord>& log) {
  tables_ = Tables();
  for (const CommitRecord& record : log) replay(record);
}

void Database::replay(const CommitRecord& record) {
  tables_.apply(record, oldest_snapshot());
}

std::map<std::string, Columns> Database::rows_of(const std::string& table) const {
  std::map<std::string, Columns> rows;
  for (const std::string& key : tables_.keys(table)) {
    if (const Columns* row = tables_.row(table, key, tables_.commits())) rows[key] = *row;
  }
  return rows;
}

std::uint64_t Database::oldest_snapshot() const {
  std::uint64_t oldest = tables_.commits() + 1;
  for (const auto& [id, session] : sessions_) {
    if (session.snapshot) oldest = std::min(oldest, *session.snapshot);
  }
  return oldest;
}

// Statements that are about sessions and transactions

Database::Attempt Database::run(SessionId id, Session& session) {
  if (session.isolation == Isolation::repeatable_read && !session.snapshot) {
    session.snapshot = tables_.commits();
  }
  switch (session.current->verb) {
    case Verb::lock:
    case Verb::try_lock: return lock(id, session);
    case Verb::unlock: return unlock(id, session);
    case Verb::get_lock:
    case Verb::get_applock: return lock_name(id, session);
    case Verb::release_lock:
    case Verb::release_applock: return unlock_name(id, session);
    case Verb::select: return select(id, session);
    case Verb::insert: return insert(id, session);
    case Verb::update: return update(id, session);
    default: return run_control(id, session);
  }
}

Database::Attempt Database::run_control(SessionId id, Session& session) {
  const Statement& statement = *session.current;
  Answer answer;
  switch (statement.verb) {
    case Verb::startup: session.database = statement.name; break;
    case Verb::begin: return begin(session);
    case Verb::commit:
      if (session.block == Block::failed) {
        end_transaction(id, session);
        answer.text = "ROLLBACK";
      } else {
        session.block = Block::none;  // what follows is the end of any transaction
        answer.text = "COMMIT";
      }
      break;
    case Verb::rollback:
      end_transaction(id, session);
      answer.text = "ROLLBACK";
      break;
    case Verb::savepoint:
      if (session.block == Block::none) {
        return error(no_active_transaction, "SAVEPOINT can only be used in transaction blocks");
      }
      session.savepoints.push_back(statement.name);
      break;
    case Verb::rollback_to: return rollback_to(id, session);
    case Verb::set: return set(session);
    case Verb::unlock_all: locks_.give_back_all(id); break;
    case Verb::nextval:
      answer.number = tables_.next_value(statement.name, session.sequences);
      break;
    case Verb::evaluate: {
      const Value value = value_of(session, statement.set.front().value, nullptr);
      if (const auto* number = std::get_if<std::int64_t>(&value)) answer.number = *number;
      break;
    }
    case Verb::terminate: {
      const auto other = static_cast<SessionId>(statement.number);
      answer.number = sessions_.contains(other) ? 1 : 0;
      if (answer.number == 1) terminated_.push_back(other);
      break;
    }
    case Verb::backend: answer.number = static_cast<std::int64_t>(id); break;
    default: break;
  }
  return answer;
}

Answer Database::begin(Session& session) {
  Answer answer;
  if (session.block == Block::open) {
    answer.text = "WARNING: there is already a transaction in progress";
    return answer;
  }
  session.block = Block::open;
  session.isolation = session.current->isolation;
  return answer;
}

Answer Database::rollback_to(SessionId id, Session& session) {
  auto& savepoints = session.savepoints;
  const auto named = std::find(savepoints.rbegin(), savepoints.rend(), session.current->name);
  if (named == savepoints.rend()) {
    return error(no_such_savepoint, "savepoint does not exist");
  }
  savepoints.erase(named.base(), savepoints.end());  // it stays itself
  const std::size_t depth = savepoints.size();
  std::erase_if(session.writes, [depth](const Write& write) { return write.depth >= depth; });
  locks_.end_transaction(id, depth);
  session.block = Block::open;
  return {};
}

Answer Database::set(Session& session) {
  const Statement& statement = *session.current;
  const Duration length = std::chrono::milliseconds(statement.number);
  if (statement.name == "lock_timeout") {
    session.lock_timeout = length;
  } else if (statement.name == "statement_timeout") {
    session.statement_timeout = length;
  } else {
    return error("42704", "unrecognized configuration parameter \"" + statement.name + "\"");
  }
  return {};
}

// Locks

Database::Attempt Database::lock(SessionId id, Session& session) {
  const Statement& statement = *session.current;
  LockRequest request;
  request.session = id;
  request.key = statement.lock;
  request.key.space += " in " + session.database;
  request.mode = statement.mode;
  request.level = statement.level;
  request.depth = session.savepoints.size();
  request.label = statement.remark.lock;
  const bool waits = statement.verb == Verb::lock;
  const bool taken = locks_.take(request, waits);
  if (!taken && waits) return std::nullopt;
  Answer answer;
  answer.number = taken ? 1 : 0;
  return answer;
}

Answer Database::unlock(SessionId id, Session& session) {
  LockKey key = session.current->lock;
  key.space += " in " + session.database;
  Answer answer;
  answer.number = locks_.give_back(id, key, session.current->mode) ? 1 : 0;
  if (answer.number == 0) answer.text = "WARNING: you don't own a lock of that type";
  return answer;
}

}  // namespace lockstep::sql
