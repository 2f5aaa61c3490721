// math.random as Redis has it: the same numbers from every server, by drand48's generator
// (POSIX: x' = 0x5deece66d x + 11 mod 2^48), of which the upper 31 bits are used.
#include <cmath>

#include "backends/redis/script_lua.hpp"

namespace lockstep::redis {
namespace {

std::uint32_t draw(ScriptRandom& random) {
  random.state = (random.state * 0x5deece66dull + 0xb) & 0xffff'ffff'ffffull;
  return static_cast<std::uint32_t>(random.state >> 17);
}

ScriptRandom& random_of(lua_State* lua) {
  RunningScript& script = running(lua);
  script.repeatable = false;
  return script.host->random();
}

int math_random(lua_State* lua) {
  constexpr std::uint32_t most = 0x7fffffff;
  const lua_Number r = static_cast<lua_Number>(draw(random_of(lua)) % most) / most;
  switch (lua_gettop(lua)) {
    case 0: lua_pushnumber(lua, r); return 1;
    case 1: {
      const int high = luaL_checkint(lua, 1);
      luaL_argcheck(lua, 1 <= high, 1, "interval is empty");
      lua_pushnumber(lua, std::floor(r * high) + 1);
      return 1;
    }
    case 2: {
      const int low = luaL_checkint(lua, 1);
      const int high = luaL_checkint(lua, 2);
      luaL_argcheck(lua, low <= high, 2, "interval is empty");
      const lua_Number size = static_cast<lua_Number>(high) - low + 1;
      lua_pushnumber(lua, std::floor(r * size) + low);
      return 1;
    }
    default: return luaL_error(lua, "wrong number of arguments");
  }
}

int math_randomseed(lua_State* lua) {
  const auto seed = static_cast<std::uint32_t>(luaL_checkint(lua, 1));
  random_of(lua).state = std::uint64_t{seed} << 16 | 0x330e;
  return 0;
}

}  // namespace

void replace_random(lua_State* lua, RunningScript& script) {
  constexpr luaL_Reg replacements[] = {{"random", math_random}, {"randomseed", math_randomseed}};
  for (const luaL_Reg& replacement : replacements) {
    lua_pushlightuserdata(lua, &script);
    lua_pushcclosure(lua, replacement.func, 1);
    lua_setfield(lua, -2, replacement.name);
  }
}

}  // namespace lockstep::redis
