#include "backends/records/store.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>
#include <vector>

namespace lockstep::records {
namespace {

/// "put <key> <version> <generation> <metageneration> <name>=<value>...", or "delete <key>
/// <version>"; tabs between the words.
std::string line_of(const std::string& key, const Record* record, std::uint64_t revision) {
  if (record == nullptr) return "delete\t" + key + "\t" + std::to_string(revision) + "\n";
  std::string line = "put\t" + key;
  for (const auto number : {record->version, record->generation, record->metageneration}) {
    line += "\t" + std::to_string(number);
  }
  for (const auto& [name, value] : record->fields) line += "\t" + name + "=" + value;
  return line + "\n";
}

std::vector<std::string_view> words_of(std::string_view line) {
  std::vector<std::string_view> words;
  while (true) {
    const std::size_t end = line.find('\t');
    words.push_back(line.substr(0, end));
    if (end == std::string_view::npos) return words;
    line.remove_prefix(end + 1);
  }
}

std::uint64_t number_in(std::string_view text) {
  std::uint64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

}  // namespace

Response Store::execute(const Request& request) {
  const auto at = records_.find(request.key);
  const Record* current = at == records_.end() ? nullptr : &at->second;
  Response response;
  if (!request.condition.met_by(current)) {
    response.status = current == nullptr ? Status::missing : Status::conflict;
    return response;
  }
  const bool creates = request.action == Action::put;
  if (current == nullptr && !creates) {
    response.status = Status::missing;
    return response;
  }
  if (current != nullptr) response.record = *current;
  if (request.action == Action::get) return response;
  const std::optional<Record> before = current ? std::optional(*current) : std::nullopt;
  ++revision_;
  if (request.action == Action::erase) {
    records_.erase(at);
    change(request.key, &*before, nullptr);
    return response;
  }
  Record& record = records_[request.key];
  record.version = revision_;
  if (creates) {
    record.generation = revision_;
    record.metageneration = 1;
    record.fields = request.fields;
  } else {
    ++record.metageneration;
    for (const auto& [name, value] : request.fields) record.fields[name] = value;
  }
  response.record = record;
  change(request.key, before ? &*before : nullptr, &record);
  return response;
}

void Store::change(const std::string& key, const Record* before, const Record* after) {
  log_ += line_of(key, after, revision_);
  if (observer_) observer_(Change{key, before, after});
}

std::string Store::take_log() {
  return std::exchange(log_, {});
}

std::string Store::snapshot() const {
  std::string lines = line_of({}, nullptr, revision_);
  for (const auto& [key, record] : records_) lines += line_of(key, &record, revision_);
  return lines;
}

std::size_t Store::load(std::string_view lines) {
  std::size_t counted = 0;
  for (;;) {
    const std::size_t end = lines.find('\n', counted);
    if (end == std::string_view::npos) return counted;
    load_line(lines.substr(counted, end - counted));
    counted = end + 1;
  }
}

void Store::load_line(std::string_view line) {
  const std::vector<std::string_view> words = words_of(line);
  if (words.size() < 3) return;
  const std::string key(words[1]);
  revision_ = std::max(revision_, number_in(words[2]));
  if (words[0] == "delete") {
    records_.erase(key);
    return;
  }
  if (words.size() < 5) return;
  Record record;
  record.version = number_in(words[2]);
  record.generation = number_in(words[3]);
  record.metageneration = number_in(words[4]);
  for (std::size_t i = 5; i < words.size(); ++i) {
    const std::size_t equals = words[i].find('=');
    record.fields[std::string(words[i].substr(0, equals))] = words[i].substr(equals + 1);
  }
  records_[key] = std::move(record);
}

}  // namespace lockstep::records
