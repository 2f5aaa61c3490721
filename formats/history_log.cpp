// A line of the log is a prefix and four values of EDN.
#include "formats/history_log.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <optional>

#include "formats/edn.hpp"
#include "formats/history_edn.hpp"

namespace lockstep {
namespace {

constexpr std::string_view mark = "jepsen.util - ";
constexpr std::string_view expected =
    "expected an operation: process, :type, :f and value, as in \"0 :invoke :read nil\"";

/// One line, with its number and where it begins.
struct LogLine {
  std::string_view text;
  std::size_t number;
  std::size_t byte;

  Place at(std::size_t offset) const { return Place{number, offset + 1, byte + offset}; }
};

bool has_level(std::string_view line) {
  constexpr std::array<std::string_view, 6> levels = {"INFO",  "WARN",  "ERROR",
                                                      "DEBUG", "TRACE", "FATAL"};
  return std::any_of(levels.begin(), levels.end(),
                     [&](std::string_view level) { return line.starts_with(level); });
}

FileResult<std::vector<Edn>> values_of(const LogLine& line, std::size_t from) {
  std::vector<Edn> values;
  EdnReader reader(line.text.substr(from));
  while (true) {
    FileResult<std::optional<Edn>> next = reader.next();
    if (!next) return misread(line.at(from + next.error().at.byte), next.error().text);
    if (!next->has_value()) return values;
    values.push_back(std::move(**next));
    if (values.size() > 5) return misread(line.at(from), std::string(expected));
  }
}

/// Exceptions have stacks below their lines.
bool continues_another(std::string_view line) {
  return line.starts_with(' ') || line.starts_with('\t') || line.starts_with("Caused by") ||
         line.starts_with("java.") || line.starts_with("clojure.");
}

FileResult<Op> op_from(const LogLine& line, std::size_t from) {
  FileResult<std::vector<Edn>> values = values_of(line, from);
  if (!values) return misread(values.error());
  if (values->size() < 3) return misread(line.at(from), std::string(expected));
  const auto place = [&](std::size_t i) { return line.at(from + (*values)[i].at.byte); };
  Op op;
  const auto* process = std::get_if<std::int64_t>(&(*values)[0].held);
  const auto* who = std::get_if<Edn::Keyword>(&(*values)[0].held);
  if (process == nullptr && (who == nullptr || who->name != "nemesis")) {
    return misread(place(0), "expected the process, a whole number or :nemesis");
  }
  op.process = process == nullptr ? nemesis_process : *process;
  const std::optional<OpType> type = type_named(to_text((*values)[1]));
  if (!type) return misread(place(1), "expected :invoke, :ok, :fail or :info");
  op.type = *type;
  if (!std::holds_alternative<Edn::Keyword>((*values)[2].held)) {
    return misread(place(2), "expected what was done, such as :read");
  }
  op.f = to_text((*values)[2]);
  for (std::size_t i = 3; i < values->size(); ++i) {
    const bool is_error = op.type != OpType::invoke && op.process != nemesis_process &&
                          std::holds_alternative<Edn::Keyword>((*values)[i].held);
    if (is_error) {
      op.error = to_text((*values)[i]);
    } else if (i == 3) {
      op.value = value_of((*values)[i]);
    } else {
      return misread(place(i), "expected nothing after the value");
    }
  }
  return op;
}

}  // namespace

bool begins_as_history_log(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && has_level(text.substr(first));
}

FileResult<HistoryFile> read_history_log(std::string_view text) {
  HistoryFile file;
  std::size_t number = 1;
  for (std::size_t begin = 0; begin < text.size(); ++number) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    const LogLine line{text.substr(begin, end - begin), number, begin};
    begin = end + 1;
    if (line.text.find_first_not_of(" \t\r") == std::string_view::npos) continue;
    if (!has_level(line.text)) {
      if (continues_another(line.text)) continue;
      return misread(line.at(0), "expected a line of a log: INFO, WARN, ... at its beginning");
    }
    const std::size_t found = line.text.find(mark);
    if (found == std::string_view::npos) continue;
    FileResult<Op> op = op_from(line, found + mark.size());
    if (!op) return misread(op.error());
    op->index = static_cast<std::int64_t>(file.history.size());
    file.history.push_back(std::move(*op));
    file.places.push_back(line.at(0));
  }
  return file;
}

}  // namespace lockstep
