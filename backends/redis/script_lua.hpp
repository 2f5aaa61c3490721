#pragma once
// What the files of the script engine share: values across the border between Lua and C++, and
// the sandbox. Lua's errors are longjmps: no frame that may raise one holds an object with a
// destructor.

#include <cstdint>
#include <lua.hpp>

#include "backends/redis/script.hpp"

namespace lockstep::redis {

/// The script that is running, as the functions it calls see it (their first upvalue).
struct RunningScript {
  ScriptHost* host = nullptr;
  Words words;                 // of the command being made
  std::vector<Words> calls;    // the first commands that it has made
  std::vector<Reply> replies;  // to these, and already to the next ones where they are known
  Reply last_reply;            // to a command beyond those
  bool repeatable = true;      // it made no other commands and drew no random numbers
  std::int64_t serials = 0;    // objects that tostring has named so far

  /// Carries out the command whose words are there, unless its reply is known.
  const Reply& make_call();
};

inline RunningScript& running(lua_State* lua) {
  return *static_cast<RunningScript*>(lua_touserdata(lua, lua_upvalueindex(1)));
}

// script_values.cpp

/// Pushes a reply as Redis shows it to a script: nil is false, a status {ok=}, an error {err=}.
void push_reply(lua_State* lua, const Reply& reply);
/// Pushes {err = text}.
void push_error(lua_State* lua, std::string_view text);
/// Reads the value at the top as the reply of a script: numbers are cut to integers, true is 1,
/// false is nil, tables end at their first nil.
Reply reply_from(lua_State* lua);
/// Takes the argument at `index` of redis.call; false when it is neither string nor number.
bool argument_from(lua_State* lua, int index, std::string& out);
/// Line breaks would end a status or an error on the wire: they become spaces.
std::string one_line(std::string_view text);

// script_redis.cpp

/// Pushes the table `redis` with all its functions.
void push_redis_library(lua_State* lua, RunningScript& script);

// script_sandbox.cpp

/// Fills a new state with the libraries a script may use, all of them read-only.
void open_sandbox(lua_State* lua, RunningScript& script);
/// Makes a fresh start for the next script: KEYS, ARGV, and no memory of earlier ones.
void reset_sandbox(lua_State* lua, RunningScript& script, std::span<const std::string> keys,
                   std::span<const std::string> arguments);
/// True when the value at `index` is one of the sandbox's read-only tables.
bool is_protected(lua_State* lua, int index);

// script_random.cpp

/// Replaces math.random and math.randomseed in the table at the top by Redis's own.
void replace_random(lua_State* lua, RunningScript& script);

}  // namespace lockstep::redis
