// Logs and snapshots: writing and reading.
#include "backends/redis/persistence.hpp"

#include <optional>

#include "backends/redis/text.hpp"

namespace lockstep::redis {
namespace {

constexpr std::string_view snapshot_head = "LOCKSTEP-RDB 1\n";
constexpr std::string_view snapshot_end = "EOF ";
constexpr std::size_t snapshot_end_size = 4 + 40 + 1;

/// Takes "<type><number>\r\n" off the front; nothing when it is not all there.
std::optional<std::size_t> take_number(std::string_view& in, char type) {
  const std::size_t end = in.find("\r\n");
  if (end == std::string_view::npos || in.front() != type) return std::nullopt;
  const auto number = parse_integer(in.substr(1, end - 1));
  if (!number || *number < 0) return std::nullopt;
  in.remove_prefix(end + 2);
  return static_cast<std::size_t>(*number);
}

/// Takes one command off the front; nothing when it is torn.
std::optional<Words> take_command(std::string_view& in) {
  std::string_view rest = in;
  const auto count = take_number(rest, '*');
  if (!count) return std::nullopt;
  Words words;
  for (std::size_t i = 0; i < *count; ++i) {
    const auto size = take_number(rest, '$');
    if (!size || rest.size() < *size + 2) return std::nullopt;
    words.emplace_back(rest.substr(0, *size));
    rest.remove_prefix(*size + 2);
  }
  in = rest;
  return words;
}

void append_value(std::string& out, const std::string& key, const Entry& entry) {
  if (const auto* text = std::get_if<std::string>(&entry.value)) {
    append_resp(out, {"SET", key, *text});
  } else if (const auto* hash = std::get_if<Hash>(&entry.value)) {
    Words words{"HSET", key};
    for (const auto& [name, value] : hash->fields()) {
      words.push_back(name);
      words.push_back(value);
    }
    append_resp(out, words);
  } else if (const auto* list = std::get_if<List>(&entry.value)) {
    Words words{"RPUSH", key};
    words.insert(words.end(), list->begin(), list->end());
    append_resp(out, words);
  } else {
    Words words{"ZADD", key};
    for (const auto& member : std::get<SortedSet>(entry.value).members()) {
      words.push_back(format_score(member.score));
      words.push_back(member.name);
    }
    append_resp(out, words);
  }
}

}  // namespace

LoadedLog load_log(Database& database, std::string_view bytes, std::int64_t now_us) {
  LoadedLog loaded;
  Session session;
  std::string_view rest = bytes;
  std::size_t in_transaction = 0;
  while (const auto words = take_command(rest)) {
    database.replay(session, *words, now_us);
    if (session.in_transaction) {
      ++in_transaction;
      continue;
    }
    loaded.commands += 1 + std::exchange(in_transaction, 0);
    loaded.valid_bytes = bytes.size() - rest.size();
  }
  database.disconnect(session);
  return loaded;
}

std::string words_in_log(std::string_view bytes) {
  std::string line;
  while (const auto words = take_command(bytes)) {
    for (const std::string& word : *words) line.append(line.empty() ? "" : " ").append(word);
  }
  return line;
}

std::string commands_of(const Database& database) {
  std::string out;
  for (const auto& [key, entry] : database.keys()) {
    append_value(out, key, entry);
    if (entry.expires_ms == forever) continue;
    append_resp(out, {"PEXPIREAT", key, std::to_string(entry.expires_ms)});
  }
  return out;
}

std::string snapshot(const Database& database) {
  std::string out(snapshot_head);
  out += commands_of(database);
  const std::string digest = sha1_hex(out);
  out.append(snapshot_end).append(digest).append("\n");
  return out;
}

bool load_snapshot(Database& database, std::string_view bytes, std::int64_t now_us) {
  if (bytes.size() < snapshot_head.size() + snapshot_end_size) return false;
  const std::string_view body = bytes.substr(0, bytes.size() - snapshot_end_size);
  const std::string_view end = bytes.substr(body.size());
  if (!body.starts_with(snapshot_head) || !end.starts_with(snapshot_end)) return false;
  if (end.substr(snapshot_end.size(), 40) != sha1_hex(body)) return false;
  load_log(database, body.substr(snapshot_head.size()), now_us);
  return true;
}

}  // namespace lockstep::redis
