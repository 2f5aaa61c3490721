// The table `redis` that scripts talk to the server through.
#include "backends/redis/script_lua.hpp"
#include "backends/redis/text.hpp"

namespace lockstep::redis {
namespace {

/// Makes the command whose words are the arguments, and pushes its reply or error: false when
/// it is an error.
bool make_call(lua_State* lua) {
  RunningScript& script = running(lua);
  const int count = lua_gettop(lua);
  if (count == 0) {
    push_error(lua, "ERR Please specify at least one argument for this redis lib call");
    return false;
  }
  Words& words = script.words;
  words.resize(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) {
    if (argument_from(lua, i + 1, words[static_cast<std::size_t>(i)])) continue;
    push_error(lua, "ERR Lua redis lib command arguments must be strings or integers");
    return false;
  }
  const Reply& reply = script.make_call();
  push_reply(lua, reply);
  if (!reply.is_error()) return true;
  lua_pushboolean(lua, 1);
  lua_setfield(lua, -2, "ignore_error_stats_update");
  return false;
}

int redis_call(lua_State* lua) {
  if (!make_call(lua)) return lua_error(lua);
  return 1;
}

int redis_pcall(lua_State* lua) {
  make_call(lua);
  return 1;
}

void push_wrong_arguments(lua_State* lua) {
  push_error(lua, "ERR wrong number or type of arguments");
}

/// An error text has its code in front: "-CODE text", or plain text that gets ERR.
void make_error_reply(lua_State* lua) {
  std::string text = lua_tostring(lua, 1);
  if (text.starts_with('-')) text.erase(0, 1);
  if (text.find(' ') == std::string::npos) text.insert(0, "ERR ");
  push_error(lua, text);
}

int redis_error_reply(lua_State* lua) {
  if (lua_gettop(lua) != 1 || lua_type(lua, 1) != LUA_TSTRING) {
    push_wrong_arguments(lua);
  } else {
    make_error_reply(lua);
  }
  return 1;
}

int redis_status_reply(lua_State* lua) {
  if (lua_gettop(lua) != 1 || lua_type(lua, 1) != LUA_TSTRING) {
    push_wrong_arguments(lua);
    return 1;
  }
  lua_createtable(lua, 0, 1);
  lua_pushvalue(lua, 1);
  lua_setfield(lua, -2, "ok");
  return 1;
}

void push_sha1(lua_State* lua) {
  std::size_t size = 0;
  const char* const text = lua_tolstring(lua, 1, &size);
  const std::string sha = sha1_hex(text ? std::string_view(text, size) : std::string_view());
  lua_pushlstring(lua, sha.data(), sha.size());
}

int redis_sha1hex(lua_State* lua) {
  if (lua_gettop(lua) != 1) {
    push_error(lua, "ERR wrong number of arguments");
    return lua_error(lua);
  }
  push_sha1(lua);
  return 1;
}

int nothing(lua_State*) {
  return 0;
}

int always_true(lua_State* lua) {
  lua_pushboolean(lua, 1);
  return 1;
}

int always_false(lua_State* lua) {
  lua_pushboolean(lua, 0);
  return 1;
}

int redis_setresp(lua_State* lua) {
  if (lua_gettop(lua) != 1) return luaL_error(lua, "redis.setresp() requires one argument.");
  const lua_Number version = lua_tonumber(lua, 1);
  if (version != 2) return luaL_error(lua, "RESP version must be 2 here: RESP3 is not modelled.");
  return 0;
}

struct Constant {
  const char* name;
  int value;
};
constexpr Constant constants[] = {{"LOG_DEBUG", 0},  {"LOG_VERBOSE", 1},
                                  {"LOG_NOTICE", 2}, {"LOG_WARNING", 3},
                                  {"REPL_NONE", 0},  {"REPL_AOF", 1},
                                  {"REPL_SLAVE", 2}, {"REPL_REPLICA", 2},
                                  {"REPL_ALL", 3},   {"REDIS_VERSION_NUM", 0x0007000f}};

constexpr luaL_Reg functions[] = {{"call", redis_call},
                                  {"pcall", redis_pcall},
                                  {"error_reply", redis_error_reply},
                                  {"status_reply", redis_status_reply},
                                  {"sha1hex", redis_sha1hex},
                                  {"log", nothing},
                                  {"debug", nothing},
                                  {"set_repl", nothing},
                                  {"replicate_commands", always_true},
                                  {"breakpoint", always_false},
                                  {"acl_check_cmd", always_true},
                                  {"setresp", redis_setresp}};

}  // namespace

const Reply& RunningScript::make_call() {
  const std::size_t place = calls.size();
  if (place == ScriptMemory::most_calls) {
    repeatable = false;
    last_reply = host->call(words);
    return last_reply;
  }
  calls.push_back(words);
  if (place == replies.size()) replies.push_back(host->call(words));
  return replies[place];
}

void push_redis_library(lua_State* lua, RunningScript& script) {
  lua_newtable(lua);
  for (const luaL_Reg& function : functions) {
    lua_pushlightuserdata(lua, &script);
    lua_pushcclosure(lua, function.func, 1);
    lua_setfield(lua, -2, function.name);
  }
  for (const Constant& constant : constants) {
    lua_pushnumber(lua, constant.value);
    lua_setfield(lua, -2, constant.name);
  }
  lua_pushliteral(lua, "7.0.15");
  lua_setfield(lua, -2, "REDIS_VERSION");
}

}  // namespace lockstep::redis
