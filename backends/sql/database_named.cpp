// Locks on names: MySQL's GET_LOCK and SQL Server's sp_getapplock. They answer with numbers, which
// applications may or may not look at.
//
// Sources: MySQL 5.6 and 8.0 reference manuals, "Locking Functions"; MariaDB, GET_LOCK; Microsoft
// Learn, sp_getapplock and sp_releaseapplock; lock-algorithms.md, A1.6 and A1.7.

#include "backends/sql/database.hpp"

namespace lockstep::sql {
namespace {

constexpr std::size_t longest_applock_name = 255;  // longer names are cut, without a word

Answer numbered(std::int64_t number) {
  Answer answer;
  answer.number = number;
  return answer;
}
Answer returns(ApplockCode code) {
  return numbered(static_cast<std::int64_t>(code));
}

LockKey key_of(const Statement& statement, const std::string& database) {
  const bool applock =
      statement.verb == Verb::get_applock || statement.verb == Verb::release_applock;
  LockKey key = statement.lock;
  if (!applock) return key;  // GET_LOCK's names are those of the whole server
  key.name = key.name.substr(0, longest_applock_name);
  // The same name locked for a session and for a transaction is the same resource.
  key.space += " in " + database;
  return key;
}

}  // namespace

Database::Attempt Database::lock_name(SessionId id, Session& session) {
  const Statement& statement = *session.current;
  const bool applock = statement.verb == Verb::get_applock;
  const bool of_transaction = statement.level == LockLevel::transaction;
  if (applock && of_transaction && session.block == Block::none) {
    return returns(ApplockCode::invalid_call);
  }
  if (!applock && options_.one_named_lock) locks_.give_back_all(id);
  LockRequest request;
  request.session = id;
  request.key = key_of(statement, session.database);
  request.mode = statement.mode;
  request.level = statement.level;
  request.depth = session.savepoints.size();
  request.label = statement.remark.lock;
  const bool waits = statement.number != 0;
  if (locks_.take(request, waits)) {
    return applock ? returns(ApplockCode::granted) : numbered(1);
  }
  if (!waits) return applock ? returns(ApplockCode::timeout) : numbered(0);
  // MySQL looks for a cycle before it waits; SQL Server's monitor comes by later.
  if (applock || !locks_.deadlocked(id)) return std::nullopt;
  locks_.stop_waiting(id);
  Answer answer;
  answer.error = std::string(user_lock_deadlock);
  answer.text = "Deadlock found when trying to get lock; try restarting transaction";
  return answer;
}

Answer Database::unlock_name(SessionId id, Session& session) {
  const Statement& statement = *session.current;
  const LockKey key = key_of(statement, session.database);
  const bool given_back = locks_.give_back(id, key, statement.mode, statement.level);
  if (statement.verb == Verb::release_applock) {
    return returns(given_back ? ApplockCode::granted : ApplockCode::invalid_call);
  }
  Answer answer = numbered(given_back ? 1 : 0);
  if (!given_back && !locks_.held_by_any(key)) answer.text = "NULL";
  return answer;
}

}  // namespace lockstep::sql
