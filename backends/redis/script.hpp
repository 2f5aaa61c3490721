#pragma once
// Lua 5.1 as Redis embeds it: the real text of a script, in Redis's sandbox.

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "backends/redis/reply.hpp"
#include "backends/redis/script_memory.hpp"
#include "backends/redis/session.hpp"

struct lua_State;

namespace lockstep::redis {

struct RunningScript;

/// A compiled script. Belongs to the engine that compiled it.
struct Script {
  std::string sha;          // 40 hexadecimal digits
  int reference = 0;        // of its function, within its engine
  bool read_only = false;   // "#!lua flags=no-writes"
  bool allows_oom = false;  // "#!lua flags=allow-oom"
};

/// Redis's drand48, as it stands when a server starts: every server draws the same numbers.
struct ScriptRandom {
  std::uint64_t state = 0x1234abcd330e;
};

/// The server behind a running script.
class ScriptHost {
 public:
  virtual ~ScriptHost() = default;
  virtual Reply call(const Words& words) = 0;
  /// The state of math.random: one per server process, running on from script to script.
  virtual ScriptRandom& random() = 0;
};

/// An interpreter and the scripts compiled in it. Making one costs some 50 us, so one thread may
/// hand the same engine to one database after the other: nothing that a script does outlives it
/// (no globals, libraries read-only), and what is kept, the compiled scripts and what they did
/// before, can't be seen. Not for two threads at once.
///
/// Differs from Redis on purpose: a table, function or coroutine prints as a serial number instead
/// of its address; collectgarbage tells nothing; a script that runs for a hundred million
/// instructions is stopped with an error where a real server would stay busy; cjson, cmsgpack,
/// struct and bit are absent. Iterating over a table whose keys are tables or functions goes by
/// address and is the one thing in here that is not deterministic.
class ScriptEngine {
 public:
  ScriptEngine();
  ~ScriptEngine();
  ScriptEngine(const ScriptEngine&) = delete;
  ScriptEngine& operator=(const ScriptEngine&) = delete;

  /// The script with this text, compiled at its first use; or the error to answer.
  tl::expected<const Script*, std::string> compile(std::string_view text);

  /// Runs a script of this engine to its end. Not to be called from within `host.call`.
  Reply run(const Script& script, std::span<const std::string> keys,
            std::span<const std::string> arguments, ScriptHost& host);

 private:
  struct Closer {
    void operator()(lua_State* state) const;
  };
  void open();
  Reply interpret(const ScriptInput& input, ScriptHost& host);

  std::unique_ptr<RunningScript> running_;
  std::unique_ptr<lua_State, Closer> lua_;
  int on_error_ = 0;                                    // where the error handler is kept
  std::map<std::string, Script, std::less<>> scripts_;  // by text
  const std::pair<const std::string, Script>* last_compiled_ = nullptr;  // asked for last
  ScriptMemory memory_;
};

}  // namespace lockstep::redis
