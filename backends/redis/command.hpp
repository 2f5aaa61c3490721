#pragma once
// What a command is: a line in the table of commands.cpp and a function in commands_*.cpp.

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "backends/redis/database.hpp"
#include "backends/redis/reply.hpp"
#include "backends/redis/session.hpp"

namespace lockstep::redis {

/// One command being carried out.
struct Call {
  Database& db;
  Session& session;
  const Words& words;

  const std::string& key() const { return words[1]; }
  const std::string& word(std::size_t at) const { return words[at]; }
  std::size_t size() const { return words.size(); }
};

/// What else the server must know about a command.
enum CommandFlag : unsigned {
  writes = 1u << 0,           // changes keys
  grows = 1u << 1,            // may need memory: refused when there is none
  unscripted = 1u << 2,       // not allowed in scripts
  immediate = 1u << 3,        // runs at once inside MULTI instead of being queued
  for_subscribers = 1u << 4,  // allowed while subscribed
  container = 1u << 5,        // its first argument names the real command
  logs_itself = 1u << 6,      // what it calls is logged, not the command
};

struct Command {
  std::string_view name;  // lower case; "container|subcommand"
  Reply (*run)(Call&);
  int arity;  // words including the name; negative: at least that many
  unsigned flags;

  bool has(CommandFlag flag) const { return (flags & flag) != 0; }
  bool takes(std::size_t words) const {
    return arity >= 0 ? words == static_cast<std::size_t>(arity)
                      : words >= static_cast<std::size_t>(-arity);
  }
};

/// The command these words name, whatever their case; null when there is none.
const Command* find_command(const Words& words);

// Answers that many commands share.

inline Reply wrong_type() {
  return Reply::error("WRONGTYPE Operation against a key holding the wrong kind of value");
}
inline Reply syntax_error() {
  return Reply::error("ERR syntax error");
}
inline Reply not_an_integer() {
  return Reply::error("ERR value is not an integer or out of range");
}
inline Reply wrong_arity(std::string_view name) {
  return Reply::error("ERR wrong number of arguments for '" + std::string(name) + "' command");
}

/// A key looked up as one type: absent, of that type, or of another.
template <class T>
struct Found {
  Entry* entry = nullptr;
  T* value = nullptr;
  bool absent() const { return entry == nullptr; }
  bool wrong() const { return entry != nullptr && value == nullptr; }
};

template <class T>
Found<T> as(Entry* entry) {
  return {entry, entry ? std::get_if<T>(&entry->value) : nullptr};
}
template <class T>
Found<T> read_as(Call& call) {
  return as<T>(call.db.read(call.key()));
}
template <class T>
Found<T> modify_as(Call& call) {
  return as<T>(call.db.modify(call.key()));
}
/// As modify_as, and makes an empty value where there is none.
template <class T>
Found<T> modify_or_create(Call& call) {
  Found<T> found = modify_as<T>(call);
  if (!found.absent()) return found;
  return as<T>(&call.db.create(call.key(), Value(T())));
}

/// Ends a change of a hash, list or sorted set: announces it, and removes the key once empty.
template <class T>
void finish_change(Call& call, Found<T>& found, Event kind, std::string_view event) {
  call.db.announce(kind, event, call.key());
  if (!found.value->empty()) {
    call.db.changed(call.key(), *found.entry);
    return;
  }
  call.db.remove(call.key());
  call.db.announce(event_generic, "del", call.key());
}

}  // namespace lockstep::redis
