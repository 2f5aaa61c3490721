// Logs and snapshots: what was done can be done again, up to where a crash tore it off.
#include "backends/redis/persistence.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "tests/backends/redis_play.hpp"

namespace lockstep::redis {
namespace {

using State = std::map<std::string, std::pair<std::string, std::int64_t>>;

State state_of(const Database& db) {
  State state;
  for (const auto& [key, entry] : db.keys()) {
    state[key] = {std::string(type_name(entry.value)) + describe(entry.value), entry.expires_ms};
  }
  return state;
}

State after_loading(const std::string& log, std::int64_t now_us) {
  Play restarted;
  load_log(restarted.db, log, now_us);
  restarted.db.finish_loading(now_us);
  return state_of(restarted.db);
}

DatabaseOptions logging() {
  DatabaseOptions options;
  options.keeps_log = true;
  return options;
}

TEST(RedisLog, HasAbsoluteDeadlines) {
  Play redis(logging());
  redis("SET k v NX PX 1000");
  EXPECT_EQ(redis.db.take_log(),
            "*5\r\n$3\r\nSET\r\n$1\r\nk\r\n$1\r\nv\r\n$4\r\nPXAT\r\n$13\r\n1700000001000\r\n");
  redis("SET k w NX PX 1000");
  EXPECT_EQ(redis.db.take_log(), "");
  redis("PEXPIRE k 5");
  EXPECT_EQ(redis.db.take_log(), "*3\r\n$9\r\nPEXPIREAT\r\n$1\r\nk\r\n$13\r\n1700000000005\r\n");
}

TEST(RedisLog, HasTheEffectsOfAScriptAsOneTransaction) {
  Play redis(logging());
  redis.eval("redis.call('incr', 'a') redis.call('get', 'a') redis.call('incr', 'b')");
  EXPECT_EQ(redis.db.take_log(),
            "*1\r\n$5\r\nMULTI\r\n*2\r\n$4\r\nincr\r\n$1\r\na\r\n*2\r\n$4\r\nincr\r\n$1\r\nb\r\n"
            "*1\r\n$4\r\nEXEC\r\n");
}

TEST(RedisLog, DeletesWhatExpired) {
  Play redis(logging());
  redis("SET k v PX 10");
  redis.db.take_log();
  redis.pass_ms(11);
  redis("GET k");
  EXPECT_EQ(redis.db.take_log(), "*2\r\n$3\r\nDEL\r\n$1\r\nk\r\n");
}

TEST(RedisLog, KeysThatDiedWhileTheServerWasDownAreGone) {
  Play redis(logging());
  redis("SET k v PX 1000");
  redis("SET kept v PX 9000");
  const std::string log = redis.db.take_log();
  EXPECT_EQ(after_loading(log, redis.now_us + 1'000'000).size(), 2u);
  EXPECT_EQ(after_loading(log, redis.now_us + 1'001'000).size(), 1u);
}

/// Commands of every kind on a few keys.
rc::Gen<std::string> any_command() {
  const auto key = [] { return rc::gen::element<std::string>("a", "b", "c"); };
  const auto command = [&key](std::string head, std::string tail) {
    return rc::gen::map(key(), [=](const std::string& k) { return head + " " + k + tail; });
  };
  return rc::gen::oneOf(
      command("SET", " v"), command("SET", " v NX PX 40"), command("SET", " w XX KEEPTTL"),
      command("DEL", ""), command("GET", ""), command("INCR", ""), command("GETDEL", ""),
      command("GETEX", " PX 30"), command("GETEX", " PERSIST"), command("PEXPIRE", " 25"),
      command("PEXPIRE", " -1"), command("PERSIST", ""), command("GETSET", " x"),
      command("APPEND", " y"), command("HSET", " f 1"), command("HINCRBY", " f 2"),
      command("HDEL", " f"), command("LPUSH", " p q"), command("RPOP", ""),
      command("ZADD", " 1.5 m 2 n"), command("ZINCRBY", " 0.1 m"), command("ZREM", " m"),
      rc::gen::just<std::string>("FLUSHALL"), rc::gen::just<std::string>("MULTI"),
      rc::gen::just<std::string>("EXEC"));
}

RC_GTEST_PROP(RedisLog, ReplayedGivesTheSameKeys, ()) {
  const auto lines = *rc::gen::container<std::vector<std::string>>(any_command());
  Play redis(logging());
  std::string log;
  for (const std::string& line : lines) {
    redis(line);
    redis.pass_ms(7);
    log += redis.db.take_log();
  }
  State expected = state_of(redis.db);
  std::erase_if(expected, [&redis](const auto& key) {
    const std::int64_t deadline = key.second.second;
    return deadline != forever && deadline < redis.now_us / 1000;
  });
  RC_ASSERT(after_loading(log, redis.now_us) == expected);

  Play from_snapshot;
  RC_ASSERT(load_snapshot(from_snapshot.db, snapshot(redis.db), redis.now_us));
  from_snapshot.db.finish_loading(redis.now_us);
  RC_ASSERT(state_of(from_snapshot.db) == expected);
}

RC_GTEST_PROP(RedisLog, TornAnywhereGivesTheStateBetweenTwoCommands, ()) {
  const auto lines = *rc::gen::nonEmpty<std::vector<std::string>>(
      rc::gen::container<std::vector<std::string>>(any_command()));
  Play redis(logging());
  std::string log;
  std::vector<std::pair<std::size_t, State>> states = {{0, State()}};
  for (const std::string& line : lines) {
    redis(line);
    log += redis.db.take_log();
    states.emplace_back(log.size(), state_of(redis.db));
  }
  const auto torn = *rc::gen::inRange<std::size_t>(0, log.size() + 1);
  State expected;
  std::size_t whole = 0;
  for (const auto& [size, state] : states) {
    if (size > torn) break;
    expected = state;
    whole = size;
  }
  Play restarted;
  const LoadedLog loaded = load_log(restarted.db, log.substr(0, torn), redis.now_us);
  RC_ASSERT(loaded.valid_bytes == whole);
  RC_ASSERT(state_of(restarted.db) == expected);
}

TEST(RedisSnapshot, IsTakenWholeOrNotAtAll) {
  Play redis;
  redis("SET k v");
  const std::string bytes = snapshot(redis.db);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    Play restarted;
    EXPECT_FALSE(load_snapshot(restarted.db, bytes.substr(0, size), redis.now_us));
    EXPECT_TRUE(restarted.db.keys().empty());
  }
}

}  // namespace
}  // namespace lockstep::redis
