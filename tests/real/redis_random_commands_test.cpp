// Thousands of random conversations, each command to both servers: equal replies, equal events,
// equal keys at the end.
#include <gtest/gtest.h>

#include "core/random.hpp"
#include "tests/real/redis_pair.hpp"

namespace lockstep::redis {
namespace {

/// Shapes of commands. Words in capitals after the first stand for random ones: see Writer.
const std::vector<std::string_view> shapes = {
    "SET KEY VALUE",
    "SET KEY VALUE OPTION",
    "SET KEY VALUE OPTION OPTION",
    "SET KEY VALUE OPTION OPTION OPTION",
    "SET KEY VALUE NX PX TTL",
    "SETNX KEY VALUE",
    "SETEX KEY TTL VALUE",
    "PSETEX KEY TTL VALUE",
    "GET KEY",
    "GET KEY",
    "GETSET KEY VALUE",
    "GETDEL KEY",
    "GETEX KEY",
    "GETEX KEY EXPIRY",
    "GETEX KEY PERSIST",
    "MGET KEY KEY KEY",
    "MSET KEY VALUE KEY VALUE",
    "APPEND KEY VALUE",
    "STRLEN KEY",
    "GETRANGE KEY NUMBER NUMBER",
    "INCR KEY",
    "DECR KEY",
    "INCRBY KEY NUMBER",
    "DECRBY KEY NUMBER",
    "DEL KEY",
    "DEL KEY KEY",
    "UNLINK KEY",
    "EXISTS KEY KEY",
    "EXPIRE KEY TTL",
    "PEXPIRE KEY TTL",
    "EXPIRE KEY TTL WHEN",
    "PEXPIRE KEY TTL WHEN WHEN",
    "PEXPIREAT KEY MOMENT",
    "EXPIREAT KEY MOMENT WHEN",
    "PERSIST KEY",
    "TTL KEY",
    "PTTL KEY",
    "PEXPIRETIME KEY",
    "EXPIRETIME KEY",
    "TYPE KEY",
    "KEYS *",
    "KEYS k?",
    "HSET KEY MEMBER VALUE",
    "HSET KEY MEMBER VALUE MEMBER VALUE",
    "HSETNX KEY MEMBER VALUE",
    "HMSET KEY MEMBER VALUE",
    "HGET KEY MEMBER",
    "HMGET KEY MEMBER MEMBER",
    "HDEL KEY MEMBER",
    "HDEL KEY MEMBER MEMBER",
    "HEXISTS KEY MEMBER",
    "HINCRBY KEY MEMBER NUMBER",
    "HGETALL KEY",
    "HKEYS KEY",
    "HVALS KEY",
    "HLEN KEY",
    "LPUSH KEY MEMBER",
    "RPUSH KEY MEMBER MEMBER",
    "LPUSHX KEY MEMBER",
    "RPUSHX KEY MEMBER",
    "LPOP KEY",
    "RPOP KEY",
    "LPOP KEY NUMBER",
    "RPOP KEY NUMBER",
    "LLEN KEY",
    "LRANGE KEY NUMBER NUMBER",
    "LINDEX KEY NUMBER",
    "LSET KEY NUMBER MEMBER",
    "LREM KEY NUMBER MEMBER",
    "LTRIM KEY NUMBER NUMBER",
    "ZADD KEY SCORE MEMBER",
    "ZADD KEY SCORE MEMBER SCORE MEMBER",
    "ZADD KEY HOW SCORE MEMBER",
    "ZADD KEY HOW HOW SCORE MEMBER SCORE MEMBER",
    "ZINCRBY KEY SCORE MEMBER",
    "ZREM KEY MEMBER",
    "ZPOPMIN KEY",
    "ZPOPMAX KEY NUMBER",
    "ZCARD KEY",
    "ZSCORE KEY MEMBER",
    "ZMSCORE KEY MEMBER MEMBER",
    "ZRANGE KEY NUMBER NUMBER",
    "ZRANGE KEY NUMBER NUMBER WITHSCORES",
    "ZRANGE KEY NUMBER NUMBER REV",
    "ZRANGE KEY BOUND BOUND BYSCORE",
    "ZRANGE KEY BOUND BOUND BYSCORE REV LIMIT NUMBER NUMBER",
    "ZREVRANGE KEY NUMBER NUMBER",
    "ZRANGEBYSCORE KEY BOUND BOUND",
    "ZRANGEBYSCORE KEY BOUND BOUND WITHSCORES LIMIT NUMBER NUMBER",
    "ZREVRANGEBYSCORE KEY BOUND BOUND",
    "ZRANK KEY MEMBER",
    "ZREVRANK KEY MEMBER",
    "ZCOUNT KEY BOUND BOUND",
    "ZREMRANGEBYSCORE KEY BOUND BOUND",
    "ZREMRANGEBYRANK KEY NUMBER NUMBER",
    "MULTI",
    "MULTI",
    "EXEC",
    "EXEC",
    "EXEC",
    "DISCARD",
    "WATCH KEY",
    "WATCH KEY KEY",
    "UNWATCH",
    "PUBLISH channel VALUE",
    "PING",
    "ECHO VALUE",
    "DBSIZE",
    "FLUSHALL",
    "EVAL SCRIPT 1 KEY VALUE",
    "EVAL SCRIPT 1 KEY VALUE",
    "EVAL SCRIPT 1 KEY NUMBER",
    "EVAL SCRIPT 2 KEY KEY MEMBER"};

const std::vector<std::string> scripts = {
    "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) else return 0 "
    "end",
    "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('pexpire', KEYS[1], 100000) "
    "else return 0 end",
    "if redis.call('exists', KEYS[1]) == 0 then redis.call('hincrby', KEYS[1], ARGV[1], 1) "
    "redis.call('pexpire', KEYS[1], 300000) return nil end "
    "if redis.call('hexists', KEYS[1], ARGV[1]) == 1 then "
    "return redis.call('hincrby', KEYS[1], ARGV[1], 1) end return redis.call('pttl', KEYS[1])",
    "local n = redis.pcall('incrby', KEYS[1], ARGV[1]) if type(n) == 'table' then return n.err end "
    "return n",
    "redis.call('rpush', KEYS[1], ARGV[1]) return redis.call('lrange', KEYS[1], 0, -1)",
    "return redis.call('zadd', KEYS[1], 'incr', 0.1, ARGV[1])",
    "local t = redis.call('hgetall', KEYS[1]) return {#t, t}",
    "return {redis.call('type', KEYS[1]), redis.call('ttl', KEYS[1]) > 0}",
    "redis.call('set', KEYS[1], ARGV[1]) redis.call('set', KEYS[1], #ARGV[1], 'xx') "
    "return redis.call('get', KEYS[1])",
    "return redis.call('set', KEYS[1], ARGV[1], 'nx', 'px', 100000)",
    "local ok, e = pcall(redis.call, 'lpush', KEYS[1], ARGV[1]) return {ok, e}",
    "redis.call('publish', 'channel', ARGV[1]) return redis.call('dbsize')",
    "return tonumber(ARGV[1]) or ARGV[1] .. '?'",
    "redis.call('incr', KEYS[1]) error('stop ' .. ARGV[1])"};

/// Writes random commands, some of them broken.
class Writer {
 public:
  explicit Writer(std::uint64_t seed) : random_(seed, "commands") {}

