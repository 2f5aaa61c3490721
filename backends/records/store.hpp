#pragma once
// A linearizable store of records, in memory: compare-and-set, and nothing that expires.

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "backends/records/record.hpp"

namespace lockstep::records {

/// A record changed. Null: it did not exist, or no longer does.
struct Change {
  const std::string& key;
  const Record* before;
  const Record* after;
};

class Store {
 public:
  /// Executes one request, all at once. Whoever observes hears of a change before this returns.
  Response execute(const Request& request);
  void observe(std::function<void(const Change&)> observer) { observer_ = std::move(observer); }

  /// What changed since the last time, as lines for a log.
  std::string take_log();
  bool has_log() const { return !log_.empty(); }
  /// All records as such lines.
  std::string snapshot() const;
  /// Brings back what the lines say; gives how many bytes count: what a crash tore off, at the end,
  /// does not. Nobody hears of it.
  std::size_t load(std::string_view lines);

  std::uint64_t revision() const { return revision_; }
  const std::map<std::string, Record>& records() const { return records_; }

 private:
  void change(const std::string& key, const Record* before, const Record* after);
  void load_line(std::string_view line);

  std::map<std::string, Record> records_;
  std::uint64_t revision_ = 0;
  std::string log_;
  std::function<void(const Change&)> observer_;
};

}  // namespace lockstep::records
