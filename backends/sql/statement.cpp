#include "backends/sql/statement.hpp"

#include <utility>

namespace lockstep::sql {
namespace {

std::int64_t micros(Duration length) {
  return std::chrono::floor<std::chrono::microseconds>(length).count();
}

void fold_value(Digest& digest, const Value& value) {
  digest.fold(static_cast<std::uint64_t>(value.index()));
  if (const auto* number = std::get_if<std::int64_t>(&value)) {
    digest.fold(static_cast<std::uint64_t>(*number));
  }
  if (const auto* text = std::get_if<std::string>(&value)) digest.fold(std::string_view(*text));
}

void fold_expression(Digest& digest, const Expression& expression) {
  digest.fold(static_cast<std::uint64_t>(expression.kind));
  fold_value(digest, expression.value);
  digest.fold(std::string_view(expression.column));
  digest.fold(static_cast<std::uint64_t>(expression.plus));
}

void fold_assignments(Digest& digest, const std::vector<Assignment>& all) {
  digest.fold(static_cast<std::uint64_t>(all.size()));
  for (const Assignment& assignment : all) {
    digest.fold(std::string_view(assignment.column));
    fold_expression(digest, assignment.value);
  }
}

std::string text_of(const Expression& expression) {
  std::string text;
  switch (expression.kind) {
    case Expression::Kind::literal: text = to_text(expression.value); break;
    case Expression::Kind::column: text = expression.column; break;
    case Expression::Kind::now: text = "now()"; break;
    case Expression::Kind::clock_timestamp: text = "clock_timestamp()"; break;
  }
  if (expression.plus > 0) text += " + " + std::to_string(expression.plus);
  if (expression.plus < 0) text += " - " + std::to_string(-expression.plus);
  return text;
}

std::string_view sign_of(Comparison comparison) {
  switch (comparison) {
    case Comparison::equal: return " = ";
    case Comparison::not_equal: return " <> ";
    case Comparison::less: return " < ";
    case Comparison::less_or_equal: return " <= ";
    case Comparison::greater: return " > ";
    case Comparison::is_null: return " is null";
  }
  return " ? ";
}

std::string text_of(const std::vector<Assignment>& all) {
  std::string text;
  for (const Assignment& assignment : all) {
    if (!text.empty()) text += ", ";
    text += assignment.column + " = " + text_of(assignment.value);
  }
  return text;
}

std::string text_of(const std::vector<Condition>& all) {
  std::string text;
  for (const Condition& condition : all) {
    text += text.empty() ? " WHERE " : " AND ";
    text += condition.column + std::string(sign_of(condition.comparison));
    if (condition.comparison != Comparison::is_null) text += text_of(condition.right);
  }
  return text;
}

Expression clock_expression(Expression::Kind kind, Duration plus) {
  Expression expression;
  expression.kind = kind;
  expression.plus = micros(plus);
  return expression;
}

}  // namespace

std::string to_text(const Value& value) {
  if (const auto* number = std::get_if<std::int64_t>(&value)) return std::to_string(*number);
  if (const auto* text = std::get_if<std::string>(&value)) return "'" + *text + "'";
  return "null";
}

Expression literal(Value value) {
  Expression expression;
  expression.value = std::move(value);
  return expression;
}

Expression column(std::string name, std::int64_t plus) {
  Expression expression;
  expression.kind = Expression::Kind::column;
  expression.column = std::move(name);
  expression.plus = plus;
  return expression;
}

Expression transaction_time(Duration plus) {
  return clock_expression(Expression::Kind::now, plus);
}

Expression clock_time(Duration plus) {
  return clock_expression(Expression::Kind::clock_timestamp, plus);
}

LockKey advisory_key(std::int64_t key) {
  return {"bigint", std::to_string(key)};
}

LockKey advisory_key(std::int32_t first, std::int32_t second) {
  return {"two ints", std::to_string(first) + "," + std::to_string(second)};
}

LockKey named_key(std::string name) {
  return {"name", std::move(name)};
}

std::int64_t hash_of(std::string_view name) {
  Digest digest;
  digest.fold(name);
  return static_cast<std::int64_t>(digest.value());
}

std::string_view name_of(Verb verb) {
  switch (verb) {
    case Verb::startup: return "startup";
    case Verb::begin: return "BEGIN";
    case Verb::commit: return "COMMIT";
    case Verb::rollback: return "ROLLBACK";
    case Verb::savepoint: return "SAVEPOINT";
    case Verb::rollback_to: return "ROLLBACK TO";
    case Verb::set: return "SET";
    case Verb::lock: return "lock";
    case Verb::try_lock: return "try lock";
    case Verb::unlock: return "unlock";
    case Verb::unlock_all: return "unlock all";
    case Verb::get_lock: return "GET_LOCK";
    case Verb::release_lock: return "RELEASE_LOCK";
    case Verb::get_applock: return "sp_getapplock";
    case Verb::release_applock: return "sp_releaseapplock";
    case Verb::select: return "SELECT";
    case Verb::insert: return "INSERT";
    case Verb::update: return "UPDATE";
    case Verb::nextval: return "nextval";
    case Verb::evaluate: return "SELECT";
    case Verb::terminate: return "terminate backend";
    case Verb::backend: return "backend pid";
  }
  return "?";
}

bool locks_name(Verb verb) {
  return verb == Verb::get_lock || verb == Verb::get_applock;
}

void Statement::fold(Digest& digest) const {
  digest.fold(static_cast<std::uint64_t>(verb) | static_cast<std::uint64_t>(mode) << 8 |
              static_cast<std::uint64_t>(level) << 16 | static_cast<std::uint64_t>(row_lock) << 24 |
              static_cast<std::uint64_t>(isolation) << 32);
  digest.fold(std::string_view(name));
  digest.fold(std::string_view(key));
  digest.fold(std::string_view(lock.space));
  digest.fold(std::string_view(lock.name));
  fold_assignments(digest, set);
  fold_assignments(digest, otherwise);
  digest.fold(static_cast<std::uint64_t>(where.size()));
  for (const Condition& condition : where) {
    digest.fold(std::string_view(condition.column));
    digest.fold(static_cast<std::uint64_t>(condition.comparison));
    fold_expression(digest, condition.right);
  }
  digest.fold(static_cast<std::uint64_t>(number));
}

std::string Statement::describe() const {
  std::string line(name_of(verb));
  const bool locks = !lock.name.empty();
  if (locks) {
    line = level == LockLevel::transaction ? "xact " + line : line;
    if (mode == LockMode::shared) line += " shared";
    line += " " + lock.name + (remark.lock.empty() ? "" : " /* " + remark.lock + " */");
  }
  if (verb == Verb::begin && isolation == Isolation::repeatable_read) line += " REPEATABLE READ";
  if (!name.empty()) line += " " + name;
  if (!key.empty()) line += " '" + key + "'";
  if (!set.empty()) line += (verb == Verb::evaluate ? " " : " SET ") + text_of(set);
  if (!otherwise.empty()) line += " ON CONFLICT SET " + text_of(otherwise);
  line += text_of(where);
  if (row_lock != RowLock::none) line += " FOR UPDATE";
  if (row_lock == RowLock::nowait) line += " NOWAIT";
  if (row_lock == RowLock::skip_locked) line += " SKIP LOCKED";
  if (verb == Verb::set || verb == Verb::terminate || locks_name(verb))
    line += " " + std::to_string(number);
  return line;
}

Statement startup(std::string database) {
  return named(Verb::startup, std::move(database));
}

Statement begin(Isolation isolation) {
  Statement statement = simple(Verb::begin);
  statement.isolation = isolation;
  return statement;
}

Statement simple(Verb verb) {
  Statement statement;
  statement.verb = verb;
  return statement;
}

Statement named(Verb verb, std::string name) {
  Statement statement = simple(verb);
  statement.name = std::move(name);
  return statement;
}

Statement set_timeout(std::string name, Duration length) {
  Statement statement = named(Verb::set, std::move(name));
  statement.number = std::chrono::ceil<std::chrono::milliseconds>(length).count();
  return statement;
}

Statement lock_statement(Verb verb, LockKey key, LockLevel level, LockMode mode) {
  Statement statement = simple(verb);
  statement.lock = std::move(key);
  statement.level = level;
  statement.mode = mode;
  return statement;
}

Statement select_row(std::string table, std::string key, RowLock row_lock) {
  Statement statement = named(Verb::select, std::move(table));
  statement.key = std::move(key);
  statement.row_lock = row_lock;
  return statement;
}

Statement update_row(std::string table, std::string key, std::vector<Assignment> set,
                     std::vector<Condition> where) {
  Statement statement = named(Verb::update, std::move(table));
  statement.key = std::move(key);
  statement.set = std::move(set);
  statement.where = std::move(where);
  return statement;
}

Statement insert_row(std::string table, std::string key, std::vector<Assignment> set,
                     std::vector<Assignment> otherwise, std::vector<Condition> where) {
  Statement statement = update_row(std::move(table), std::move(key), std::move(set));
  statement.verb = Verb::insert;
  statement.otherwise = std::move(otherwise);
  statement.where = std::move(where);
  return statement;
}

Statement evaluate(Expression expression) {
  Statement statement = simple(Verb::evaluate);
  Assignment wanted;
  wanted.value = std::move(expression);
  statement.set.push_back(std::move(wanted));
  return statement;
}

void Answer::fold(Digest& digest) const {
  digest.fold(std::string_view(error));
  digest.fold(std::string_view(text));
  digest.fold(static_cast<std::uint64_t>(number));
  digest.fold(std::string_view(backend));
  digest.fold(static_cast<std::uint64_t>(rows.size()) << 2 |
              static_cast<std::uint64_t>(in_transaction) << 1 |
              static_cast<std::uint64_t>(standby));
  for (const Row& row : rows) {
    digest.fold(std::string_view(row.key));
    for (const auto& [name, value] : row.columns) {
      digest.fold(std::string_view(name));
      fold_value(digest, value);
    }
  }
}

std::string Answer::describe() const {
  if (failed()) return "ERROR " + error + " " + text;
  std::string line = rows.empty() ? std::to_string(number) : std::string();
  for (const Row& row : rows) {
    line += (line.empty() ? "" : "; ") + row.key + ":";
    for (const auto& [name, value] : row.columns) line += " " + name + "=" + to_text(value);
  }
  return text.empty() ? line : line + " (" + text + ")";
}

}  // namespace lockstep::sql
