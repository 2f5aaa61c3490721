// Pieces that are whole go to the readers of files, behind what makes each a file of its own.
#include "formats/history_stream.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "formats/gzip.hpp"
#include "formats/history_csv.hpp"
#include "formats/history_log.hpp"

namespace lockstep {
namespace {

std::size_t lines_in(std::string_view text) {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

/// Where that line begins, counted from 1; 0 where there is no such line.
std::size_t begin_of_line(std::string_view text, std::size_t line) {
  std::size_t begin = 0;
  for (; line > 1 && begin < text.size(); --line) {
    begin = std::min(text.find('\n', begin), text.size() - 1) + 1;
  }
  return line == 1 ? begin : 0;
}

/// The first line that is not blank, if it has come to its end.
bool has_a_line(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n\f,");
  return first != std::string_view::npos && text.find('\n', first) != std::string_view::npos;
}

/// The first row of a CSV, with the blank lines before it and its end.
std::string header_of(std::string_view text) {
  CsvCuts cuts;
  bool begun = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    begun = begun || (text[i] != '\n' && text[i] != '\r');
    if (cuts.cuts_behind(text[i]) && begun) return std::string(text.substr(0, i + 1));
  }
  return std::string(text) + "\n";
}

}  // namespace

FileResult<void> HistoryStream::add(std::string_view piece) {
  rest_ += piece;
  if (!format_) {
    if (!has_a_line(rest_)) return {};
    const FileResult<void> begun = begin();
    if (!begun) return begun;
  }
  std::size_t cut = 0;
  std::visit(
      [&](auto& cuts) {
        for (; scanned_ < rest_.size(); ++scanned_) {
          if (cuts.cuts_behind(rest_[scanned_])) cut = scanned_ + 1;
        }
      },
      cuts_);
  return cut == 0 ? FileResult<void>() : take(cut, false);
}

FileResult<void> HistoryStream::end() {
  if (rest_.find_first_not_of(" \t\r\n") == std::string::npos && !enclosed_) return {};
  if (!format_) {
    const FileResult<void> begun = begin();
    if (!begun) return begun;
  }
  return take(rest_.size(), true);
}

FileResult<void> HistoryStream::begin() {
  if (is_gzip(rest_)) {
    return misread(
        Place{0, 0, 0}, "what was compressed can't be read while it grows",
        "unpack it on the way: gunzip -c history.edn.gz | lockstep check --follow ... -");
  }
  const FileResult<HistoryFormat> format = detect_history(rest_);
  if (!format) return misread(format.error());
  format_ = *format;
  switch (*format) {
    case HistoryFormat::jsonl:
    case HistoryFormat::log: return {};
    case HistoryFormat::csv: cuts_ = CsvCuts(); return {};
    case HistoryFormat::edn: break;
    case HistoryFormat::proto:
      return misread(Place{0, 0, 0}, "Protocol Buffers can't be read while they grow",
                     "write JSON Lines, EDN or CSV, or leave --follow out");
  }
  EdnReader reader(rest_);
  enclosed_ = reader.enter().value_or(false);
  cuts_ = EdnCuts(enclosed_);
  return {};
}

FileResult<void> HistoryStream::take(std::size_t size, bool over) {
  const std::string text = rest_.substr(0, size);
  rest_.erase(0, size);
  scanned_ -= std::min(scanned_, size);
  return *format_ == HistoryFormat::jsonl ? take_lines(text) : take_others(text, over);
}

FileResult<void> HistoryStream::take_lines(std::string_view text) {
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    const FileResult<void> added = lines_.add(text.substr(begin, end - begin));
    if (!added) return added;
    begin = end + 1;
  }
  return {};
}

FileResult<void> HistoryStream::take_others(std::string_view text, bool over) {
  FileResult<void> taken = take_whole(text, over);
  if (taken || taken.error().at.line <= line_) return taken;
  const std::size_t begun = begin_of_line(text, taken.error().at.line - line_);
  if (begun > 0 && begun < text.size()) {
    static_cast<void>(take_whole(text.substr(0, begun), false));
  }
  return taken;
}

FileResult<void> HistoryStream::take_whole(std::string_view text, bool over) {
  const auto* edn = std::get_if<EdnCuts>(&cuts_);
  const bool open = enclosed_ && !over && !edn->closed();
  FileResult<HistoryFile> read_now = read(before_ + std::string(text) + (open ? "]" : ""));
  const auto moved = [&](Place at) {
    if (at == whole_file || at.line == 0) return at;
    return Place{at.line + line_ - lines_in(before_), at.column, at.byte + byte_ - before_.size()};
  };
  if (!read_now) {
    FileError error = read_now.error();
    error.at = moved(error.at);
    return misread(std::move(error));
  }
  for (std::size_t i = 0; i < read_now->history.size(); ++i) {
    Op& op = file().history.emplace_back(std::move(read_now->history[i]));
    op.index = static_cast<std::int64_t>(file().history.size()) - 1;
    file().places.push_back(moved(read_now->places[i]));
  }
  if (*format_ == HistoryFormat::csv && before_.empty()) before_ = header_of(text);
  if (enclosed_) before_ = edn->closed() ? "[]\n" : "[\n";
  line_ += lines_in(text);
  byte_ += text.size();
  return {};
}

FileResult<HistoryFile> HistoryStream::read(const std::string& text) const {
  switch (*format_) {
    case HistoryFormat::edn: return read_history_edn(text, keys_);
    case HistoryFormat::csv: return read_history_csv(text);
    default: return read_history_log(text);
  }
}

}  // namespace lockstep
