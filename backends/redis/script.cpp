// Compiling and running scripts.
#include "backends/redis/script.hpp"

#include <stdexcept>

#include "backends/redis/script_lua.hpp"
#include "backends/redis/text.hpp"

namespace lockstep::redis {
namespace {

constexpr int instruction_limit = 100'000'000;

/// Ends a script that ran too long: whatever catches the error meets the next one at once.
void stop(lua_State* lua, lua_Debug*) {
  lua_sethook(lua, stop, LUA_MASKCOUNT, 1);
  luaL_error(lua, "Script stopped after %d instructions", instruction_limit);
}

/// Turns whatever was thrown into a table {err, source, line}. Redis does it in Lua.
int describe_error(lua_State* lua) {
  if (!lua_istable(lua, 1) || is_protected(lua, 1)) {
    const char* const text = lua_tostring(lua, 1);
    lua_pushfstring(lua, "ERR %s", text ? text : luaL_typename(lua, 1));
    lua_createtable(lua, 0, 3);
    lua_insert(lua, -2);
    lua_setfield(lua, -2, "err");
    lua_replace(lua, 1);
  }
  lua_Debug where;
  int level = 1;
  bool known = lua_getstack(lua, level, &where) != 0;
  if (known) lua_getinfo(lua, "Sl", &where);
  if (known && where.what[0] == 'C') {
    known = lua_getstack(lua, ++level, &where) != 0;
    if (known) lua_getinfo(lua, "Sl", &where);
  }
  if (known) {
    lua_pushliteral(lua, "source");
    lua_pushstring(lua, where.source);
    lua_rawset(lua, 1);
    lua_pushliteral(lua, "line");
    lua_pushinteger(lua, where.currentline);
    lua_rawset(lua, 1);
  }
  lua_settop(lua, 1);
  return 1;
}

/// A field of the error table at the top as text; empty when there is none.
std::string error_field(lua_State* lua, const char* name) {
  lua_pushstring(lua, name);
  lua_rawget(lua, -2);
  const char* const text = lua_tostring(lua, -1);
  std::string out = text ? text : "";
  lua_pop(lua, 1);
  return out;
}

/// The reply of a script that ended in the error at the top.
Reply error_reply(lua_State* lua, const Script& script) {
  if (!lua_istable(lua, -1)) {
    const char* const text = lua_tostring(lua, -1);
    return Reply::error(std::string("ERR ") + (text ? text : "unknown error"));
  }
  std::string text = error_field(lua, "err");
  if (text.empty()) text = "ERR unknown error";
  const std::string source = error_field(lua, "source");
  text += " script: " + script.sha;
  if (!source.empty()) text += ", on " + source + ":" + error_field(lua, "line");
  return Reply::error(one_line(text + "."));
}

/// Reads "#!lua flags=a,b"; gives an error text, or none.
std::optional<std::string> parse_shebang(std::string_view line, Script& script) {
  line.remove_prefix(2);
  const std::size_t space = line.find(' ');
  const std::string_view engine = line.substr(0, space);
  if (engine != "lua") return "ERR Unexpected engine in script shebang: " + std::string(engine);
  if (space == std::string_view::npos) return std::nullopt;
  std::string_view flags = line.substr(space + 1);
  if (!flags.starts_with("flags=")) {
    return "ERR Unknown lua shebang option: " + std::string(flags);
  }
  flags.remove_prefix(6);
  while (!flags.empty()) {
    const std::size_t comma = std::min(flags.find(','), flags.size());
    const std::string_view flag = flags.substr(0, comma);
    flags.remove_prefix(std::min(comma + 1, flags.size()));
    if (flag == "no-writes") {
      script.read_only = true;
    } else if (flag == "allow-oom") {
      script.allows_oom = true;
    } else if (flag != "allow-stale" && flag != "no-cluster" && flag != "allow-cross-slot-keys") {
      return "ERR Unexpected flag in script shebang: " + std::string(flag);
    }
  }
  return std::nullopt;
}

}  // namespace

ScriptEngine::ScriptEngine() = default;
ScriptEngine::~ScriptEngine() = default;

void ScriptEngine::Closer::operator()(lua_State* state) const {
  lua_close(state);
}

void ScriptEngine::open() {
  if (lua_) return;
  running_ = std::make_unique<RunningScript>();
  lua_.reset(luaL_newstate());
  if (!lua_) throw std::runtime_error("no memory for a Lua interpreter");
  lua_gc(lua_.get(), LUA_GCSETPAUSE, 1000);  // ten times what is alive: that is little
  open_sandbox(lua_.get(), *running_);
  lua_pushcfunction(lua_.get(), describe_error);
  on_error_ = luaL_ref(lua_.get(), LUA_REGISTRYINDEX);
}

tl::expected<const Script*, std::string> ScriptEngine::compile(std::string_view text) {
  if (last_compiled_ && last_compiled_->first == text) return &last_compiled_->second;
  if (const auto known = scripts_.find(text); known != scripts_.end()) {
    last_compiled_ = &*known;
    return &known->second;
  }
  open();
  Script script;
  std::string_view body = text;
  if (text.starts_with("#!")) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos)
      return tl::unexpected(std::string("ERR Invalid script shebang"));
    if (auto error = parse_shebang(text.substr(0, end), script)) return tl::unexpected(*error);
    body = text.substr(end);
  }
  lua_State* const lua = lua_.get();
  const bool binary = body.starts_with(LUA_SIGNATURE[0]);
  const int status =
      binary ? LUA_ERRSYNTAX : luaL_loadbuffer(lua, body.data(), body.size(), "@user_script");
  if (status != 0) {
    std::string why = binary ? "compiled code is not taken" : lua_tostring(lua, -1);
    lua_settop(lua, 0);
    return tl::unexpected("ERR Error compiling script (new function): " + one_line(why));
  }
  script.reference = luaL_ref(lua, LUA_REGISTRYINDEX);
  script.sha = sha1_hex(text);
  return &scripts_.emplace(std::string(text), std::move(script)).first->second;
}

Reply ScriptEngine::run(const Script& script, std::span<const std::string> keys,
                        std::span<const std::string> arguments, ScriptHost& host) {
  const ScriptInput input{&script, keys, arguments};
  std::vector<Reply>& replies = running_->replies;
  replies.clear();
  for (const ScriptRun* known = memory_.find(input, replies); known;) {
    const std::size_t made = replies.size();
    if (known->calls.size() == made) return known->result;
    replies.push_back(host.call(known->calls[made]));
    if (replies[made] != known->replies[made]) known = memory_.find(input, replies);
  }
  return interpret(input, host);
}

/// Runs a script of which the first replies are known, for its commands were carried out already.
Reply ScriptEngine::interpret(const ScriptInput& input, ScriptHost& host) {
  lua_State* const lua = lua_.get();
  running_->host = &host;
  running_->calls.clear();
  running_->repeatable = true;
  reset_sandbox(lua, *running_, input.keys, input.arguments);
  lua_sethook(lua, stop, LUA_MASKCOUNT, instruction_limit);
  lua_rawgeti(lua, LUA_REGISTRYINDEX, on_error_);
  lua_rawgeti(lua, LUA_REGISTRYINDEX, input.script->reference);
  const int status = lua_pcall(lua, 0, 1, 1);
  Reply reply = status == 0 ? reply_from(lua) : error_reply(lua, *input.script);
  lua_settop(lua, 0);
  running_->host = nullptr;
  if (running_->repeatable) memory_.keep(input, running_->calls, running_->replies, reply);
  return reply;
}

}  // namespace lockstep::redis
