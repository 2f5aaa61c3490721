// Cells first, then what each column makes of its cell.
#include "formats/history_csv.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "core/suggest.hpp"
#include "formats/edn.hpp"
#include "formats/history_edn.hpp"

namespace lockstep {
namespace {

struct Cell {
  std::string text;
  Place at;
};

/// Rows of cells, one after the other.
class Rows {
 public:
  explicit Rows(std::string_view text) : text_(text) {}

  /// The next row that is not blank; empty at the end.
  FileResult<std::vector<Cell>> next() {
    while (at_ < text_.size() && (text_[at_] == '\n' || text_[at_] == '\r')) pass();
    std::vector<Cell> row;
    while (at_ < text_.size()) {
      FileResult<Cell> cell = quoted() ? in_quotes() : FileResult<Cell>(plain());
      if (!cell) return misread(cell.error());
      row.push_back(std::move(*cell));
      if (at_ < text_.size() && text_[at_] == ',') {
        pass();
        if (at_ == text_.size()) row.push_back({"", here()});
        continue;
      }
      break;
    }
    return row;
  }

 private:
  Place here() const { return Place{line_, at_ - line_begin_ + 1, at_}; }
  bool quoted() const { return text_[at_] == '"'; }
  void pass() {
    if (text_[at_++] != '\n') return;
    ++line_;
    line_begin_ = at_;
  }
  Cell plain() {
    Cell cell{"", here()};
    while (at_ < text_.size() && text_[at_] != ',' && text_[at_] != '\n') {
      cell.text += text_[at_];
      pass();
    }
    if (cell.text.ends_with('\r')) cell.text.pop_back();
    return cell;
  }
  FileResult<Cell> in_quotes() {
    Cell cell{"", here()};
    pass();
    while (at_ < text_.size()) {
      const char c = text_[at_];
      pass();
      if (c != '"') {
        cell.text += c;
        continue;
      }
      if (at_ < text_.size() && text_[at_] == '"') {
        cell.text += '"';
        pass();
        continue;
      }
      if (at_ < text_.size() && text_[at_] == '\r') pass();
      if (at_ == text_.size() || text_[at_] == ',' || text_[at_] == '\n') return cell;
      return misread(here(), "expected a comma or the line's end after the closing quote");
    }
    return misread(cell.at, "expected a closing quote");
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t line_ = 1;
  std::size_t line_begin_ = 0;
};

const std::vector<std::string>& columns() {
  static const std::vector<std::string> names = {"process", "type",  "f",     "index", "time_ns",
                                                 "key",     "value", "owner", "token", "error"};
  return names;
}

template <class Number>
bool read_number(const std::string& text, Number& out) {
  const char* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, out);
  return read.ec == std::errc() && read.ptr == end;
}

FileResult<OpValue> value_from(const Cell& cell) {
  std::int64_t number = 0;
  if (cell.text.empty()) return OpValue{};
  if (read_number(cell.text, number)) return OpValue{number};
  if (cell.text.front() != '[') return OpValue{cell.text};
  EdnReader reader(cell.text);
  FileResult<std::optional<Edn>> list = reader.next();
  const bool one = list && list->has_value();
  if (one && !reader.next().value_or(Edn{}).has_value()) return value_of(**list);
  return misread(cell.at, "expected a list such as [1 2]");
}

FileResult<void> read_cell(const std::string& column, const Cell& cell, Op& op) {
  const auto wrong = [&](std::string_view what) {
    return misread(cell.at, fmt::format("{} is {}, not \"{:.60}\"", column, what, cell.text));
  };
  std::int64_t number = 0;
  if (column == "process") {
    if (!read_number(cell.text, op.process)) return wrong("a whole number");
  } else if (column == "type") {
    const std::optional<OpType> type = type_named(cell.text);
    if (!type) return wrong("invoke, ok, fail or info");
    op.type = *type;
  } else if (column == "f") {
    if (cell.text.empty()) return wrong("what was done");
    op.f = cell.text;
  } else if (column == "time_ns") {
    if (!cell.text.empty() && !read_number(cell.text, number)) return wrong("a whole number");
    op.time = WorldTime(Duration(number));
  } else if (column == "key") {
    op.key = cell.text;
  } else if (column == "owner") {
    op.owner = cell.text;
  } else if (column == "error") {
    op.error = cell.text;
  } else if (column == "token") {
    const bool fits = cell.text.empty() || read_number(cell.text, op.token);
    if (!fits) return wrong("a whole number from 0 up");
  } else if (column == "value") {
    FileResult<OpValue> value = value_from(cell);
    if (!value) return misread(value.error());
    op.value = std::move(*value);
  }
  return {};
}

FileResult<void> check_header(const std::vector<Cell>& header) {
  for (const Cell& cell : header) {
    const std::vector<std::string>& known = columns();
    if (std::find(known.begin(), known.end(), cell.text) == known.end()) {
      const std::string near = nearest_name(cell.text, known);
      return misread(cell.at, fmt::format("a history has no column \"{:.60}\"", cell.text),
                     near.empty() ? "" : fmt::format("did you mean \"{}\"?", near));
    }
    const auto twice = std::count_if(header.begin(), header.end(),
                                     [&](const Cell& other) { return other.text == cell.text; });
    if (twice > 1) return misread(cell.at, fmt::format("two columns are named {}", cell.text));
  }
  for (const char* needed : {"process", "type", "f"}) {
    const bool there = std::any_of(header.begin(), header.end(),
                                   [&](const Cell& cell) { return cell.text == needed; });
    if (!there) return misread(Place{1, 1, 0}, fmt::format("there is no column \"{}\"", needed));
  }
  return {};
}

}  // namespace

bool begins_as_history_csv(std::string_view text) {
  const std::string_view line = text.substr(0, text.find('\n'));
  for (std::size_t begin = 0; begin <= line.size();) {
    const std::size_t end = std::min(line.find(',', begin), line.size());
    std::string_view name = line.substr(begin, end - begin);
    if (name.ends_with('\r')) name.remove_suffix(1);
    if (name == "process" || name == "\"process\"") return true;
    begin = end + 1;
  }
  return false;
}

FileResult<HistoryFile> read_history_csv(std::string_view text) {
  HistoryFile file;
  Rows rows(text);
  const FileResult<std::vector<Cell>> header = rows.next();
  if (!header) return misread(header.error());
  const FileResult<void> known = check_header(*header);
  if (!known) return misread(known.error());
  while (true) {
    const FileResult<std::vector<Cell>> row = rows.next();
    if (!row) return misread(row.error());
    if (row->empty()) return file;
    if (row->size() != header->size()) {
      return misread(row->front().at, fmt::format("this line has {} cells, the header has {}",
                                                  row->size(), header->size()));
    }
    Op op;
    for (std::size_t i = 0; i < row->size(); ++i) {
      const FileResult<void> read = read_cell((*header)[i].text, (*row)[i], op);
      if (!read) return misread(read.error());
    }
    op.index = static_cast<std::int64_t>(file.history.size());
    file.history.push_back(std::move(op));
    file.places.push_back(row->front().at);
  }
}

}  // namespace lockstep
