#pragma once
// The Lua scripts that several locks share. Each is one atomic step of the server.

#include <string_view>

namespace lockstep::redis {

/// KEYS: lock. ARGV: owner. Deletes the key if it is the owner's; says how many it deleted.
inline constexpr std::string_view compare_and_delete = R"(
if redis.call('GET', KEYS[1]) == ARGV[1] then
  return redis.call('DEL', KEYS[1])
end
return 0)";

/// KEYS: lock. ARGV: owner, lease in ms. Gives an owner's key a whole new lease; 0 if it is not.
inline constexpr std::string_view compare_and_extend = R"(
if redis.call('GET', KEYS[1]) == ARGV[1] then
  return redis.call('PEXPIRE', KEYS[1], ARGV[2])
end
return 0)";

/// KEYS: lock, resource. ARGV: owner. The resource's value, if the lock is the owner's.
inline constexpr std::string_view guarded_get = R"(
if redis.call('GET', KEYS[1]) ~= ARGV[1] then
  return false
end
return redis.call('GET', KEYS[2]) or '0')";

/// KEYS: lock, resource. ARGV: owner, value. Stores the value, if the lock is the owner's.
inline constexpr std::string_view guarded_set = R"(
if redis.call('GET', KEYS[1]) ~= ARGV[1] then
  return false
end
redis.call('SET', KEYS[2], ARGV[2])
return ARGV[2])";

/// KEYS: n locks, n resources. ARGV: n owners, n values. Stores all, if every lock is its owner's.
inline constexpr std::string_view guarded_set_all = R"(
local n = #KEYS / 2
for i = 1, n do
  if redis.call('GET', KEYS[i]) ~= ARGV[i] then
    return 0
  end
end
for i = 1, n do
  redis.call('SET', KEYS[n + i], ARGV[n + i])
end
return 1)";

}  // namespace lockstep::redis
