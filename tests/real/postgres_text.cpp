#include "tests/real/postgres_text.hpp"

namespace lockstep::sql {
namespace {

std::string text_of(const Expression& expression) {
  std::string text;
  switch (expression.kind) {
    case Expression::Kind::literal: text = to_text(expression.value); break;
    case Expression::Kind::column: text = "t." + expression.column; break;
    case Expression::Kind::now: text = "micros(now())"; break;
    case Expression::Kind::clock_timestamp: text = "micros(clock_timestamp())"; break;
  }
  return "(" + text + " + " + std::to_string(expression.plus) + ")";
}

std::string value_text(const Expression& expression) {
  const bool text = expression.kind == Expression::Kind::literal &&
                    std::holds_alternative<std::string>(expression.value);
  return text ? to_text(expression.value) : text_of(expression);
}

std::string text_of(const std::vector<Assignment>& all) {
  std::string text;
  for (const Assignment& one : all) {
    text += (text.empty() ? "" : ", ") + one.column + " = " + value_text(one.value);
  }
  return text;
}

std::string where(const Statement& statement) {
  std::string text = statement.key.empty() ? "true" : "t.key = '" + statement.key + "'";
  for (const Condition& condition : statement.where) {
    text += " AND t." + condition.column;
    switch (condition.comparison) {
      case Comparison::equal: text += " = "; break;
      case Comparison::not_equal: text += " <> "; break;
      case Comparison::less: text += " < "; break;
      case Comparison::less_or_equal: text += " <= "; break;
      case Comparison::greater: text += " > "; break;
      case Comparison::is_null: text += " is null"; continue;
    }
    text += value_text(condition.right);
  }
  return text;
}

std::string lock_text(const Statement& statement) {
  std::string name = "pg_";
  if (statement.verb == Verb::try_lock) name += "try_";
  name += "advisory_";
  if (statement.level == LockLevel::transaction) name += "xact_";
  name += statement.verb == Verb::unlock ? "unlock" : "lock";
  if (statement.mode == LockMode::shared) name += "_shared";
  return "SELECT " + name + "(" + statement.lock.name + ")";
}

std::string select_text(const Statement& statement) {
  std::string text = "SELECT key, value FROM t WHERE " + where(statement) + " ORDER BY key";
  if (statement.number > 0) text += " LIMIT " + std::to_string(statement.number);
  if (statement.row_lock != RowLock::none) text += " FOR UPDATE";
  if (statement.row_lock == RowLock::nowait) text += " NOWAIT";
  if (statement.row_lock == RowLock::skip_locked) text += " SKIP LOCKED";
  return text;
}

std::string insert_text(const Statement& statement) {
  std::string columns = "key";
  std::string values = "'" + statement.key + "'";
  for (const Assignment& one : statement.set) {
    columns += ", " + one.column;
    values += ", " + value_text(one.value);
  }
  const std::string otherwise =
      statement.otherwise.empty()
          ? std::string("DO NOTHING")
          : "DO UPDATE SET " + text_of(statement.otherwise) + " WHERE " + where(statement);
  return "INSERT INTO t (" + columns + ") VALUES (" + values + ") ON CONFLICT (key) " + otherwise;
}

}  // namespace

std::string schema() {
  return "CREATE TABLE t (key text PRIMARY KEY, value bigint, owner text, until bigint, token "
         "bigint); CREATE SEQUENCE s; CREATE FUNCTION micros(timestamptz) RETURNS bigint LANGUAGE "
         "sql AS 'SELECT (extract(epoch FROM $1) * 1000000)::bigint'";
}

std::string text_of(const Statement& statement) {
  switch (statement.verb) {
    case Verb::startup: return "SELECT 1";
    case Verb::begin:
      return statement.isolation == Isolation::repeatable_read
                 ? "BEGIN ISOLATION LEVEL REPEATABLE READ"
                 : "BEGIN";
    case Verb::commit: return "COMMIT";
    case Verb::rollback: return "ROLLBACK";
    case Verb::savepoint: return "SAVEPOINT " + statement.name;
    case Verb::rollback_to: return "ROLLBACK TO SAVEPOINT " + statement.name;
    case Verb::set: return "SET " + statement.name + " = " + std::to_string(statement.number);
    case Verb::lock:
    case Verb::try_lock:
    case Verb::unlock: return lock_text(statement);
    case Verb::unlock_all: return "SELECT pg_advisory_unlock_all()";
    case Verb::select: return select_text(statement);
    case Verb::insert: return insert_text(statement);
    case Verb::update:
      return "UPDATE t SET " + text_of(statement.set) + " WHERE " + where(statement);
    case Verb::nextval: return "SELECT nextval('" + statement.name + "')";
    case Verb::evaluate: return "SELECT " + text_of(statement.set.front().value);
    case Verb::terminate:
      return "SELECT pg_terminate_backend(" + std::to_string(statement.number) + ")";
    case Verb::backend: return "SELECT pg_backend_pid()";
    case Verb::get_lock:
    case Verb::release_lock:
    case Verb::get_applock:
    case Verb::release_applock: break;  // other products'
  }
  return {};
}

}  // namespace lockstep::sql
