// The statements about rows: SELECT, INSERT ... ON CONFLICT, UPDATE, under READ COMMITTED and
// REPEATABLE READ.

#include <algorithm>
#include <utility>

#include "backends/sql/database.hpp"

namespace lockstep::sql {
namespace {

Answer cannot_serialize() {
  Answer answer;
  answer.error = std::string(serialization_failure);
  answer.text = "could not serialize access due to concurrent update";
  return answer;
}

Answer row_not_available() {
  Answer answer;
  answer.error = std::string(lock_not_available);
  answer.text = "could not obtain lock on row";
  return answer;
}

/// NULL compares with nothing.
bool holds(const Value& left, Comparison comparison, const Value& right) {
  const bool null = std::holds_alternative<std::monostate>(left);
  if (comparison == Comparison::is_null) return null;
  if (null || left.index() != right.index()) return false;
  switch (comparison) {
    case Comparison::equal: return left == right;
    case Comparison::not_equal: return left != right;
    case Comparison::less: return left < right;
    case Comparison::less_or_equal: return left <= right;
    case Comparison::greater: return left > right;
    case Comparison::is_null: break;
  }
  return false;
}

Value in_row(const Columns* row, const std::string& name) {
  if (row == nullptr) return {};
  const auto at = row->find(name);
  return at == row->end() ? Value() : at->second;
}

}  // namespace

Value Database::value_of(const Session& session, const Expression& expression,
                         const Columns* row) const {
  Value value;
  switch (expression.kind) {
    case Expression::Kind::literal: value = expression.value; break;
    case Expression::Kind::column: value = in_row(row, expression.column); break;
    case Expression::Kind::now: value = session.began_us; break;
    case Expression::Kind::clock_timestamp: value = session.now.wall_us; break;
  }
  if (auto* number = std::get_if<std::int64_t>(&value)) *number += expression.plus;
  return value;
}

bool Database::matches(const Session& session, const Columns& row) const {
  const auto& where = session.current->where;
  return std::all_of(where.begin(), where.end(), [&](const Condition& condition) {
    return holds(in_row(&row, condition.column), condition.comparison,
                 value_of(session, condition.right, &row));
  });
}

std::vector<std::string> Database::candidates(const Session& session) const {
  const Statement& statement = *session.current;
  if (!statement.key.empty()) return {statement.key};
  return tables_.keys(statement.name);
}

const Columns* Database::visible(const Session& session, const std::string& key,
                                 bool latest) const {
  const std::string& table = session.current->name;
  for (auto own = session.writes.rbegin(); own != session.writes.rend(); ++own) {
    if (own->row.table == table && own->row.key == key) return &own->row.columns;
  }
  const std::uint64_t newest = tables_.commits();
  return tables_.row(table, key, latest ? newest : session.snapshot.value_or(newest));
}

Database::Locked Database::lock_row(SessionId id, Session& session, const std::string& key,
                                    RowLock how) {
  LockRequest request;
  request.session = id;
  request.key = {"row of " + session.current->name, key};
  request.level = LockLevel::transaction;
  request.depth = session.savepoints.size();
  request.label = session.current->remark.lock;
  if (!locks_.holds(id, request.key)) {
    const bool waits = how == RowLock::wait;
    if (!locks_.take(request, waits)) return waits ? Locked::waits : Locked::refused;
  }
  const bool own = std::any_of(session.writes.begin(), session.writes.end(), [&](const Write& w) {
    return w.row.table == session.current->name && w.row.key == key;
  });
  const bool newer =
      session.snapshot && tables_.changed_at(session.current->name, key) > *session.snapshot;
  return newer && !own ? Locked::changed : Locked::yes;
}

Database::Attempt Database::select(SessionId id, Session& session) {
  const Statement& statement = *session.current;
  const auto limit = static_cast<std::size_t>(statement.number);
  Answer answer;
  for (const std::string& key : candidates(session)) {
    const Columns* row = visible(session, key, false);
    if (row == nullptr || !matches(session, *row)) continue;
    if (statement.row_lock != RowLock::none) {
      switch (lock_row(id, session, key, statement.row_lock)) {
        case Locked::waits: return std::nullopt;
        case Locked::changed: return cannot_serialize();
        case Locked::refused:
          if (statement.row_lock == RowLock::nowait) return row_not_available();
          continue;
        case Locked::yes: break;
      }
      row = visible(session, key, true);
      if (row == nullptr || !matches(session, *row)) continue;
    }
    answer.rows.push_back({key, *row});
    if (limit != 0 && answer.rows.size() == limit) break;
  }
  answer.number = static_cast<std::int64_t>(answer.rows.size());
  for (const Row& row : answer.rows) tell_read(id, session, row);
  return answer;
}

Database::Attempt Database::update(SessionId id, Session& session) {
  Answer answer;
  std::vector<std::string> locked;
  for (const std::string& key : candidates(session)) {
    const Columns* row = visible(session, key, false);
    if (row == nullptr || !matches(session, *row)) continue;
    const Locked outcome = lock_row(id, session, key, RowLock::wait);
    if (outcome == Locked::waits) return std::nullopt;
    if (outcome == Locked::changed) return cannot_serialize();
    locked.push_back(key);
  }
  for (const std::string& key : locked) {
    // READ COMMITTED: what was committed meanwhile is looked at anew.
    const Columns* row = visible(session, key, true);
    if (row == nullptr || !matches(session, *row)) continue;
    const Columns old = *row;
    write_row(session, key, old, session.current->set, answer);
  }
  return answer;
}

Database::Attempt Database::insert(SessionId id, Session& session) {
  const Statement& statement = *session.current;
  if (statement.otherwise.empty() && visible(session, statement.key, true) != nullptr) {
    return Answer();  // DO NOTHING, and wait for nobody
  }
  const Locked outcome = lock_row(id, session, statement.key, RowLock::wait);
  if (outcome == Locked::waits) return std::nullopt;
  if (outcome == Locked::changed) return cannot_serialize();
  Answer answer;
  const Columns* row = visible(session, statement.key, true);
  if (row == nullptr) {
    write_row(session, statement.key, {}, statement.set, answer);
  } else if (!statement.otherwise.empty() && matches(session, *row)) {
    const Columns old = *row;
    write_row(session, statement.key, old, statement.otherwise, answer);
  }
  return answer;
}

void Database::write_row(Session& session, const std::string& key, const Columns& old,
                         const std::vector<Assignment>& set, Answer& answer) {
  Write write;
  write.row = {session.current->name, key, old};
  for (const Assignment& assignment : set) {
    write.row.columns[assignment.column] = value_of(session, assignment.value, &old);
  }
  write.depth = session.savepoints.size();
  write.based_on = session.current->remark.based_on;
  answer.rows.push_back({key, write.row.columns});
  ++answer.number;
  session.writes.push_back(std::move(write));
}

void Database::tell_read(SessionId id, const Session& session, const Row& row) {
  if (!observe_rows_) return;
  observe_rows_({id, session.current->name, row.key, nullptr, &row.columns, false, 0});
}

}  // namespace lockstep::sql
