// The table of commands: to add one, write its function and one line here.
#include "backends/redis/commands.hpp"

#include <array>

#include "backends/redis/text.hpp"

namespace lockstep::redis {
namespace {

constexpr unsigned grow = writes | grows;
constexpr unsigned control = unscripted | immediate;

constexpr Command table[] = {
    // Strings
    {"set", set_command, -3, grow},
    {"setnx", setnx_command, 3, grow},
    {"setex", setex_command, 4, grow},
    {"psetex", psetex_command, 4, grow},
    {"get", get_command, 2, 0},
    {"getset", getset_command, 3, grow},
    {"getdel", getdel_command, 2, writes},
    {"getex", getex_command, -2, writes},
    {"getrange", getrange_command, 4, 0},
    {"mget", mget_command, -2, 0},
    {"mset", mset_command, -3, grow},
    {"append", append_command, 3, grow},
    {"strlen", strlen_command, 2, 0},
    {"incr", incr_command, 2, grow},
    {"decr", decr_command, 2, grow},
    {"incrby", incrby_command, 3, grow},
    {"decrby", decrby_command, 3, grow},
    // Keys
    {"del", del_command, -2, writes},
    {"unlink", del_command, -2, writes},
    {"exists", exists_command, -2, 0},
    {"touch", exists_command, -2, 0},
    {"expire", expire_command, -3, writes},
    {"pexpire", pexpire_command, -3, writes},
    {"expireat", expireat_command, -3, writes},
    {"pexpireat", pexpireat_command, -3, writes},
    {"persist", persist_command, 2, writes},
    {"ttl", ttl_command, 2, 0},
    {"pttl", pttl_command, 2, 0},
    {"expiretime", expiretime_command, 2, 0},
    {"pexpiretime", pexpiretime_command, 2, 0},
    {"type", type_command, 2, 0},
    {"keys", keys_command, 2, 0},
    // Hashes
    {"hset", hset_command, -4, grow},
    {"hmset", hmset_command, -4, grow},
    {"hsetnx", hsetnx_command, 4, grow},
    {"hget", hget_command, 3, 0},
    {"hmget", hmget_command, -3, 0},
    {"hdel", hdel_command, -3, writes},
    {"hexists", hexists_command, 3, 0},
    {"hincrby", hincrby_command, 4, grow},
    {"hgetall", hgetall_command, 2, 0},
    {"hkeys", hkeys_command, 2, 0},
    {"hvals", hvals_command, 2, 0},
    {"hlen", hlen_command, 2, 0},
    // Lists
    {"lpush", lpush_command, -3, grow},
    {"rpush", rpush_command, -3, grow},
    {"lpushx", lpushx_command, -3, grow},
    {"rpushx", rpushx_command, -3, grow},
    {"lpop", lpop_command, -2, writes},
    {"rpop", rpop_command, -2, writes},
    {"llen", llen_command, 2, 0},
    {"lrange", lrange_command, 4, 0},
    {"lindex", lindex_command, 3, 0},
    {"lset", lset_command, 4, grow},
    {"lrem", lrem_command, 4, writes},
    {"ltrim", ltrim_command, 4, writes},
    // Sorted sets
    {"zadd", zadd_command, -4, grow},
    {"zincrby", zincrby_command, 4, grow},
    {"zrem", zrem_command, -3, writes},
    {"zpopmin", zpopmin_command, -2, writes},
    {"zpopmax", zpopmax_command, -2, writes},
    {"zcard", zcard_command, 2, 0},
    {"zscore", zscore_command, 3, 0},
    {"zmscore", zmscore_command, -3, 0},
    {"zrange", zrange_command, -4, 0},
    {"zrevrange", zrevrange_command, -4, 0},
    {"zrangebyscore", zrangebyscore_command, -4, 0},
    {"zrevrangebyscore", zrevrangebyscore_command, -4, 0},
    {"zrank", zrank_command, 3, 0},
    {"zrevrank", zrevrank_command, 3, 0},
    {"zcount", zcount_command, 4, 0},
    {"zremrangebyscore", zremrangebyscore_command, 4, writes},
    {"zremrangebyrank", zremrangebyrank_command, 4, writes},
    // Publish and subscribe
    {"publish", publish_command, 3, 0},
    {"subscribe", subscribe_command, -2, unscripted | for_subscribers},
    {"psubscribe", psubscribe_command, -2, unscripted | for_subscribers},
    {"unsubscribe", unsubscribe_command, -1, unscripted | for_subscribers},
    {"punsubscribe", punsubscribe_command, -1, unscripted | for_subscribers},
    // Transactions
    {"multi", multi_command, 1, control},
    {"exec", exec_command, 1, control | logs_itself},
    {"discard", discard_command, 1, control},
    {"watch", watch_command, -2, control},
    {"unwatch", unwatch_command, 1, unscripted},
    // Scripts
    {"eval", eval_command, -3, unscripted | logs_itself},
    {"evalsha", evalsha_command, -3, unscripted | logs_itself},
    {"script", nullptr, -2, container},
    {"script|load", script_load_command, 3, unscripted},
    {"script|exists", script_exists_command, -3, unscripted},
    {"script|flush", script_flush_command, -2, unscripted},
    // Replication
    {"replicaof", replicaof_command, 3, unscripted},
    {"slaveof", replicaof_command, 3, unscripted},
    {"role", role_command, 1, unscripted},
    {"info", info_command, -1, 0},
    {"wait", wait_command, 3, unscripted},
    {"client", nullptr, -2, container},
    {"client|kill", client_kill_command, 4, unscripted},
    // The server
    {"time", time_command, 1, 0},
    {"ping", ping_command, -1, for_subscribers},
    {"echo", echo_command, 2, 0},
    {"quit", quit_command, -1, control | for_subscribers},
    {"reset", reset_command, 1, control | for_subscribers},
    {"select", select_command, 2, 0},
    {"dbsize", dbsize_command, 1, 0},
    {"flushall", flushall_command, -1, writes},
    {"flushdb", flushall_command, -1, writes},
    {"config", nullptr, -2, container},
    {"config|get", config_get_command, -3, unscripted},
    {"config|set", config_set_command, -4, unscripted},
};

constexpr std::size_t slots = 512;  // a power of two, a good deal above the number of commands

/// From its length and three of its characters: the names differ in these, all but a few.
constexpr std::size_t hash(std::string_view name) {
  if (name.empty()) return 0;
  auto h = static_cast<std::uint32_t>(name.size());
  for (const std::size_t at : {std::size_t{0}, name.size() / 2, name.size() - 1}) {
    h = (h ^ static_cast<unsigned char>(lowercase(name[at]))) * 16777619u;
  }
  return (h ^ h >> 15) % slots;
}

constexpr auto build_index() {
  std::array<std::uint8_t, slots> index{};  // one more than the place in the table; 0: free
  std::uint8_t number = 0;
  for (const Command& command : table) {
    std::size_t slot = hash(command.name);
    while (index[slot] != 0) slot = (slot + 1) % slots;
    index[slot] = ++number;
  }
  return index;
}
constexpr auto command_index = build_index();

bool same(std::string_view name, std::string_view lower_name) {
  if (name.size() != lower_name.size()) return false;
  for (std::size_t i = 0; i < name.size(); ++i) {
    if (lowercase(name[i]) != lower_name[i]) return false;
  }
  return true;
}

const Command* find(std::string_view name) {
  for (std::size_t slot = hash(name); command_index[slot] != 0; slot = (slot + 1) % slots) {
    const Command& command = table[command_index[slot] - 1u];
    if (same(name, command.name)) return &command;
  }
  return nullptr;
}

}  // namespace

const Command* find_command(const Words& words) {
  const Command* const command = find(words[0]);
  if (!command || !command->has(container) || words.size() < 2) return command;
  const Command* const inner = find(words[0] + "|" + words[1]);
  return inner ? inner : command;
}

}  // namespace lockstep::redis
