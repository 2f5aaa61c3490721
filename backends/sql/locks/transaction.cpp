// pg-xact: BEGIN; pg_advisory_xact_lock; the effects in the same transaction; COMMIT. The commit
// is the release.
//
// Claims mutual exclusion of everything that is committed: a holder that lost its session, its
// server or its network has done nothing at all. Needs no token. Holds whatever happens, but for
// commits that an asynchronous standby had not yet received when it was promoted.
// Source: PostgreSQL 15 manual, 13.3.5 "Advisory Locks"; lock-algorithms.md, A8.
// Fencing token: none, and none needed.
//
// pg-for-update: the lock is a row, SELECT ... FOR UPDATE (PostgreSQL 15 manual, 13.3.2).
//
// pg-read-then-update: what is written where no lock was thought of. BEGIN; SELECT; work; UPDATE
// with a value that was computed outside; COMMIT. Under READ COMMITTED the second of two updates
// overwrites the first. Claims no exclusion. With isolation = "repeatable read" the second one is
// refused (40001).

#include <utility>

#include "backends/sql/locks/entry.hpp"
#include "backends/sql/locks/session_lock.hpp"
#include "backends/sql/locks/transaction_lock.hpp"

namespace lockstep::sql {
namespace {

class XactLock final : public TransactionLock {
 public:
  using TransactionLock::TransactionLock;

 protected:
  std::optional<Statement> lock_statement_for(const std::string& name) const override {
    return lock_named(Verb::lock, name, LockLevel::transaction);
  }
};

class ForUpdateLock final : public TransactionLock {
 public:
  using TransactionLock::TransactionLock;

 protected:
  Task<Result<void>> prepare(std::string name) override {
    if (prepared_ == name) co_return Result<void>();
    const Assignment any{"note", literal(std::string("a lock"))};
    std::vector<Assignment> row(1, any);
    auto answer = co_await driver_.execute(insert_row("locks", name, std::move(row)));
    answer = refusal_as_error(std::move(answer));
    if (!answer) co_return fail(answer.error());
    prepared_ = name;
    co_return Result<void>();
  }
  std::optional<Statement> lock_statement_for(const std::string& name) const override {
    Statement statement = select_row("locks", name, RowLock::wait);
    statement.remark.lock = name;
    return statement;
  }

 private:
  std::string prepared_;
};

class NoLock final : public TransactionLock {
 public:
  using TransactionLock::TransactionLock;

 protected:
  std::optional<Statement> lock_statement_for(const std::string&) const override {
    return std::nullopt;
  }
  Isolation isolation() const override {
    return settings_.text("isolation") == "repeatable read" ? Isolation::repeatable_read
                                                            : Isolation::read_committed;
  }
};

Backend transaction_entry(EntryText text, std::initializer_list<Parameter> own = {}) {
  Backend lock = entry(text, own);
  lock.claims.guarded_store = true;
  lock.claims.transactional = true;
  lock.fail_over = fail_over_synchronously;  // asynchronous standbys lose commits, not exclusion
  return lock;
}

}  // namespace
}  // namespace lockstep::sql

namespace lockstep {

Backend backends::pg_xact() {
  Backend lock =
      sql::transaction_entry({"pg-xact", "pg_advisory_xact_lock in the transaction of its effects",
                              "PostgreSQL 15 manual, 13.3.5 Advisory Locks"});
  lock.connect = sql::make_lock<sql::XactLock>;
  return lock;
}

Backend backends::pg_for_update() {
  Backend lock = sql::transaction_entry({"pg-for-update",
                                         "SELECT FOR UPDATE in the transaction of its effects",
                                         "PostgreSQL 15 manual, 13.3.2 Row-Level Locks"});
  lock.connect = sql::make_lock<sql::ForUpdateLock>;
  return lock;
}

Backend backends::pg_read_then_update() {
  Backend lock = sql::transaction_entry(
      {"pg-read-then-update", "no lock at all: SELECT, then UPDATE with what was read",
       "PostgreSQL 15 manual, 13.2 Transaction Isolation"},
      {{"isolation", std::string("read committed"), "read committed or repeatable read"}});
  lock.claims.exclusion = false;
  lock.claims.fifo = false;
  lock.connect = sql::make_lock<sql::NoLock>;
  return lock;
}

}  // namespace lockstep
