#include "formats/history_edn.hpp"

#include <fmt/core.h>

#include <optional>

#include "core/suggest.hpp"
#include "formats/utf8.hpp"

namespace lockstep {
namespace {

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : valid_utf8(text)) {
    switch (c) {
      case '"': out += "\\\""; break;
      case '\\': out += "\\\\"; break;
      case '\n': out += "\\n"; break;
      case '\r': out += "\\r"; break;
      case '\t': out += "\\t"; break;
      default: out += c;
    }
  }
  return out + "\"";
}

/// As a keyword where the text can be one; else in quotes.
std::string keyword(std::string_view text) {
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
  };
  bool plain = !text.empty();
  for (const char c : text) plain = plain && fits(c);
  return plain ? ":" + std::string(text) : quoted(text);
}

std::string written(const OpValue& value) {
  if (const auto* number = std::get_if<std::int64_t>(&value.held)) return std::to_string(*number);
  if (const auto* text = std::get_if<std::string>(&value.held)) return quoted(*text);
  const auto* list = std::get_if<OpValue::List>(&value.held);
  if (list == nullptr) return "nil";
  std::string out = "[";
  for (const OpValue& item : *list) out += (out.size() > 1 ? " " : "") + written(item);
  return out + "]";
}

std::string map_of(const Op& op) {
  std::string out =
      fmt::format("{{:index {}, :time {}, :process {}, :type :{}, :f {}", op.index, nanos(op.time),
                  op.process == nemesis_process ? ":nemesis" : std::to_string(op.process),
                  name_of(op.type), keyword(op.f));
  if (!op.key.empty()) out += ", :key " + quoted(op.key);
  out += ", :value " + written(op.value);
  if (!op.owner.empty()) out += ", :owner " + quoted(op.owner);
  if (op.token != 0) out += fmt::format(", :token {}", op.token);
  if (!op.error.empty()) out += ", :error " + keyword(op.error);
  return out + "}";
}

}  // namespace

OpValue value_of(const Edn& edn) {
  if (std::holds_alternative<Edn::Nil>(edn.held)) return {};
  if (const auto* number = std::get_if<std::int64_t>(&edn.held)) return OpValue{*number};
  OpValue::List list;
  if (const auto* sequence = std::get_if<Edn::Sequence>(&edn.held)) {
    for (const Edn& item : sequence->items) list.push_back(value_of(item));
    return OpValue{std::move(list)};
  }
  if (const auto* map = std::get_if<Edn::Map>(&edn.held)) {
    for (std::size_t i = 0; i < map->entries.size(); i += 2) {
      const OpValue key = value_of(map->entries[i]);
      list.push_back(OpValue{OpValue::List{key, value_of(map->entries[i + 1])}});
    }
    return OpValue{std::move(list)};
  }
  return OpValue{to_text(edn)};
}

std::optional<OpType> type_named(std::string_view name) {
  for (const OpType known : {OpType::invoke, OpType::ok, OpType::fail, OpType::info}) {
    if (name == name_of(known)) return known;
  }
  return std::nullopt;
}

