#pragma once
// Every command the server knows, by family; the table in commands.cpp names them.

#include "backends/redis/command.hpp"

namespace lockstep::redis {

// commands_string.cpp
Reply set_command(Call& call);
Reply setnx_command(Call& call);
Reply setex_command(Call& call);
Reply psetex_command(Call& call);
Reply get_command(Call& call);
Reply getset_command(Call& call);
Reply getdel_command(Call& call);
Reply getex_command(Call& call);
Reply getrange_command(Call& call);
Reply mget_command(Call& call);
Reply mset_command(Call& call);
Reply append_command(Call& call);
Reply strlen_command(Call& call);
Reply incr_command(Call& call);
Reply decr_command(Call& call);
Reply incrby_command(Call& call);
Reply decrby_command(Call& call);

// commands_key.cpp
Reply del_command(Call& call);
Reply exists_command(Call& call);
Reply expire_command(Call& call);
Reply pexpire_command(Call& call);
Reply expireat_command(Call& call);
Reply pexpireat_command(Call& call);
Reply persist_command(Call& call);
Reply ttl_command(Call& call);
Reply pttl_command(Call& call);
Reply expiretime_command(Call& call);
Reply pexpiretime_command(Call& call);
Reply type_command(Call& call);
Reply keys_command(Call& call);

// commands_hash.cpp
Reply hset_command(Call& call);
Reply hmset_command(Call& call);
Reply hsetnx_command(Call& call);
Reply hget_command(Call& call);
Reply hmget_command(Call& call);
Reply hdel_command(Call& call);
Reply hexists_command(Call& call);
Reply hincrby_command(Call& call);
Reply hgetall_command(Call& call);
Reply hkeys_command(Call& call);
Reply hvals_command(Call& call);
Reply hlen_command(Call& call);

// commands_list.cpp
Reply lpush_command(Call& call);
Reply rpush_command(Call& call);
Reply lpushx_command(Call& call);
Reply rpushx_command(Call& call);
Reply lpop_command(Call& call);
Reply rpop_command(Call& call);
Reply llen_command(Call& call);
Reply lrange_command(Call& call);
Reply lindex_command(Call& call);
Reply lset_command(Call& call);
Reply lrem_command(Call& call);
Reply ltrim_command(Call& call);

// commands_zset.cpp
Reply zadd_command(Call& call);
Reply zincrby_command(Call& call);
Reply zrem_command(Call& call);
Reply zpopmin_command(Call& call);
Reply zpopmax_command(Call& call);
Reply zcard_command(Call& call);
Reply zscore_command(Call& call);
Reply zmscore_command(Call& call);

// commands_zrange.cpp
Reply zrange_command(Call& call);
Reply zrevrange_command(Call& call);
Reply zrangebyscore_command(Call& call);
Reply zrevrangebyscore_command(Call& call);
Reply zrank_command(Call& call);
Reply zrevrank_command(Call& call);
Reply zcount_command(Call& call);
Reply zremrangebyscore_command(Call& call);
Reply zremrangebyrank_command(Call& call);

// commands_pubsub.cpp
Reply subscribe_command(Call& call);
Reply psubscribe_command(Call& call);
Reply unsubscribe_command(Call& call);
Reply punsubscribe_command(Call& call);
Reply publish_command(Call& call);

// commands_transaction.cpp
Reply multi_command(Call& call);
Reply exec_command(Call& call);
Reply discard_command(Call& call);
Reply watch_command(Call& call);
Reply unwatch_command(Call& call);

// commands_script.cpp
Reply eval_command(Call& call);
Reply evalsha_command(Call& call);
Reply script_load_command(Call& call);
Reply script_exists_command(Call& call);
Reply script_flush_command(Call& call);

// commands_replication.cpp
Reply replicaof_command(Call& call);
Reply role_command(Call& call);
Reply info_command(Call& call);
Reply wait_command(Call& call);
Reply client_kill_command(Call& call);

// commands_server.cpp
Reply time_command(Call& call);
Reply ping_command(Call& call);
Reply echo_command(Call& call);
Reply quit_command(Call& call);
Reply reset_command(Call& call);
Reply select_command(Call& call);
Reply dbsize_command(Call& call);
Reply flushall_command(Call& call);
Reply config_get_command(Call& call);
Reply config_set_command(Call& call);

}  // namespace lockstep::redis