  Words command() {
    const std::string shape(random_.pick(shapes));
    Words words;
    for (const std::string& word : Pair::split(shape)) {
      const bool first = words.empty();
      for (std::string& made : first ? Words{word} : make(word)) words.push_back(std::move(made));
    }
    if (random_.below(4) == 0) words[0] = lowercase(words[0]);
    const std::uint64_t mishap = random_.below(40);
    if (mishap == 0 && words.size() > 1) words.pop_back();
    if (mishap == 1) words.push_back(pick({"a", "1", "NX", "LIMIT", "WITHSCORES", ""}));
    return words;
  }
  std::size_t client() { return random_.below(3) == 0; }

 private:
  std::string pick(const std::vector<std::string>& words) { return random_.pick(words); }
  std::string digits(std::uint64_t bound) { return std::to_string(1 + random_.below(bound)); }

  /// Lengths of time are either far away or no time at all: the two clocks are not the same.
  std::string ttl() {
    if (random_.below(6) == 0) return pick({"0", "-1", "x", "", "9223372036854775807", "1.5"});
    return std::to_string(200'000 + 10'000 * random_.below(100'000));
  }
  std::string moment() {
    if (random_.below(4) == 0) return pick({"0", "-1", "1", "x"});
    return std::to_string(4'102'444'800'000 +
                          10'000 * static_cast<std::int64_t>(random_.below(100'000)));
  }
  Words expiry() {
    const std::string unit = pick({"EX", "PX", "px", "EXAT", "PXAT"});
    return {unit, unit.size() == 2 ? ttl() : moment()};
  }

