#pragma once
// Histories that are still being written: whatever has come is read as far as it is whole.

#include <optional>
#include <string>
#include <string_view>

#include "formats/detect.hpp"
#include "formats/history_cuts.hpp"
#include "formats/history_jsonl.hpp"

namespace lockstep {

/// Reads what the readers of whole files read of JSON Lines, EDN, CSV and logs, in pieces of any
/// size. Of EDN it sees operations that end a line; what else there is, at the end.
class HistoryStream {
 public:
  explicit HistoryStream(EdnKeys keys = EdnKeys::none) : keys_(keys) {}

  /// What came next. Fails at the first thing that is wrong; what stands in lines before it may
  /// have been read.
  FileResult<void> add(std::string_view piece);
  /// Nothing comes after this.
  FileResult<void> end();

  /// What has come so far.
  HistoryFile& file() { return lines_.file(); }
  /// Told by the first line.
  std::optional<HistoryFormat> format() const { return format_; }

 private:
  FileResult<void> begin();
  FileResult<void> take(std::size_t size, bool over);
  FileResult<void> take_lines(std::string_view text);
  FileResult<void> take_others(std::string_view text, bool over);
  FileResult<void> take_whole(std::string_view text, bool over);
  FileResult<HistoryFile> read(const std::string& text) const;

  EdnKeys keys_;
  std::optional<HistoryFormat> format_;
  HistoryCuts cuts_;
  HistoryLines lines_;
  std::string before_;  // what must stand before a piece of the file so that it reads as a whole
  std::string rest_;    // what is not whole yet
  std::size_t scanned_ = 0;  // of it
  bool enclosed_ = false;    // EDN: all operations stand in one vector
  std::size_t line_ = 0;     // so many were taken
  std::size_t byte_ = 0;
};

}  // namespace lockstep
