// Scripts: the real text in the real interpreter, and nothing that outlives it.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "tests/backends/redis_play.hpp"

namespace lockstep::redis {
namespace {

TEST(RedisScript, CompareAndDeleteReleasesOnlyItsOwnValue) {
  Play redis;
  redis("SET k mine");
  EXPECT_EQ(redis.eval(compare_and_delete, "1 k other"), "0");
  EXPECT_EQ(redis.eval(compare_and_delete, "1 k mine"), "1");
  EXPECT_EQ(redis.eval(compare_and_delete, "1 k mine"), "0");
}

TEST(RedisScript, NumbersAndStringsAreNeverEqual) {
  Play redis;
  redis("SET k 5");
  EXPECT_EQ(redis.eval("if redis.call('get', KEYS[1]) == 5 then return 1 else return 0 end", "1 k"),
            "0");
}

TEST(RedisScript, ConvertsValuesAsRedisDoes) {
  Play redis;
  EXPECT_EQ(redis.eval("return {3.99, -3.99, 'x', true, false, {1, {2}}, 4, nil, 5}"),
            "[3, -3, \"x\", 1, (nil), [1, [2]], 4]");
  EXPECT_EQ(redis.eval("return redis.status_reply('FINE')"), "FINE");
  EXPECT_EQ(redis.eval("return redis.error_reply('MY fault')"), "(error) MY fault");
  EXPECT_EQ(redis.eval("return redis.error_reply('fault')"), "(error) ERR fault");
  EXPECT_EQ(redis.eval("return tostring(redis.call('get', 'nothing'))"), "\"false\"");
  EXPECT_EQ(redis.eval("return redis.call('set', 'k', 1.5).ok"), "\"OK\"");
  EXPECT_EQ(redis("GET k"), "\"1.5\"");
  EXPECT_EQ(redis.eval("return redis.sha1hex('')"), "\"da39a3ee5e6b4b0d3255bfef95601890afd80709\"");
}

TEST(RedisScript, ErrorsNameTheScriptAndTheLine) {
  Play redis;
  redis("HSET h f v");
  EXPECT_EQ(redis.eval("return redis.call('incr', 'h')"),
            "(error) WRONGTYPE Operation against a key holding the wrong kind of value script: "
            "8b0ab7376b00abdc7d1e9c407abb98f4dab69fc2, on @user_script:1.");
  const std::string error = redis.eval("local a = 1\nreturn a + nothing");
  EXPECT_EQ(error.find("(error) ERR user_script:2: Script attempted to access nonexistent global "
                       "variable 'nothing' script: "),
            0u);
  EXPECT_NE(error.find(", on @user_script:2."), std::string::npos);
  EXPECT_EQ(redis.eval("return redis.pcall('incr', 'h').err"),
            "\"WRONGTYPE Operation against a key holding the wrong kind of value\"");
  EXPECT_EQ(redis.eval("return 1 +"),
            "(error) ERR Error compiling script (new function): user_script:1: unexpected symbol "
            "near '<eof>'");
}

TEST(RedisScript, ExpiryStandsStillWhileTimeMoves) {
  Play redis;
  redis("SET k v PX 50");
  const std::string spin =
      "local before = redis.call('get', KEYS[1])\n"
      "local start = redis.call('time')\n"
      "local moved\n"
      "repeat local t = redis.call('time'); moved = (t[1] - start[1]) * 1000000 + t[2] - start[2]\n"
      "until moved >= 60000\n"
      "return {before, redis.call('get', KEYS[1]), redis.call('pttl', KEYS[1])}";
  EXPECT_EQ(redis.eval(spin, "1 k"), "[\"v\", \"v\", 0]");
  EXPECT_GE(redis.db.script_time_us(), 60'000);
}

TEST(RedisScript, NothingOutlivesAScript) {
  Play redis;
  const std::string refused = "Attempt to modify a readonly table";
  for (const std::string attack :
       {"x = 1", "_G.x = 1", "rawset(_G, 'x', 1)", "string.x = 1", "redis.call = nil", "KEYS = 1",
        "setmetatable(_G, {})", "table.insert(math, 1)", "getmetatable('').__index = nil",
        "getmetatable('').__index.x = 1", "function f() end"}) {
    EXPECT_NE(redis.eval(attack).find(refused), std::string::npos) << attack;
  }
  EXPECT_EQ(redis.eval("return ('a'):upper() .. string.upper('b')"), "\"AB\"");
  EXPECT_EQ(redis.eval("return tostring({})"), redis.eval("return tostring({})"));
}

TEST(RedisScript, RandomNumbersAreRedissOwn) {
  Play redis;  // as a fresh redis-server 7.0.15 answered
  EXPECT_EQ(redis.eval("return {math.random(1000), tostring(math.random()), math.random(5, 10)}"),
            "[397, \"0.84048536971234\", 7]");
  EXPECT_EQ(redis.eval("math.randomseed(7) return {math.random(100), math.random(100)}"),
            "[27, 69]");
}

TEST(RedisScript, AnEndlessScriptIsStopped) {
  Play redis;
  EXPECT_NE(redis.eval("while true do pcall(function() while true do end end) end")
                .find("Script stopped after"),
            std::string::npos);
  EXPECT_EQ(redis.eval("return 1"), "1");
}

TEST(RedisScript, IsKnownByItsDigestOnTheServerThatSawIt) {
  Play redis;
  const std::string sha = "e0e1f9fabfc9d4800c877a703b823ac0578ff8db";
  EXPECT_EQ(redis("EVALSHA " + sha + " 0"),
            "(error) NOSCRIPT No matching script. Please use EVAL.");
  EXPECT_EQ(describe(redis.db.execute(redis.one, {"SCRIPT", "LOAD", "return 1"}, 0)),
            "\"" + sha + "\"");
  EXPECT_EQ(redis("EVALSHA " + sha + " 0"), "1");
  Database another({.engine = &redis.engine});
  EXPECT_EQ(describe(another.execute(redis.two, {"SCRIPT", "EXISTS", sha}, 0)), "[0]");
  redis("SCRIPT FLUSH");
  EXPECT_EQ(redis("SCRIPT EXISTS " + sha), "[0]");
}

TEST(RedisScript, MayNotCallWhatWouldBreakItsAtomicity) {
  Play redis;
  for (const std::string command : {"'multi'", "'subscribe','c'", "'wait','1','1'",
                                    "'eval','return 1','0'", "'config','get','*'"}) {
    EXPECT_NE(redis.eval("return redis.call(" + command + ")")
                  .find("This Redis command is not allowed from script"),
              std::string::npos);
  }
}

TEST(RedisScript, DrawsAndReadsTheClockAnewEachTime) {
  Play redis;
  EXPECT_EQ(redis.eval("return math.random(1000)"), "397");
  EXPECT_NE(redis.eval("return math.random(1000)"), "397");
  const std::string now = "return redis.call('time')[1]";
  EXPECT_EQ(redis.eval(now), "\"1700000000\"");
  redis.pass_ms(1000);
  EXPECT_EQ(redis.eval(now), "\"1700000001\"");
}

/// Scripts whose commands and replies go different ways with what is stored.
const std::vector<std::string> turning = {
    compare_and_delete,
    "local had = redis.call('get', KEYS[1]) redis.call('set', KEYS[1], ARGV[1]) return had",
    "if redis.call('exists', KEYS[1]) == 1 then return redis.call('incr', 'c') end "
    "local reply = redis.pcall('incr', 'l') return type(reply) == 'table' and reply.err or reply",
    "local n = 0 for i = 1, 6 do n = n + redis.call('exists', KEYS[1], 'c') end "
    "redis.call('lpush', 'm', n) for i = 1, 6 do n = n + redis.call('llen', 'm') end return n",
    "KEYS[1] = 'c' ARGV[1] = 'x' return {redis.call('get', KEYS[1]), ARGV[1]}",
};

RC_GTEST_PROP(RedisScript, DoesTheSameWhetherOrNotItRanBefore, ()) {
  Play again;
  Play anew;  // where no text ever comes twice
  const int steps = *rc::gen::inRange(1, 60);
  for (int i = 0; i < steps; ++i) {
    const std::string key = *rc::gen::element<std::string>("a", "b");
    const std::string value = *rc::gen::element<std::string>("x", "y");
    const int which = *rc::gen::inRange<int>(0, static_cast<int>(turning.size()) + 2);
    if (which >= static_cast<int>(turning.size())) {
      const std::string command = which % 2 == 0 ? "DEL " + key : "SET " + key + " " + value;
      RC_ASSERT(again(command) == anew(command));
      continue;
    }
    const std::string& script = turning[static_cast<std::size_t>(which)];
    const std::string input = "1 " + key + " " + value;
    RC_ASSERT(again.eval(script, input) == anew.eval(script + " --" + std::to_string(i), input));
  }
  for (const char* command : {"GET a", "GET b", "GET c", "GET l", "LRANGE m 0 -1"}) {
    RC_ASSERT(again(command) == anew(command));
  }
}

}  // namespace
}  // namespace lockstep::redis
