#pragma once
// Histories as JSON Lines: one header line, then one operation a line.
//
//   {"format":"lockstep-history","schema_version":1}
//   {"index":0,"time_ns":12500,"process":0,"type":"invoke","f":"acquire","key":"lock-1"}
//
// key, value, owner, token and error are left out where there is none. The nemesis is process -1.

#include <string>
#include <string_view>

#include "formats/history_file.hpp"

namespace lockstep {

constexpr std::uint32_t history_schema_version = 1;

/// The same history gives the same bytes.
std::string write_history_jsonl(const History& history);

/// Reads what write_history_jsonl wrote, and lists of operations without the header line. Only
/// process, type and f must be there. Fails at the first line that is not as described above.
FileResult<HistoryFile> read_history_jsonl(std::string_view text);

/// The same, line by line, for a history that is still being written.
class HistoryLines {
 public:
  /// The next line, without its end.
  FileResult<void> add(std::string_view text);
  /// What has come so far.
  HistoryFile& file() { return file_; }

 private:
  HistoryFile file_;
  std::size_t number_ = 0;
  std::size_t byte_ = 0;
};

}  // namespace lockstep