  Words make(const std::string& word) {
    if (word == "KEY") return {pick({"k1", "k1", "k2", "k3"})};
    if (word == "VALUE") {
      return {
          pick({"v", "w", "", "0", "10", "-3", "9223372036854775807", "1.5", " 1", "long text"})};
    }
    if (word == "MEMBER") return {pick({"a", "b", "c", "d", ""})};
    if (word == "NUMBER") {
      return {pick({"0", "1", "2", "-1", "-2", "5", "100", "-100", "x", "9223372036854775807"})};
    }
    if (word == "SCORE") {
      return {pick({"0", "1", "2", "1.5", "0.1", "-1", "inf", "-inf", "1e3", "nan", "x", "-0"})};
    }
    if (word == "BOUND") {
      return {pick({"0", "1", "2", "(1", "(2", "-inf", "+inf", "(-inf", "1.5", "x", "("})};
    }
    if (word == "HOW") return {pick({"NX", "XX", "GT", "LT", "CH", "INCR", "incr"})};
    if (word == "WHEN") return {pick({"NX", "XX", "GT", "LT", "gt"})};
    if (word == "SCRIPT") return {pick(scripts)};
    if (word == "TTL") return {ttl()};
    if (word == "MOMENT") return {moment()};
    if (word == "EXPIRY") return expiry();
    if (word == "OPTION") {
      if (random_.below(2) == 0) return expiry();
      return {pick({"NX", "XX", "GET", "KEEPTTL", "nx"})};
    }
    return {word};
  }

  Random random_;
};

std::string line_of(const Words& words) {
  std::string line;
  for (const std::string& word : words) line += describe(Reply::bulk(word)) + " ";
  return line;
}

/// One conversation; gives what went wrong, or nothing.
std::string converse(Pair& pair, std::uint64_t seed) {
  std::string story;
  const auto differs = [&](const Words& words, std::size_t client) {
    const Pair::Answers answers = pair.call(words, client);
    story += std::to_string(client) + ": " + line_of(words) + "\n";
    if (answers.agree) return false;
    story += "  simulated: " + describe(answers.simulated) +
             "\n  real:      " + describe(answers.real) + "\n";
    return true;
  };
  Writer writer(seed);
  for (int i = 0; i < 30; ++i) {
    const std::size_t client = writer.client();
    if (differs(writer.command(), client)) return story;
  }
  for (std::size_t client = 0; client < Pair::clients; ++client) {
    if (differs({"RESET"}, client)) return story;
  }
  for (const std::string key : {"k1", "k2", "k3"}) {
    for (const std::string look : {"TYPE", "PTTL", "GET", "HGETALL"}) {
      if (differs({look, key}, 0)) return story;
    }
    if (differs({"LRANGE", key, "0", "-1"}, 0)) return story;
    if (differs({"ZRANGE", key, "0", "-1", "WITHSCORES"}, 0)) return story;
  }
  const auto [simulated, real] = pair.heard();
  if (simulated != real) return story + "events, simulated:\n" + simulated + "real:\n" + real;
  return differs({"FLUSHALL"}, 0) ? story : "";
}

TEST(SameRepliesAndEvents, InRandomConversations) {
  if (!RedisProcess::installed()) GTEST_SKIP() << RedisProcess::how_to_install;
  Pair pair;
  pair("CONFIG SET notify-keyspace-events AKEn");
  pair.listen();
  const char* const asked = std::getenv("LOCKSTEP_REAL_CONVERSATIONS");
  const std::uint64_t conversations = asked ? std::stoull(asked) : 4000;
  for (std::uint64_t seed = 1; seed <= conversations; ++seed) {
    const std::string story = converse(pair, seed);
    ASSERT_TRUE(story.empty()) << "conversation " << seed << ":\n" << story;
  }
}

}  // namespace
}  // namespace lockstep::redis
