#include "backends/sql/tables.hpp"

#include <algorithm>
#include <charconv>

namespace lockstep::sql {
namespace {

// PostgreSQL logs a sequence this many values ahead, and skips them after a crash (SEQ_LOG_VALS).
constexpr std::int64_t logged_ahead = 32;

void put(std::string& out, std::string_view text) {
  out += std::to_string(text.size());
  out += ':';
  out += text;
}

void put(std::string& out, std::int64_t number) {
  put(out, std::string_view(std::to_string(number)));
}

/// Reads what `put` wrote; fails for good at the first thing that is not that.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : left_(bytes) {}

  std::string text() {
    const auto colon = left_.find(':');
    std::size_t size = 0;
    const auto digits = left_.substr(0, colon);
    const auto [end, problem] = std::from_chars(digits.data(), digits.data() + digits.size(), size);
    const bool bad = colon == std::string_view::npos || problem != std::errc() ||
                     end != digits.data() + digits.size() || left_.size() - colon - 1 < size;
    if (bad) return give_up();
    std::string found(left_.substr(colon + 1, size));
    left_.remove_prefix(colon + 1 + size);
    return found;
  }
  std::int64_t number() {
    const std::string digits = text();
    std::int64_t value = 0;
    const char* last = digits.data() + digits.size();
    const auto [end, problem] = std::from_chars(digits.data(), last, value);
    if (problem != std::errc() || end != last) give_up();
    return value;
  }
  bool failed() const { return failed_; }
  bool empty() const { return left_.empty(); }

 private:
  std::string give_up() {
    failed_ = true;
    left_ = {};
    return {};
  }

  std::string_view left_;
  bool failed_ = false;
};

void put_value(std::string& out, const Value& value) {
  if (const auto* number = std::get_if<std::int64_t>(&value)) {
    put(out, "number");
    put(out, *number);
  } else if (const auto* text = std::get_if<std::string>(&value)) {
    put(out, "text");
    put(out, std::string_view(*text));
  } else {
    put(out, "null");
  }
}

Value read_value(Reader& reader) {
  const std::string kind = reader.text();
  if (kind == "number") return reader.number();
  if (kind == "text") return reader.text();
  return {};
}

CommitRecord read_record(Reader& reader) {
  CommitRecord record;
  for (auto rows = reader.number(); rows > 0 && !reader.failed(); --rows) {
    RowWrite row;
    row.table = reader.text();
    row.key = reader.text();
    for (auto columns = reader.number(); columns > 0 && !reader.failed(); --columns) {
      std::string name = reader.text();
      row.columns[std::move(name)] = read_value(reader);
    }
    record.rows.push_back(std::move(row));
  }
  for (auto sequences = reader.number(); sequences > 0 && !reader.failed(); --sequences) {
    std::string name = reader.text();
    record.sequences[std::move(name)] = reader.number();
  }
  return record;
}

}  // namespace

const Columns* Tables::row(const std::string& table, const std::string& key,
                           std::uint64_t as_of) const {
  const auto rows = tables_.find(table);
  if (rows == tables_.end()) return nullptr;
  const auto versions = rows->second.find(key);
  if (versions == rows->second.end()) return nullptr;
  for (auto at = versions->second.rbegin(); at != versions->second.rend(); ++at) {
    if (at->commit <= as_of) return &at->columns;
  }
  return nullptr;
}

std::vector<std::string> Tables::keys(const std::string& table) const {
  std::vector<std::string> found;
  const auto rows = tables_.find(table);
  if (rows == tables_.end()) return found;
  for (const auto& [key, versions] : rows->second) found.push_back(key);
  return found;
}

std::uint64_t Tables::changed_at(const std::string& table, const std::string& key) const {
  const auto rows = tables_.find(table);
  if (rows == tables_.end()) return 0;
  const auto versions = rows->second.find(key);
  return versions == rows->second.end() ? 0 : versions->second.back().commit;
}

void Tables::apply(const CommitRecord& record, std::uint64_t oldest_snapshot) {
  ++commits_;
  for (const RowWrite& write : record.rows) {
    std::vector<Version>& versions = tables_[write.table][write.key];
    versions.push_back({commits_, write.columns});
    while (versions.size() > 1 && versions[1].commit <= oldest_snapshot) {
      versions.erase(versions.begin());
    }
  }
  for (const auto& [name, logged] : record.sequences) {
    Sequence& sequence = sequences_[name];
    if (sequence.logged < logged) sequence = {logged, logged};  // replayed: the rest is skipped
  }
}

std::int64_t Tables::next_value(const std::string& name, CommitRecord& record) {
  Sequence& sequence = sequences_[name];
  if (++sequence.last > sequence.logged) {
    sequence.logged = sequence.last + logged_ahead;
    record.sequences[name] = sequence.logged;
  }
  return sequence.last;
}

std::string encode(const CommitRecord& record) {
  std::string bytes;
  put(bytes, static_cast<std::int64_t>(record.rows.size()));
  for (const RowWrite& row : record.rows) {
    put(bytes, std::string_view(row.table));
    put(bytes, std::string_view(row.key));
    put(bytes, static_cast<std::int64_t>(row.columns.size()));
    for (const auto& [name, value] : row.columns) {
      put(bytes, std::string_view(name));
      put_value(bytes, value);
    }
  }
  put(bytes, static_cast<std::int64_t>(record.sequences.size()));
  for (const auto& [name, value] : record.sequences) {
    put(bytes, std::string_view(name));
    put(bytes, value);
  }
  std::string framed;
  put(framed, std::string_view(bytes));
  return framed;
}

std::vector<CommitRecord> decode(std::string_view log) {
  std::vector<CommitRecord> records;
  Reader frames(log);
  while (!frames.empty()) {
    const std::string bytes = frames.text();
    if (frames.failed()) break;
    Reader reader(bytes);
    CommitRecord record = read_record(reader);
    if (reader.failed()) break;
    records.push_back(std::move(record));
  }
  return records;
}

}  // namespace lockstep::sql
