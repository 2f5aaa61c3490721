#pragma once
// A database as bytes: the append-only log of commands and the snapshot, and back.
//
// Both are commands as RESP. A log is what Database::take_log gave, in order. A snapshot is the
// line "LOCKSTEP-RDB 1", commands that make all keys, and the line "EOF" with the SHA-1 of all
// before it (a format of our own: nobody reads the real one from a simulated disk).

#include <cstdint>
#include <string>
#include <string_view>

#include "backends/redis/database.hpp"

namespace lockstep::redis {

/// What a log ended in, and how much of it counts.
struct LoadedLog {
  std::size_t commands = 0;
  /// Bytes up to the last command or whole transaction. What is beyond was torn off by a crash
  /// and must be cut from the file (aof-load-truncated yes).
  std::size_t valid_bytes = 0;
};

/// Runs a log on a new database. Call Database::finish_loading afterwards.
LoadedLog load_log(Database& database, std::string_view bytes, std::int64_t now_us);

/// The words of all commands in a log, in one line for a person.
std::string words_in_log(std::string_view bytes);

/// Commands that make all keys, dead ones that nobody has removed yet included: a log of them.
std::string commands_of(const Database& database);

/// All keys, dead ones included.
std::string snapshot(const Database& database);

/// Restores a snapshot into a new database. Call Database::finish_loading afterwards. False, and
/// nothing restored, when the bytes are not one whole snapshot.
bool load_snapshot(Database& database, std::string_view bytes, std::int64_t now_us);

}  // namespace lockstep::redis
