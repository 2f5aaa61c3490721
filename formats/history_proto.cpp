#include "formats/history_proto.hpp"

#include <fmt/core.h>
#if __has_include(<google/protobuf/stubs/logging.h>)
#include <google/protobuf/stubs/logging.h>
#endif
#include <optional>

#include "formats/pages_ahead.hpp"
#include "formats/plain_record.hpp"
#include "formats/utf8.hpp"
#include "proto/history.pb.h"

namespace lockstep {
namespace {

constexpr std::string_view format_name = "lockstep-history";
constexpr std::uint32_t schema_version = 1;
constexpr std::uint64_t longest_record = std::uint64_t{1} << 20;
constexpr int deepest_value = 64;

void append_record(std::string& out, const google::protobuf::MessageLite& message) {
  std::uint64_t length = message.ByteSizeLong();
  while (length >= 0x80) {
    out += static_cast<char>(length | 0x80);
    length >>= 7;
  }
  out += static_cast<char>(length);
  message.AppendToString(&out);
}

void fill(proto::Value& out, const OpValue& value) {
  if (const auto* number = std::get_if<std::int64_t>(&value.held)) {
    out.set_number(*number);
  } else if (const auto* text = std::get_if<std::string>(&value.held)) {
    out.set_text(valid_utf8(*text));
  } else if (const auto* list = std::get_if<OpValue::List>(&value.held)) {
    for (const OpValue& item : *list) fill(*out.mutable_list()->add_items(), item);
    out.mutable_list();
  }
}

proto::OpType type_of(OpType type) {
  switch (type) {
    case OpType::invoke: return proto::INVOKE;
    case OpType::ok: return proto::OK;
    case OpType::fail: return proto::FAIL;
    case OpType::info: return proto::INFO;
  }
  return proto::UNSPECIFIED;
}

std::optional<OpType> type_from(proto::OpType type) {
  switch (type) {
    case proto::INVOKE: return OpType::invoke;
    case proto::OK: return OpType::ok;
    case proto::FAIL: return OpType::fail;
    case proto::INFO: return OpType::info;
    default: return std::nullopt;
  }
}

proto::Op message_of(const Op& op) {
  proto::Op out;
  out.set_index(op.index);
  out.set_time_ns(nanos(op.time));
  out.set_process(op.process);
  out.set_type(type_of(op.type));
  out.set_f(valid_utf8(op.f));
  out.set_key(valid_utf8(op.key));
  if (op.value != OpValue{}) fill(*out.mutable_value(), op.value);
  out.set_owner(valid_utf8(op.owner));
  out.set_token(op.token);
  out.set_error(valid_utf8(op.error));
  return out;
}

std::optional<OpValue> value_from(const proto::Value& from, int depth) {
  switch (from.held_case()) {
    case proto::Value::kNumber: return OpValue{from.number()};
    case proto::Value::kText: return OpValue{from.text()};
    case proto::Value::kList: break;
    default: return OpValue{};
  }
  if (depth == deepest_value) return std::nullopt;
  OpValue::List list;
  for (const proto::Value& item : from.list().items()) {
    std::optional<OpValue> value = value_from(item, depth + 1);
    if (!value) return std::nullopt;
    list.push_back(std::move(*value));
  }
  return OpValue{std::move(list)};
}

Place at_byte(std::size_t offset) {
  return Place{0, 0, offset};
}

/// The records of a stream, one after the other.
class Records {
 public:
  explicit Records(std::string_view bytes) : bytes_(bytes) {}

  bool at_end() const { return pos_ == bytes_.size(); }
  /// Where the record that comes next begins: at its length.
  std::size_t pos() const { return pos_; }

  /// How many follow that are long enough for an operation, up to the first that is not.
  std::size_t count() const {
    constexpr std::size_t shortest = 5;  // a type and one byte of f
    Records rest(bytes_.substr(pos_));
    std::size_t found = 0;
    for (std::string_view record; rest.skim(record) && record.size() >= shortest;) ++found;
    return found;
  }

  /// Reads the record that comes next and goes on behind it, if that is a plain one.
  bool next_plain(Op& op) {
    const std::size_t begin = pos_;
    std::string_view record;
    if (skim(record) && read_plain_record(record, op)) return true;
    pos_ = begin;
    return false;
  }

