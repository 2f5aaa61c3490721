#include "formats/history_jsonl.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

#include "core/suggest.hpp"
#include "formats/json_writer.hpp"
#include "formats/plain_line.hpp"

namespace lockstep {
namespace {

using nlohmann::json;

constexpr std::size_t longest_line = std::size_t{1} << 20;
constexpr int deepest_value = 64;
constexpr std::string_view format_name = "lockstep-history";

const std::vector<std::string>& field_names() {
  static const std::vector<std::string> names = {"index", "time_ns", "process", "type",  "f",
                                                 "key",   "value",   "owner",   "token", "error"};
  return names;
}

void write_value(JsonWriter& out, const OpValue& value) {
  if (const auto* number = std::get_if<std::int64_t>(&value.held)) {
    out.value(*number);
  } else if (const auto* text = std::get_if<std::string>(&value.held)) {
    out.value(*text);
  } else if (const auto* list = std::get_if<OpValue::List>(&value.held)) {
    out.array();
    for (const OpValue& item : *list) write_value(out, item);
    out.end();
  } else {
    out.null();
  }
}

std::string line_of(const Op& op) {
  JsonWriter out(0);
  out.object();
  out.field("index", op.index);
  out.field("time_ns", nanos(op.time));
  out.field("process", op.process);
  out.field("type", name_of(op.type));
  out.field("f", op.f);
  if (!op.key.empty()) out.field("key", op.key);
  if (op.value != OpValue{}) {
    out.key("value");
    write_value(out, op.value);
  }
  if (!op.owner.empty()) out.field("owner", op.owner);
  if (op.token != 0) out.field("token", op.token);
  if (!op.error.empty()) out.field("error", op.error);
  out.end();
  return out.text();
}

/// One line, with its number: knows where in it a field stands.
class Line {
 public:
  Line(std::string_view text, std::size_t number, std::size_t byte)
      : text_(text), number_(number), byte_(byte) {}

  std::string_view text() const { return text_; }
  Place at(std::size_t offset) const { return Place{number_, offset + 1, byte_ + offset}; }
  /// Where the value of a field begins. The parsed document does not keep it, and a key can't
  /// look like this inside a string, where its quotes would be escaped.
  Place of(std::string_view field) const {
    std::size_t i = text_.find(fmt::format("\"{}\"", field));
    if (i == std::string_view::npos) return at(0);
    i = text_.find_first_not_of(" \t:", i + field.size() + 2);
    return at(i == std::string_view::npos ? 0 : i);
  }
  Place key(std::string_view field) const {
    const std::size_t i = text_.find(fmt::format("\"{}\"", field));
    return at(i == std::string_view::npos ? 0 : i);
  }

 private:
  std::string_view text_;
  std::size_t number_;
  std::size_t byte_;
};

FileResult<json> parse(const Line& line) {
  if (line.text().size() > longest_line) {
    return misread(line.at(0), fmt::format("a line of {} bytes; an operation takes at most {}",
                                           line.text().size(), longest_line));
  }
  try {
    json object = json::parse(line.text());
    if (!object.is_object()) return misread(line.at(0), "expected a JSON object: one operation");
    return object;
  } catch (const json::parse_error& error) {
    const std::size_t offset =
        std::min(error.byte == 0 ? 0 : error.byte - 1, line.text().size() - 1);
    return misread(line.at(offset), "expected one whole JSON object on this line");
  } catch (const json::out_of_range&) {
    return misread(line.at(0), "a number on this line is too large");
  }
}

std::optional<OpValue> value_from(const json& from, int depth) {
  if (from.is_null()) return OpValue{};
  if (from.is_string()) return OpValue{from.get<std::string>()};
  if (from.is_boolean()) return OpValue{std::string(from.get<bool>() ? "true" : "false")};
  if (from.is_number_integer()) {
    if (from.is_number_unsigned() && from.get<std::uint64_t>() > INT64_MAX) return std::nullopt;
    return OpValue{from.get<std::int64_t>()};
  }
  if (!from.is_array() || depth == deepest_value) return std::nullopt;
  OpValue::List list;
  for (const json& item : from) {
    std::optional<OpValue> value = value_from(item, depth + 1);
    if (!value) return std::nullopt;
    list.push_back(std::move(*value));
  }
  return OpValue{std::move(list)};
}

/// The fields of one operation, taken one by one; the first that is wrong is kept.
class Fields {
 public:
  Fields(const json& object, const Line& line) : object_(object), line_(line) {}

