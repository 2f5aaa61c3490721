// What a script can see: Lua's harmless libraries, read-only, and nothing that differs between
// two runs or outlives one.
//
// Redis patches Lua so that tables can be read-only. With the stock interpreter each such table
// is hidden behind an empty one whose metatable reads from it and refuses to be written to; the
// few functions that go past metatables are wrapped to know these proxies.
#include "backends/redis/script_lua.hpp"

namespace lockstep::redis {
namespace {

// Keys of the registry: their addresses, which nobody orders or prints.
char proxies_key;  // proxy -> what it hides
char globals_key;  // what _G hides
char names_key;    // object -> the name tostring gave it, in this run

constexpr const char* read_only = "Attempt to modify a readonly table";

void push_registered(lua_State* lua, char& key) {
  lua_pushlightuserdata(lua, &key);
  lua_rawget(lua, LUA_REGISTRYINDEX);
}

/// Pops the value at the top into the registry.
void register_top(lua_State* lua, char& key) {
  lua_pushlightuserdata(lua, &key);
  lua_insert(lua, -2);
  lua_rawset(lua, LUA_REGISTRYINDEX);
}

/// Replaces the proxy at `index` (positive) by what it hides; other values stay.
void unhide(lua_State* lua, int index) {
  if (lua_type(lua, index) != LUA_TTABLE) return;
  push_registered(lua, proxies_key);
  lua_pushvalue(lua, index);
  lua_rawget(lua, -2);
  lua_remove(lua, -2);
  if (lua_isnil(lua, -1)) {
    lua_pop(lua, 1);
  } else {
    lua_replace(lua, index);
  }
}

int raise_read_only(lua_State* lua) {
  return luaL_error(lua, read_only);
}

int raise_unknown_global(lua_State* lua) {
  const char* const name = lua_type(lua, 2) == LUA_TSTRING ? lua_tostring(lua, 2) : "?";
  return luaL_error(lua, "Script attempted to access nonexistent global variable '%s'", name);
}

/// Pops a table and pushes its read-only proxy.
void protect(lua_State* lua) {
  lua_newtable(lua);
  lua_createtable(lua, 0, 3);
  lua_pushvalue(lua, -3);
  lua_setfield(lua, -2, "__index");
  lua_pushcfunction(lua, raise_read_only);
  lua_setfield(lua, -2, "__newindex");
  lua_pushboolean(lua, 0);
  lua_setfield(lua, -2, "__metatable");
  lua_setmetatable(lua, -2);

  push_registered(lua, proxies_key);
  lua_pushvalue(lua, -2);
  lua_pushvalue(lua, -4);
  lua_rawset(lua, -3);
  lua_pop(lua, 1);
  lua_remove(lua, -2);
}

/// Refuses to go on when the first argument is a read-only table.
void refuse_protected(lua_State* lua) {
  if (!is_protected(lua, 1)) return;
  lua_pushstring(lua, read_only);
  lua_error(lua);
}

/// A function of Lua's own that may not touch read-only tables (its original is an upvalue).
int guarded(lua_State* lua) {
  refuse_protected(lua);
  lua_pushvalue(lua, lua_upvalueindex(2));
  lua_insert(lua, 1);
  lua_call(lua, lua_gettop(lua) - 1, LUA_MULTRET);
  return lua_gettop(lua);
}

/// A function of Lua's own that may look into read-only tables.
int seeing_through(lua_State* lua) {
  unhide(lua, 1);
  lua_pushvalue(lua, lua_upvalueindex(2));
  lua_insert(lua, 1);
  lua_call(lua, lua_gettop(lua) - 1, LUA_MULTRET);
  return lua_gettop(lua);
}

/// As Lua's, but a caught error table becomes its text, as Redis 7.0.15 has it.
int protected_call(lua_State* lua) {
  luaL_checkany(lua, 1);
  const int status = lua_pcall(lua, lua_gettop(lua) - 1, LUA_MULTRET, 0);
  lua_pushboolean(lua, status == 0);
  lua_insert(lua, 1);
  if (status != 0 && lua_istable(lua, -1) && !is_protected(lua, lua_gettop(lua))) {
    lua_pushliteral(lua, "err");
    lua_rawget(lua, -2);
    if (lua_type(lua, -1) == LUA_TSTRING) {
      lua_replace(lua, -2);
    } else {
      lua_pop(lua, 1);
    }
  }
  return lua_gettop(lua);
}

/// Names objects by the order in which they were first printed, not by address.
int to_string(lua_State* lua) {
  luaL_checkany(lua, 1);
  const int type = lua_type(lua, 1);
  const bool has_address = type == LUA_TTABLE || type == LUA_TFUNCTION || type == LUA_TTHREAD;
  if (!has_address || luaL_getmetafield(lua, 1, "__tostring") != 0) {
    lua_pushvalue(lua, lua_upvalueindex(2));
    lua_pushvalue(lua, 1);
    lua_call(lua, 1, 1);
    return 1;
  }
  push_registered(lua, names_key);
  if (!lua_istable(lua, -1)) {
    lua_pop(lua, 1);
    lua_newtable(lua);
    lua_pushvalue(lua, -1);
    register_top(lua, names_key);
  }
  lua_pushvalue(lua, 1);
  lua_rawget(lua, -2);
  if (!lua_isnil(lua, -1)) return 1;
  lua_pop(lua, 1);
  RunningScript& script = running(lua);
  lua_pushfstring(lua, "%s: 0x%d", lua_typename(lua, type), static_cast<int>(++script.serials));
  lua_pushvalue(lua, 1);
  lua_pushvalue(lua, -2);
  lua_rawset(lua, -4);
  return 1;
}

/// Memory in use depends on what ran before: scripts are told a constant.
int collect_garbage(lua_State* lua) {
  const char* const what = luaL_optstring(lua, 1, "collect");
  lua_pushnumber(lua, what[0] == 'c' && what[1] == 'o' && what[2] == 'u' ? 64 : 0);
  return 1;
}

/// Compiled code could do anything at all, so only text is taken.
int load_string(lua_State* lua) {
  std::size_t size = 0;
  const char* const text = luaL_checklstring(lua, 1, &size);
  const char* const name = luaL_optstring(lua, 2, text);
  if (size > 0 && text[0] == LUA_SIGNATURE[0]) {
    lua_pushnil(lua);
    lua_pushliteral(lua, "attempt to load chunk with wrong mode");
    return 2;
  }
  if (luaL_loadbuffer(lua, text, size, name) == 0) return 1;
  lua_pushnil(lua);
  lua_insert(lua, -2);
  return 2;
}

void set_function(lua_State* lua, RunningScript& script, const char* name, lua_CFunction function) {
  lua_pushlightuserdata(lua, &script);
  lua_getfield(lua, -2, name);
  lua_pushcclosure(lua, function, 2);
  lua_setfield(lua, -2, name);
}

void open_libraries(lua_State* lua) {
  constexpr luaL_Reg libraries[] = {{"", luaopen_base},
                                    {LUA_TABLIBNAME, luaopen_table},
                                    {LUA_STRLIBNAME, luaopen_string},
                                    {LUA_MATHLIBNAME, luaopen_math}};
  for (const luaL_Reg& library : libraries) {
    lua_pushcfunction(lua, library.func);
    lua_pushstring(lua, library.name);
    lua_call(lua, 1, 0);
  }
}

/// Takes away, replaces and wraps functions in the table of globals at the top.
void tame_globals(lua_State* lua, RunningScript& script) {
  for (const char* name : {"setfenv", "getfenv", "newproxy", "print", "dofile", "loadfile",
                           "require", "module", "package"}) {
    lua_pushnil(lua);
    lua_setfield(lua, -2, name);
  }
  for (const char* name : {"rawset", "setmetatable"}) set_function(lua, script, name, guarded);
  for (const char* name : {"rawget", "pairs", "next"}) {
    set_function(lua, script, name, seeing_through);
  }
  set_function(lua, script, "pcall", protected_call);
  set_function(lua, script, "tostring", to_string);
  set_function(lua, script, "collectgarbage", collect_garbage);
  set_function(lua, script, "gcinfo", collect_garbage);
  set_function(lua, script, "loadstring", load_string);

  lua_getfield(lua, -1, LUA_TABLIBNAME);
  set_function(lua, script, "insert", guarded);
  lua_pop(lua, 1);
  lua_getfield(lua, -1, LUA_MATHLIBNAME);
  replace_random(lua, script);
  lua_pop(lua, 1);
  push_redis_library(lua, script);
  lua_setfield(lua, -2, "redis");
}

void protect_strings(lua_State* lua) {
  lua_pushliteral(lua, "");
  lua_getmetatable(lua, -1);
  lua_getfield(lua, -3, LUA_STRLIBNAME);  // its proxy by now
  lua_setfield(lua, -2, "__index");
  lua_pushvalue(lua, -1);
  protect(lua);
  lua_setfield(lua, -2, "__metatable");
  lua_pop(lua, 2);
}

void set_list(lua_State* lua, const char* name, std::span<const std::string> list) {
  lua_createtable(lua, static_cast<int>(list.size()), 0);
  int place = 0;
  for (const std::string& each : list) {
    lua_pushlstring(lua, each.data(), each.size());
    lua_rawseti(lua, -2, ++place);
  }
  lua_setfield(lua, -2, name);
}

}  // namespace

bool is_protected(lua_State* lua, int index) {
  if (lua_type(lua, index) != LUA_TTABLE) return false;
  push_registered(lua, proxies_key);
  lua_pushvalue(lua, index);
  lua_rawget(lua, -2);
  const bool found = !lua_isnil(lua, -1);
  lua_pop(lua, 2);
  return found;
}

void open_sandbox(lua_State* lua, RunningScript& script) {
  open_libraries(lua);
  lua_newtable(lua);
  register_top(lua, proxies_key);

  lua_pushvalue(lua, LUA_GLOBALSINDEX);
  tame_globals(lua, script);
  for (const char* name :
       {LUA_TABLIBNAME, LUA_STRLIBNAME, LUA_MATHLIBNAME, LUA_COLIBNAME, "redis"}) {
    lua_getfield(lua, -1, name);
    protect(lua);
    lua_setfield(lua, -2, name);
  }
  protect_strings(lua);

  lua_pushvalue(lua, -1);
  register_top(lua, globals_key);
  lua_pushvalue(lua, -1);
  protect(lua);
  lua_pushvalue(lua, -1);
  lua_setfield(lua, -3, "_G");
  lua_replace(lua, LUA_GLOBALSINDEX);
  lua_createtable(lua, 0, 1);
  lua_pushcfunction(lua, raise_unknown_global);
  lua_setfield(lua, -2, "__index");
  lua_setmetatable(lua, -2);
  lua_pop(lua, 1);
}

void reset_sandbox(lua_State* lua, RunningScript& script, std::span<const std::string> keys,
                   std::span<const std::string> arguments) {
  lua_settop(lua, 0);
  if (script.serials > 0) {
    script.serials = 0;
    lua_pushnil(lua);
    register_top(lua, names_key);
  }
  push_registered(lua, globals_key);
  set_list(lua, "KEYS", keys);
  set_list(lua, "ARGV", arguments);
  lua_pop(lua, 1);
}

}  // namespace lockstep::redis