  template <class Message>
  FileResult<Message> next() {
    const std::size_t begin = pos_;
    const FileResult<std::size_t> length = length_prefix();
    if (!length) return misread(length.error());
    const std::size_t left = bytes_.size() - pos_;
    if (*length > left) {
      return misread(
          at_byte(begin),
          fmt::format("a record of {} bytes begins here, but only {} bytes follow", *length, left),
          "the file was cut short");
    }
    Message message;
#if __has_include(<google/protobuf/stubs/logging.h>)  // as long as it says more than it returns
    const google::protobuf::LogSilencer silence;      // the error that we return says it all
#endif
    if (!message.ParseFromArray(bytes_.data() + pos_, static_cast<int>(*length))) {
      return misread(at_byte(pos_), fmt::format("expected a record of {} bytes as "
                                                "proto/history.proto describes it",
                                                *length));
    }
    pos_ += *length;
    return message;
  }

 private:
  // False, somewhere in it, where there is no whole record of usual length.
  bool skim(std::string_view& record) {
    std::size_t length = 0;
    for (unsigned shift = 0; shift < 14; shift += 7) {
      if (at_end()) return false;
      const auto byte = static_cast<unsigned char>(bytes_[pos_++]);
      length |= static_cast<std::size_t>(byte & 0x7f) << shift;
      if (byte >= 0x80) continue;
      if (length > bytes_.size() - pos_) return false;
      record = bytes_.substr(pos_, length);
      pos_ += length;
      return true;
    }
    return false;
  }

  FileResult<std::size_t> length_prefix() {
    const std::size_t begin = pos_;
    std::uint64_t length = 0;
    for (unsigned shift = 0; shift < 35; shift += 7) {
      if (at_end()) {
        return misread(at_byte(begin), "the file ends within the length of a record",
                       "the file was cut short");
      }
      const auto byte = static_cast<unsigned char>(bytes_[pos_++]);
      length |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
      if (byte >= 0x80) continue;
      if (length <= longest_record) return static_cast<std::size_t>(length);
      break;
    }
    return misread(at_byte(begin), fmt::format("expected the length of a record, at most {} bytes",
                                               longest_record));
  }

  std::string_view bytes_;
  std::size_t pos_ = 0;
};

FileResult<Op> op_from(const proto::Op& from, Place at) {
  const std::optional<OpType> type = type_from(from.type());
  if (!type) return misread(at, "expected this operation to have a type");
  if (from.f().empty()) return misread(at, "expected this operation to have an f");
  std::optional<OpValue> value = value_from(from.value(), 0);
  if (!value) return misread(at, "the lists of this value are nested too deep");
  Op op;
  op.time = WorldTime(Duration(from.time_ns()));
  op.process = from.process();
  op.type = *type;
  op.f = from.f();
  op.key = from.key();
  op.value = std::move(*value);
  op.owner = from.owner();
  op.token = from.token();
  op.error = from.error();
  return op;
}

}  // namespace

std::string write_history_proto(const History& history) {
  std::string bytes;
  proto::Header header;
  header.set_format(std::string(format_name));
  header.set_schema_version(schema_version);
  append_record(bytes, header);
  for (const Op& op : history) append_record(bytes, message_of(op));
  return bytes;
}

FileResult<HistoryFile> read_history_proto(std::string_view bytes) {
  Records records(bytes);
  const FileResult<proto::Header> header = records.next<proto::Header>();
  if (!header) return misread(header.error());
  if (header->format() != format_name || header->schema_version() != schema_version) {
    return misread(at_byte(0), fmt::format("expected a header of format \"{}\", schema_version {}",
                                           format_name, schema_version));
  }
  HistoryFile file;
  const std::size_t count = records.count();
  file.history.reserve(count);
  file.places.reserve(count);
  have_pages(file.history);
  have_pages(file.places);
  while (!records.at_end()) {
    const Place at = at_byte(records.pos());
    if (records.next_plain(file.history.emplace_back())) {
      file.history.back().index = static_cast<std::int64_t>(file.history.size()) - 1;
      file.places.push_back(at);
      continue;
    }
    file.history.pop_back();
    const FileResult<proto::Op> message = records.next<proto::Op>();
    if (!message) return misread(message.error());
    FileResult<Op> op = op_from(*message, at);
    if (!op) return misread(op.error());
    op->index = static_cast<std::int64_t>(file.history.size());
    file.history.push_back(std::move(*op));
    file.places.push_back(at);
  }
  return file;
}

bool begins_as_history_proto(std::string_view bytes) {
  // One byte of length, then field 1 of Header: a tag, a length, the text.
  return bytes.size() >= 3 + format_name.size() && bytes[1] == '\x0a' &&
         bytes.substr(3, format_name.size()) == format_name;
}

}  // namespace lockstep