namespace {

/// Nil is no text at all.
std::string text_from(const Edn& edn) {
  return std::holds_alternative<Edn::Nil>(edn.held) ? std::string() : to_text(edn);
}

std::optional<FileError> read_type(const Edn& edn, OpType& out) {
  const std::string name = text_from(edn);
  if (const std::optional<OpType> known = type_named(name)) {
    out = *known;
    return std::nullopt;
  }
  const std::string near = nearest_name(name, {"invoke", "ok", "fail", "info"});
  return FileError{edn.at,
                   fmt::format(":type is :invoke, :ok, :fail or :info, not \"{:.60}\"", name),
                   near.empty() ? "" : fmt::format("did you mean :{}?", near)};
}

std::optional<FileError> read_process(const Edn& edn, std::int64_t& out) {
  if (const auto* number = std::get_if<std::int64_t>(&edn.held)) {
    out = *number;
    return std::nullopt;
  }
  const auto* name = std::get_if<Edn::Keyword>(&edn.held);
  if (name != nullptr && name->name == "nemesis") {
    out = nemesis_process;
    return std::nullopt;
  }
  return FileError{edn.at, "expected :process to be a whole number or :nemesis"};
}

std::optional<FileError> read_integer(const Edn& edn, std::string_view name, std::int64_t& out) {
  if (const auto* number = std::get_if<std::int64_t>(&edn.held)) {
    out = *number;
    return std::nullopt;
  }
  if (std::holds_alternative<Edn::Nil>(edn.held)) return std::nullopt;
  return FileError{edn.at, fmt::format("expected :{} to be a whole number", name)};
}

struct Seen {
  bool process = false;
  bool type = false;
  bool f = false;
};

std::optional<FileError> read_field(const std::string& name, const Edn& edn, Op& op, Seen& seen) {
  std::int64_t number = 0;
  std::optional<FileError> error;
  if (name == "process") {
    seen.process = true;
    return read_process(edn, op.process);
  }
  if (name == "type") {
    seen.type = true;
    return read_type(edn, op.type);
  }
  if (name == "f") {
    seen.f = true;
    op.f = text_from(edn);
  } else if (name == "time") {
    error = read_integer(edn, name, number);
    op.time = WorldTime(Duration(number));
  } else if (name == "index") {
    error = read_integer(edn, name, number);
  } else if (name == "token") {
    error = read_integer(edn, name, number);
    if (!error && number < 0) error = FileError{edn.at, "expected :token to be 0 or more"};
    op.token = static_cast<std::uint64_t>(number);
  } else if (name == "value") {
    op.value = value_of(edn);
  } else if (name == "key") {
    op.key = text_from(edn);
  } else if (name == "owner") {
    op.owner = text_from(edn);
  } else if (name == "error") {
    op.error = text_from(edn);
  }
  return error;
}

std::optional<FileError> lacking(const Seen& seen, Place at) {
  for (const auto& [there, name] : {std::pair(seen.process, ":process"),
                                    std::pair(seen.type, ":type"), std::pair(seen.f, ":f")}) {
    if (!there) return FileError{at, fmt::format("this operation has no {}", name)};
  }
  return std::nullopt;
}

/// Splits [key value]. The nemesis keeps its values whole, as in jepsen.independent.
std::optional<FileError> split_key(Op& op, Place at) {
  if (op.process == nemesis_process) return std::nullopt;
  auto* pair = std::get_if<OpValue::List>(&op.value.held);
  if (pair == nullptr || pair->size() != 2) {
    return FileError{at, "expected :value to be [key value]",
                     "without independent keys, leave --keyed out"};
  }
  const OpValue key = (*pair)[0];
  OpValue value = std::move((*pair)[1]);
  const auto* text = std::get_if<std::string>(&key.held);
  op.key = text != nullptr ? *text : written(key);
  op.value = std::move(value);
  return std::nullopt;
}

FileResult<Op> op_from(const Edn& edn, EdnKeys keys) {
  const auto* map = std::get_if<Edn::Map>(&edn.held);
  if (map == nullptr) {
    return misread(edn.at, "expected an operation: a map such as {:process 0, :type :invoke, ...}");
  }
  Op op;
  Seen seen;
  for (std::size_t i = 0; i < map->entries.size(); i += 2) {
    const auto* name = std::get_if<Edn::Keyword>(&map->entries[i].held);
    if (name == nullptr) continue;
    if (std::optional<FileError> error = read_field(name->name, map->entries[i + 1], op, seen)) {
      return misread(std::move(*error));
    }
  }
  std::optional<FileError> error = lacking(seen, edn.at);
  if (!error && keys == EdnKeys::independent) error = split_key(op, edn.at);
  if (error) return misread(std::move(*error));
  return op;
}

}  // namespace

std::string write_history_edn(const History& history) {
  std::string text = "[";
  for (const Op& op : history) text += (text.size() > 1 ? "\n " : "") + map_of(op);
  return text + "]\n";
}

FileResult<HistoryFile> read_history_edn(std::string_view text, EdnKeys keys) {
  HistoryFile file;
  EdnReader reader(text);
  const FileResult<bool> inside = reader.enter();
  if (!inside) return misread(inside.error());
  while (true) {
    FileResult<std::optional<Edn>> edn = *inside ? reader.next_item() : reader.next();
    if (!edn) return misread(edn.error());
    if (!edn->has_value()) break;
    FileResult<Op> op = op_from(**edn, keys);
    if (!op) return misread(op.error());
    op->index = static_cast<std::int64_t>(file.history.size());
    file.history.push_back(std::move(*op));
    file.places.push_back((*edn)->at);
  }
  if (!*inside) return file;
  const FileResult<std::optional<Edn>> more = reader.next();
  if (!more) return misread(more.error());
  if (more->has_value()) return misread((*more)->at, "expected nothing after the history's end");
  return file;
}

}  // namespace lockstep