  void integer(const char* name, bool required, std::int64_t& out) {
    const json* field = find(name, required);
    if (field == nullptr) return;
    const bool fits = field->is_number_integer() &&
                      !(field->is_number_unsigned() && field->get<std::uint64_t>() > INT64_MAX);
    if (!fits) return complain(line_.of(name), fmt::format("{} is a whole number", name));
    out = field->get<std::int64_t>();
  }
  void unsigned_integer(const char* name, std::uint64_t& out) {
    const json* field = find(name, false);
    if (field == nullptr) return;
    if (!field->is_number_unsigned()) {
      return complain(line_.of(name), fmt::format("{} is a whole number from 0 up", name));
    }
    out = field->get<std::uint64_t>();
  }
  void text(const char* name, bool required, std::string& out) {
    const json* field = find(name, required);
    if (field == nullptr) return;
    if (!field->is_string()) {
      return complain(line_.of(name), fmt::format("{} is text in quotes", name));
    }
    out = field->get<std::string>();
  }
  void type(OpType& out) {
    std::string name;
    text("type", true, name);
    if (error_) return;
    for (const OpType known : {OpType::invoke, OpType::ok, OpType::fail, OpType::info}) {
      if (name == name_of(known)) {
        out = known;
        return;
      }
    }
    const std::string near = nearest_name(name, {"invoke", "ok", "fail", "info"});
    complain(line_.of("type"), fmt::format("type is invoke, ok, fail or info, not \"{}\"", name),
             near.empty() ? "" : fmt::format("did you mean \"{}\"?", near));
  }
  void value(OpValue& out) {
    const json* field = find("value", false);
    if (field == nullptr) return;
    std::optional<OpValue> read = value_from(*field, 0);
    if (!read) {
      return complain(line_.of("value"), "value is null, a whole number, text, or a list of these");
    }
    out = std::move(*read);
  }
  void nothing_else() {
    for (const auto& item : object_.items()) {
      const std::vector<std::string>& known = field_names();
      if (std::find(known.begin(), known.end(), item.key()) != known.end()) continue;
      const std::string near = nearest_name(item.key(), known);
      return complain(line_.key(item.key()),
                      fmt::format("an operation has no field \"{}\"", item.key()),
                      near.empty() ? "" : fmt::format("did you mean \"{}\"?", near));
    }
  }

  const std::optional<FileError>& error() const { return error_; }

 private:
  const json* find(const char* name, bool required) {
    const auto at = object_.find(name);
    if (at != object_.end()) return &*at;
    if (required) complain(line_.at(0), fmt::format("this operation has no field \"{}\"", name));
    return nullptr;
  }
  void complain(Place at, std::string what, std::string advice = {}) {
    if (!error_) error_ = FileError{at, std::move(what), std::move(advice)};
  }

  const json& object_;
  const Line& line_;
  std::optional<FileError> error_;
};

FileResult<Op> op_from(const json& object, const Line& line) {
  Op op;
  std::int64_t time = 0;
  Fields fields(object, line);
  fields.nothing_else();
  fields.integer("index", false, op.index);
  fields.integer("time_ns", false, time);
  fields.integer("process", true, op.process);
  fields.type(op.type);
  fields.text("f", true, op.f);
  fields.text("key", false, op.key);
  fields.value(op.value);
  fields.text("owner", false, op.owner);
  fields.unsigned_integer("token", op.token);
  fields.text("error", false, op.error);
  if (fields.error()) return misread(*fields.error());
  op.time = WorldTime(Duration(time));
  return op;
}

FileResult<void> check_header(const json& header, const Line& line) {
  const json version = header.value("schema_version", json());
  if (version == history_schema_version) return {};
  return misread(line.of("schema_version"),
                 fmt::format("this program reads schema_version {}", history_schema_version),
                 "the file was written by another version of lockstep");
}

}  // namespace

std::string write_history_jsonl(const History& history) {
  std::string text = fmt::format("{{\"format\":\"{}\",\"schema_version\":{}}}\n", format_name,
                                 history_schema_version);
  for (const Op& op : history) text += line_of(op) + "\n";
  return text;
}

FileResult<void> HistoryLines::add(std::string_view text) {
  const Line line(text, ++number_, byte_);
  byte_ += text.size() + 1;
  if (text.find_first_not_of(" \t\r") == std::string_view::npos) return {};
  History& history = file_.history;
  if (!read_plain_line(text, history.emplace_back())) {
    history.pop_back();
    FileResult<json> object = parse(line);
    if (!object) return misread(object.error());
    if (history.empty() && object->contains("schema_version")) return check_header(*object, line);
    FileResult<Op> op = op_from(*object, line);
    if (!op) return misread(op.error());
    history.push_back(std::move(*op));
  }
  history.back().index = static_cast<std::int64_t>(history.size()) - 1;
  file_.places.push_back(line.at(0));
  return {};
}

FileResult<HistoryFile> read_history_jsonl(std::string_view text) {
  HistoryLines lines;
  const auto count = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
  lines.file().history.reserve(count + 1);
  lines.file().places.reserve(count + 1);
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    const FileResult<void> added = lines.add(text.substr(begin, end - begin));
    if (!added) return misread(added.error());
    begin = end + 1;
  }
  return std::move(lines.file());
}

}  // namespace lockstep
