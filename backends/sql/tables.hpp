#pragma once
// The rows of a database, in committed versions, and the counters of its sequences: what a log of
// commits can bring back.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "backends/sql/statement.hpp"

namespace lockstep::sql {

/// A row as a transaction leaves it.
struct RowWrite {
  std::string table;
  std::string key;
  Columns columns;
};

/// What one commit changes, and what the log says of it.
struct CommitRecord {
  std::vector<RowWrite> rows;
  std::map<std::string, std::int64_t> sequences;  // values that will not be given out again

  bool empty() const { return rows.empty() && sequences.empty(); }
};

class Tables {
 public:
  /// How many commits there were.
  std::uint64_t commits() const { return commits_; }
  /// The row as of that many commits; null when there was none.
  const Columns* row(const std::string& table, const std::string& key, std::uint64_t as_of) const;
  /// The keys of all rows of a table, in order.
  std::vector<std::string> keys(const std::string& table) const;
  /// After how many commits the row got its last version; 0: there is none.
  std::uint64_t changed_at(const std::string& table, const std::string& key) const;
  /// Applies a commit. Versions that no snapshot from `oldest_snapshot` on can see are dropped.
  void apply(const CommitRecord& record, std::uint64_t oldest_snapshot);
  /// The next value of a sequence, and whether the log must know before it is given out.
  std::int64_t next_value(const std::string& sequence, CommitRecord& record);

 private:
  struct Version {
    std::uint64_t commit;
    Columns columns;
  };
  struct Sequence {
    std::int64_t last = 0;
    std::int64_t logged = 0;  // after a crash it goes on behind this
  };

  std::uint64_t commits_ = 0;
  std::map<std::string, std::map<std::string, std::vector<Version>>> tables_;
  std::map<std::string, Sequence> sequences_;
};

/// One record as the log's bytes.
std::string encode(const CommitRecord& record);
/// All whole records at the beginning of a log; what is torn or unreadable ends it.
std::vector<CommitRecord> decode(std::string_view log);

}  // namespace lockstep::sql
