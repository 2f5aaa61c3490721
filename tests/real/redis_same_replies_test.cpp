// The rows of E1 in research/lock-algorithms.md, and every refusal we know of, on a real
// redis-server and on the simulated one.
#include <gtest/gtest.h>

#include <thread>

#include "tests/real/redis_pair.hpp"

namespace lockstep::redis {
namespace {

class SameReplies : public testing::Test {
 protected:
  void SetUp() override {
    if (!RedisProcess::installed()) GTEST_SKIP() << RedisProcess::how_to_install;
    pair = std::make_unique<Pair>();
  }
  void all(const std::vector<std::string>& lines) {
    for (const std::string& line : lines) (*pair)(line);
  }
  void eval(const std::string& script, const std::string& rest = "0") {
    Words words = Pair::split(rest);
    words.insert(words.begin(), {"EVAL", script});
    SCOPED_TRACE(script);
    pair->check(words);
  }
  static void sleep_ms(int ms) { std::this_thread::sleep_for(std::chrono::milliseconds(ms)); }

  std::unique_ptr<Pair> pair;
};

TEST_F(SameReplies, ToSetAndItsOptions) {
  all({"SET k a NX PX 100000",
       "SET k b NX PX 100000",
       "SET k b NX GET",
       "SET n b NX GET",
       "GET n",
       "SET k v PX 0",
       "SET k v PX -5",
       "SET k v NX XX",
       "SET k v EX 1 PX 1",
       "SET k v PX 1 KEEPTTL",
       "SET k v PX 9223372036854775807",
       "SET k v EX 9223372036854775807",
       "SET k v PX",
       "SET k",
       "SET k v FOO",
       "SET k v PX 1.5",
       "SET k v EXAT 0",
       "SET k v NX NX",
       "SET k v GET GET",
       "SET k v PX 100000",
       "PTTL k",
       "SET k v",
       "PTTL k",
       "SET k 1 PX 100000",
       "GETSET k 2",
       "PTTL k",
       "SET k 1 PX 100000",
       "SET k 2 KEEPTTL",
       "PTTL k",
       "INCR k",
       "DECR k",
       "APPEND k 0",
       "INCRBY k 5",
       "PTTL k",
       "GETEX k PERSIST",
       "PTTL k",
       "GETEX k EX 100",
       "TTL k",
       "GETEX k PXAT 1",
       "EXISTS k",
       "DECR k",
       "TTL k",
       "SETEX k 100 v",
       "TTL k",
       "PSETEX k 0 v",
       "SETNX k v",
       "SETNX new v",
       "MSET a 1 b 2",
       "MGET a nothing b",
       "MSET a",
       "GETDEL a",
       "GETDEL a",
       "STRLEN b",
       "GETRANGE b 0 -1",
       "SET k v PXAT 1",
       "EXISTS k"});
}

TEST_F(SameReplies, ToDeadlines) {
  all({"SET k v",
       "EXPIRE k 100 XX",
       "EXPIRE k 100 GT",
       "EXPIRE k 100 NX",
       "EXPIRE k 200 NX",
       "EXPIRE k 50 GT",
       "EXPIRE k 200 GT",
       "EXPIRE k 50 LT",
       "TTL k",
       "EXPIRE k 10 NX XX",
       "EXPIRE k 10 GT LT",
       "EXPIRE k 10 FOO",
       "EXPIRE nothing 10 FOO",
       "EXPIRE k x",
       "PEXPIRE k -1",
       "EXISTS k",
       "SET k v",
       "EXPIRE k 0",
       "EXISTS k",
       "SET k v",
       "PEXPIREAT k 1",
       "EXISTS k",
       "EXPIRE k 9223372036854775807",
       "PEXPIRE k 9223372036854775807",
       "SET k v",
       "PEXPIREAT k 9223372036854775807",
       "PEXPIRETIME k",
       "EXPIREAT k 4102444800",
       "EXPIRETIME k",
       "PERSIST k",
       "PERSIST k",
       "TTL k",
       "TTL nothing",
       "PTTL nothing",
       "EXPIRETIME nothing",
       "SET k v PX 1499",
       "TTL k",
       "SET k v PX 400",
       "TTL k"});
}

TEST_F(SameReplies, ToKeysThatDied) {
  (*pair)("SET k v PX 60");
  (*pair)("SET again v PX 60");
  (*pair)("WATCH k");
  sleep_ms(120);
  all({"MULTI", "PING", "EXEC", "GET k", "SET again w NX PX 100000", "GET again", "TTL k",
       "DEL k"});
}

TEST_F(SameReplies, ToRefusals) {
  all({"FOO",
       "FOO a bbb",
       "GET",
       "GeT a b",
       "SCRIPT",
       "SCRIPT foo",
       "CONFIG foo",
       "CONFIG GET",
       "CONFIG SET foo bar",
       "CONFIG SET maxmemory",
       "CONFIG SET maxmemory xx",
       "CONFIG SET maxmemory 0 maxmemory 0",
       "CONFIG SET maxmemory-policy xx",
       "CONFIG SET maxmemory-samples 0",
       "CONFIG SET notify-keyspace-events Q",
       "PING a b",
       "ECHO",
       "TIME x",
       "WAIT a b",
       "WAIT 1 -1",
       "WAIT 1 x",
       "WAIT 0 0",
       "SELECT x",
       "SELECT 0",
       "FLUSHALL foo",
       "SUBSCRIBE",
       "PUBLISH a",
       "EXISTS",
       "KEYS",
       "DBSIZE x",
       "EVAL",
       "EVALSHA x 0",
       "SCRIPT FLUSH foo",
       "SCRIPT LOAD",
       "HSET h f",
       "HSET h f v g",
       "ZADD z 1",
       "ZADD z 1 a b",
       "ZADD z nan a",
       "ZADD z NX XX 1 a",
       "ZADD z GT LT 1 a",
       "ZADD z INCR 1 a 2 b",
       "INCRBY k x",
       "DECRBY k -9223372036854775808",
       "LPOP l x",
       "LPOP l -1",
       "LSET l 0 x"});
}

TEST_F(SameReplies, ToTransactions) {
  all({"EXEC",    "DISCARD", "MULTI", "MULTI",      "WATCH a", "EXEC",       "MULTI", "GET",
       "SET a b", "EXEC",    "MULTI", "FOO",        "EXEC",    "HSET h f v", "MULTI", "INCR h",
       "SET w 1", "EXEC",    "GET w", "MULTI",      "SET w 2", "DISCARD",    "GET w", "MULTI",
       "EXEC x",  "EXEC",    "MULTI", "WAIT 1 100", "EXEC"});
  (*pair)("WATCH w");
  (*pair)("SET w 1", 1);
  all({"MULTI", "SET w 3", "EXEC", "GET w", "WATCH w", "UNWATCH"});
  (*pair)("SET w 4", 1);
  all({"MULTI", "GET w", "EXEC", "WATCH w"});
  (*pair)("EXPIRE w 100", 1);
  all({"MULTI", "GET w", "EXEC"});
}

TEST_F(SameReplies, ToSubscribersCommands) {
  all({"SUBSCRIBE c", "GET k", "PING", "PING x", "UNSUBSCRIBE c", "GET k", "PSUBSCRIBE c*", "MULTI",
       "PUNSUBSCRIBE", "UNSUBSCRIBE", "PUBLISH c m", "MULTI", "SUBSCRIBE c", "EXEC", "RESET",
       "PING"});
}

TEST_F(SameReplies, ToScores) {
  all({"ZADD z 1 b 1 a 0 c",
       "ZRANGE z 0 -1 WITHSCORES",
       "ZADD z NX 5 a 6 d",
       "ZADD z XX CH GT 7 a 1 b 9 e",
       "ZADD z XX CH LT 1 a",
       "ZADD z INCR 0.1 c",
       "ZINCRBY z 0.2 c",
       "ZADD z inf i -inf j",
       "ZINCRBY z -inf i",
       "ZADD z 0x10 hex 1e2 e 3.0 three 1e21 big -0 zero",
       "ZRANGE z 0 -1 REV WITHSCORES",
       "ZRANGE z (1 +inf BYSCORE LIMIT 1 2",
       "ZRANGE z +inf -inf BYSCORE REV LIMIT 0 2 WITHSCORES",
       "ZRANGE z 0 1 LIMIT 0 1",
       "ZRANGE z 0 1 LIMIT 0 -1",
       "ZRANGE z a 1 BYSCORE",
       "ZRANGE z 0 x",
       "ZRANGEBYSCORE z (1 (5",
       "ZRANGEBYSCORE z -inf +inf LIMIT -1 2",
       "ZREVRANGEBYSCORE z 5 1 WITHSCORES LIMIT 0 -1",
       "ZREVRANGE z 0 1 WITHSCORES",
       "ZRANK z a",
       "ZREVRANK z a",
       "ZRANK z nobody",
       "ZCOUNT z (0 5",
       "ZCARD z",
       "ZMSCORE z a nobody",
       "ZPOPMIN z",
       "ZPOPMAX z 2",
       "ZREMRANGEBYSCORE z -inf (1",
       "ZREMRANGEBYRANK z 0 1",
       "ZREM z a b c",
       "ZREMRANGEBYRANK z 0 -1",
       "EXISTS z"});
}

TEST_F(SameReplies, ToScripts) {
  const std::string cad =
      "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) "
      "else return 0 end";
  (*pair)("SET k mine PX 100000");
  eval(cad, "1 k other");
  eval(cad, "1 k mine");
  eval(cad, "1 k mine");
  (*pair)("HSET h f v");
  for (const std::string script :
       {"return {1.9, -1.9, 'x', true, false, {1, {2, 'y'}}, {ok='fine'}, {err='bad x'}, nil, 5}",
        "return redis.error_reply('a')",
        "return redis.error_reply('a b')",
        "return redis.error_reply('-a b')",
        "return redis.error_reply('')",
        "return redis.error_reply(1)",
        "return redis.status_reply('s')",
        "return {err='x'}",
        "return {double=1.5}",
        "return {map={a=1}}",
        "return 1e300",
        "return -1e300",
        "return 0/0",
        "return",
        "",
        "return {}",
        "return function() end",
        "return redis.call()",
        "return redis.pcall()",
        "return redis.call('foo')",
        "return redis.call('get')",
        "return redis.call('get', {})",
        "return redis.call('get', nil)",
        "return redis.call('multi')",
        "return redis.call('config')",
        "return redis.call('incr', 'h')",
        "return redis.pcall('incr', 'h')",
        "return redis.pcall('incr', 'h').err",
        "return redis.call('ping').ok",
        "local ok, e = pcall(redis.call, 'incr', 'h') return {tostring(ok), e}",
        "local ok, e = pcall(error, {err='BOOM x'}) return e",
        "error('x')",
        "error('x', 0)",
        "error({err='MY x'})",
        "error()",
        "error(5)",
        "local x = nil; return x.y",
        "return foo",
        "foo = 1",
        "redis.foo()",
        "string.x = 1",
        "rawset(_G, 'x', 1)",
        "return rawget(_G, 'x')",
        "return rawget(_G, 'type') == type",
        "return 1 +",
        "local a = 1\nlocal b = nil\nreturn a + b",
        "assert(false)",
        "assert(false, 'm')",
        "return tostring(redis.call('get', 'nothing'))",
        "return redis.call('set', 'n', 1.5)",
        "return redis.call('get', 'n')",
        "return redis.sha1hex('')",
        "return redis.sha1hex()",
        "return tostring(1e15) .. tostring(0.1) .. tostring(true) .. tostring(nil)",
        "return loadstring('return 5')()",
        "return loadstring('x=5')()",
        "local n = 0 for k in pairs(math) do n = n + 1 end return n",
        "return {math.random(100), math.random(5, 9), tostring(math.random())}",
        "math.randomseed(3) return math.random(1000)",
        "return math.random(0)",
        "return string.format('%5.2f %d %s %q', 1.234, 5, 'x', 'y')",
        "local t = {3, 1, 2} table.sort(t) return t",
        "return table.concat({1, 2}, ',')",
        "#!lua\nreturn 1",
        "#!lua flags=no-writes\nreturn redis.call('set', 'a', 'b')",
        "return redis.call('time')[3]",
        "return redis.replicate_commands()",
        "return coroutine.wrap(function() coroutine.yield(7) end)()"}) {
    eval(script);
  }
  for (const std::string rest : {"-1", "2 a", "x", "1 k a b"}) eval("return {KEYS, ARGV}", rest);
  all({"SCRIPT EXISTS e0e1f9fabfc9d4800c877a703b823ac0578ff8db", "SCRIPT LOAD \"return 1\"",
       "SCRIPT EXISTS E0E1F9FABFC9D4800C877A703B823AC0578FF8DB x",
       "EVALSHA E0E1F9FABFC9D4800C877A703B823AC0578FF8DB 0",
       "EVALSHA e0e1f9fabfc9d4800c877a703b823ac0578ff8db x", "SCRIPT FLUSH",
       "EVALSHA e0e1f9fabfc9d4800c877a703b823ac0578ff8db 0"});
}

TEST_F(SameReplies, ToAScriptThatOutlivesAKey) {
  eval(
      "redis.call('set', KEYS[1], 'v', 'px', 50) "
      "local before = redis.call('get', KEYS[1]) local start = redis.call('time') local moved "
      "repeat local t = redis.call('time') "
      "moved = (t[1] - start[1]) * 1000000 + t[2] - start[2] until moved > 150000 "
      "return {before, redis.call('get', KEYS[1]), redis.call('pttl', KEYS[1]), "
      "redis.call('set', KEYS[1], 'w', 'nx')}",
      "1 k");
  eval("return redis.call('get', KEYS[1])", "1 k");
}

TEST_F(SameReplies, ToWritesWithoutMemory) {
  all({"SET k v", "HSET h f v", "CONFIG SET maxmemory 1", "SET k w", "GET k", "HSET h f w",
       "INCR n", "EXPIRE k 100", "MULTI", "SET k w", "EXEC", "MULTI", "GET k", "EXEC", "DEL h"});
  eval("return redis.call('set', 'k', 'w')");
  eval("return redis.call('get', 'k')");
  eval("redis.call('del', 'k') return redis.call('set', 'k', 'w')");
  eval("#!lua flags=allow-oom\nreturn redis.call('set', 'k', 'w')");
  all({"CONFIG SET maxmemory 0", "GET k"});
}

TEST_F(SameReplies, ToALockUnderMemoryPressure) {
  const auto evicted = [this](const std::string& policy, const std::string& key) {
    (*pair)("FLUSHALL");
    (*pair)("CONFIG SET maxmemory 0");
    (*pair)("SET lock owner PX 600000");
    (*pair)("SET lasting x");
    sleep_ms(1100);  // the clock of LRU counts seconds
    (*pair)("CONFIG SET maxmemory 4mb maxmemory-policy " + policy);
    for (int i = 0; i < 6000; ++i) {
      pair->call({"SET", "fill:" + std::to_string(i), std::string(1000, 'x')});
    }
    (*pair)("CONFIG SET maxmemory 0");
    return (*pair)("EXISTS " + key);
  };
  EXPECT_EQ(evicted("noeviction", "lock"), "1");
  EXPECT_EQ(evicted("volatile-ttl", "lock"), "0");
  EXPECT_EQ(evicted("volatile-lru", "lasting"), "1");
  EXPECT_EQ(evicted("allkeys-lru", "lock"), "0");
}

TEST(SameState, AfterKillAndRestartWithAnAppendOnlyFile) {
  if (!RedisProcess::installed()) GTEST_SKIP() << RedisProcess::how_to_install;
  for (const std::string policy : {"always", "everysec", "no"}) {
    SCOPED_TRACE(policy);
    RedisProcess real({"--appendonly", "yes", "--appendfsync", policy});
    {
      RedisConnection client(real.port());
      client.call({"SET", "lock", "me", "NX", "PX", "60000"});
      client.call({"SET", "short", "me", "PX", "10"});
      client.call(
          {"EVAL", "redis.call('incr', 'fence') return redis.call('hincrby', 'h', 'f', 2)", "0"});
    }
    real.kill_and_restart();
    RedisConnection client(real.port());
    EXPECT_EQ(describe(client.call({"SET", "lock", "you", "NX"})), "(nil)");
    EXPECT_LE(client.call({"PTTL", "lock"}).number, 60000);
    EXPECT_EQ(describe(client.call({"GET", "short"})), "(nil)");
    EXPECT_EQ(describe(client.call({"INCR", "fence"})), "2");
    EXPECT_EQ(describe(client.call({"HGETALL", "h"})), "[\"f\", \"2\"]");
  }
}

}  // namespace
}  // namespace lockstep::redis
