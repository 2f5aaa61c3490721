// Locks live on SET: what it takes, keeps and drops. Rows of E1 in research/lock-algorithms.md.
#include <gtest/gtest.h>

#include "tests/backends/redis_play.hpp"

namespace lockstep::redis {
namespace {

TEST(RedisSet, NxGivesTheKeyToTheFirstAlone) {
  Play redis;
  EXPECT_EQ(redis("SET k a NX PX 1000"), "OK");
  EXPECT_EQ(redis("SET k b NX PX 1000"), "(nil)");
  EXPECT_EQ(redis("GET k"), "\"a\"");
}

TEST(RedisSet, NxGetShowsTheHolderAndSetsOnlyAFreeKey) {
  Play redis;
  EXPECT_EQ(redis("SET k a NX GET"), "(nil)");
  EXPECT_EQ(redis("GET k"), "\"a\"");
  EXPECT_EQ(redis("SET k b NX GET"), "\"a\"");
  EXPECT_EQ(redis("GET k"), "\"a\"");
}

TEST(RedisSet, RefusesTimesAndOptionsThatMakeNoSense) {
  Play redis;
  const std::string invalid = "(error) ERR invalid expire time in 'set' command";
  const std::string syntax = "(error) ERR syntax error";
  EXPECT_EQ(redis("SET k v PX 0"), invalid);
  EXPECT_EQ(redis("SET k v PX -5"), invalid);
  EXPECT_EQ(redis("SET k v PX 9223372036854775807"), invalid);
  EXPECT_EQ(redis("SET k v EX 9223372036854775"), invalid);
  EXPECT_EQ(redis("SET k v NX XX"), syntax);
  EXPECT_EQ(redis("SET k v EX 1 PX 1"), syntax);
  EXPECT_EQ(redis("SET k v PX 1 KEEPTTL"), syntax);
  EXPECT_EQ(redis("SET k v PX"), syntax);
  EXPECT_EQ(redis("SET k v PX 1.5"), "(error) ERR value is not an integer or out of range");
  EXPECT_EQ(redis("EXISTS k"), "0");
}

TEST(RedisSet, PlainWritesDropTheDeadlineAndChangesInPlaceKeepIt) {
  Play redis;
  const auto ttl_after = [&redis](const std::string& line) {
    redis("SET k 1 PX 5000");
    redis(line);
    return redis("PTTL k");
  };
  EXPECT_EQ(ttl_after("SET k 2"), "-1");
  EXPECT_EQ(ttl_after("GETSET k 2"), "-1");
  EXPECT_EQ(ttl_after("SET k 2 KEEPTTL"), "5000");
  EXPECT_EQ(ttl_after("INCR k"), "5000");
  EXPECT_EQ(ttl_after("DECR k"), "5000");
  EXPECT_EQ(ttl_after("APPEND k 2"), "5000");
  EXPECT_EQ(ttl_after("GETEX k PERSIST"), "-1");
  redis("HSET h f 1");
  redis("PEXPIRE h 5000");
  redis("HINCRBY h f 1");
  EXPECT_EQ(redis("PTTL h"), "5000");
}

TEST(RedisSet, DecrOfAMissingKeyMakesItWithoutDeadline) {
  Play redis;
  EXPECT_EQ(redis("DECR k"), "-1");
  EXPECT_EQ(redis("TTL k"), "-1");
}

TEST(RedisSet, WrongTypesAndNumbersAreRefused) {
  Play redis;
  redis("HSET h f v");
  const std::string wrong =
      "(error) WRONGTYPE Operation against a key holding the wrong kind of value";
  EXPECT_EQ(redis("GET h"), wrong);
  EXPECT_EQ(redis("INCR h"), wrong);
  EXPECT_EQ(redis("SET h v GET"), wrong);
  EXPECT_EQ(redis("TYPE h"), "hash");
  EXPECT_EQ(redis("SET h v"), "OK");
  EXPECT_EQ(redis("INCR h"), "(error) ERR value is not an integer or out of range");
  redis("SET n 9223372036854775807");
  EXPECT_EQ(redis("INCR n"), "(error) ERR increment or decrement would overflow");
}

TEST(RedisCommands, UnknownOnesAndWrongCountsAreRefusedInRedissWords) {
  Play redis;
  EXPECT_EQ(redis("FOO a b"),
            "(error) ERR unknown command 'FOO', with args beginning with: 'a' 'b' ");
  EXPECT_EQ(redis("GeT"), "(error) ERR wrong number of arguments for 'get' command");
  EXPECT_EQ(redis("SCRIPT nothing"), "(error) ERR unknown subcommand 'nothing'. Try SCRIPT HELP.");
  EXPECT_EQ(redis("CONFIG GET"), "(error) ERR wrong number of arguments for 'config|get' command");
}

}  // namespace
}  // namespace lockstep::redis
