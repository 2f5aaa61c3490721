#pragma once
// SQLite with owners: what is opened is closed, and what fails throws.

#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

namespace lockstep {

/// What SQLite refused. Caught within campaign/.
class SqliteFailure : public std::runtime_error {
 public:
  SqliteFailure(int code, const std::string& why) : std::runtime_error(why), code_(code) {}
  /// SQLITE_FULL, SQLITE_BUSY, ...
  int code() const { return code_ & 0xff; }
  /// SQLITE_IOERR_WRITE, ...
  int extended_code() const { return code_; }

 private:
  int code_;
};

class Database {
 public:
  /// `flags` as of sqlite3_open_v2.
  Database(const std::string& path, int flags);

  void execute(const char* sql);
  bool read_only() const { return sqlite3_db_readonly(database_.get(), "main") == 1; }
  int changes() const { return sqlite3_changes(database_.get()); }
  sqlite3* raw() const { return database_.get(); }
  [[noreturn]] void fail(int code) const;

 private:
  struct Close {
    void operator()(sqlite3* database) const { sqlite3_close_v2(database); }
  };
  std::unique_ptr<sqlite3, Close> database_;
};

/// One prepared statement. Parameters are numbered from 1, columns from 0.
class Statement {
 public:
  Statement(const Database& database, std::string_view sql);

  Statement& bind(int parameter, std::int64_t value);
  Statement& bind(int parameter, std::string_view text);
  Statement& bind_null(int parameter);
  /// True while there is a row.
  bool step();
  /// Executes, and is ready for the next values.
  void run();
  void reset() { sqlite3_reset(statement_.get()); }

  std::int64_t integer(int column) const { return sqlite3_column_int64(statement_.get(), column); }
  std::string text(int column) const;

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };
  const Database* database_;
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

/// Rolled back when it ends before commit().
class Transaction {
 public:
  explicit Transaction(Database& database) : database_(&database) {
    database_->execute("BEGIN IMMEDIATE");
  }
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  ~Transaction() {
    if (database_ != nullptr) sqlite3_exec(database_->raw(), "ROLLBACK", nullptr, nullptr, nullptr);
  }
  void commit() {
    database_->execute("COMMIT");
    database_ = nullptr;
  }

 private:
  Database* database_;
};

}  // namespace lockstep
