// Values across the border between Lua and the server.
#include <cstdio>

#include "backends/redis/script_lua.hpp"
#include "backends/redis/text.hpp"

namespace lockstep::redis {
namespace {

void push_text(lua_State* lua, std::string_view text) {
  lua_pushlstring(lua, text.data(), text.size());
}

void set_field(lua_State* lua, const char* name, std::string_view text) {
  push_text(lua, text);
  lua_setfield(lua, -2, name);
}

std::string_view text_at(lua_State* lua, int index) {
  std::size_t size = 0;
  const char* const text = lua_tolstring(lua, index, &size);
  return {text, size};
}

/// Fetches a field of the table at the top without asking its metatable.
int raw_field(lua_State* lua, const char* name) {
  lua_pushstring(lua, name);
  lua_rawget(lua, -2);
  return lua_type(lua, -1);
}

Reply integer_of(lua_Number number) {
  // Beyond the range of 64 bits the processor's conversion gives the smallest integer.
  constexpr lua_Number limit = 9223372036854775808.0;
  const bool fits = number >= -limit && number < limit;
  return Reply::integer(fits ? static_cast<std::int64_t>(number) : INT64_MIN);
}

/// {err=}, {ok=}, {double=}: tables that stand for one value. Leaves the stack as it was.
bool special_table(lua_State* lua, Reply& reply) {
  bool special = true;
  if (raw_field(lua, "err") == LUA_TSTRING) {
    reply = Reply::error(one_line(text_at(lua, -1)));
  } else if (lua_pop(lua, 1), raw_field(lua, "ok") == LUA_TSTRING) {
    reply = Reply::status(one_line(text_at(lua, -1)));
  } else if (lua_pop(lua, 1), raw_field(lua, "double") == LUA_TNUMBER) {
    reply = Reply::bulk(format_score(lua_tonumber(lua, -1)));
  } else {
    special = false;
  }
  lua_pop(lua, 1);
  return special;
}

/// {map={key=value}} and {set={member=true}} become flat arrays in RESP2.
bool flat_table(lua_State* lua, Reply& reply) {
  for (const char* kind : {"map", "set"}) {
    if (raw_field(lua, kind) == LUA_TTABLE) {
      lua_pushnil(lua);
      while (lua_next(lua, -2) != 0) {
        if (kind[0] == 'm') {
          lua_pushvalue(lua, -2);
          reply.elements.push_back(reply_from(lua));
          lua_pop(lua, 1);
          reply.elements.push_back(reply_from(lua));
          lua_pop(lua, 1);
        } else {
          lua_pop(lua, 1);
          lua_pushvalue(lua, -1);
          reply.elements.push_back(reply_from(lua));
          lua_pop(lua, 1);
        }
      }
      lua_pop(lua, 1);
      return true;
    }
    lua_pop(lua, 1);
  }
  return false;
}

Reply table_reply(lua_State* lua) {
  if (lua_checkstack(lua, 8) == 0) return Reply::error("ERR reached lua stack limit");
  Reply reply = Reply::array({});
  if (special_table(lua, reply) || flat_table(lua, reply)) return reply;
  for (int i = 1;; ++i) {
    lua_rawgeti(lua, -1, i);
    if (lua_isnil(lua, -1)) break;
    reply.elements.push_back(reply_from(lua));
    lua_pop(lua, 1);
  }
  lua_pop(lua, 1);
  return reply;
}

}  // namespace

std::string one_line(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c == '\r' || c == '\n') c = ' ';
  }
  return out;
}

void push_error(lua_State* lua, std::string_view text) {
  lua_createtable(lua, 0, 2);
  set_field(lua, "err", text);
}

void push_reply(lua_State* lua, const Reply& reply) {
  luaL_checkstack(lua, 4, "too many nested replies");
  switch (reply.kind) {
    case Reply::Kind::nil:
    case Reply::Kind::nil_array: lua_pushboolean(lua, 0); return;
    case Reply::Kind::integer: lua_pushnumber(lua, static_cast<lua_Number>(reply.number)); return;
    case Reply::Kind::bulk: push_text(lua, reply.text); return;
    case Reply::Kind::status:
      lua_createtable(lua, 0, 1);
      set_field(lua, "ok", reply.text);
      return;
    case Reply::Kind::error: push_error(lua, reply.text); return;
    case Reply::Kind::array:
      lua_createtable(lua, static_cast<int>(reply.elements.size()), 0);
      int place = 0;
      for (const Reply& element : reply.elements) {
        push_reply(lua, element);
        lua_rawseti(lua, -2, ++place);
      }
      return;
  }
}

Reply reply_from(lua_State* lua) {
  switch (lua_type(lua, -1)) {
    case LUA_TSTRING: return Reply::bulk(std::string(text_at(lua, -1)));
    case LUA_TNUMBER: return integer_of(lua_tonumber(lua, -1));
    case LUA_TBOOLEAN: return lua_toboolean(lua, -1) != 0 ? Reply::integer(1) : Reply::nil();
    case LUA_TTABLE: return table_reply(lua);
    default: return Reply::nil();
  }
}

bool argument_from(lua_State* lua, int index, std::string& out) {
  switch (lua_type(lua, index)) {
    case LUA_TSTRING: out = text_at(lua, index); return true;
    case LUA_TNUMBER: out = format_score(lua_tonumber(lua, index)); return true;
    default: return false;
  }
}

}  // namespace lockstep::redis
