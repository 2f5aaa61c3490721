// What the database tells of its keys: every change once, with its cause and who did it.
#include <gtest/gtest.h>

#include "tests/backends/redis_play.hpp"

namespace lockstep::redis {
namespace {

class RedisObserver : public testing::Test {
 protected:
  RedisObserver() {
    redis.db.observe([this](const Change& change) {
      const auto show = [](const Entry* entry) {
        return entry ? describe(entry->value) : std::string("-");
      };
      seen.push_back(change.key + ": " + show(change.before) + " > " + show(change.after) + " " +
                     std::string(name_of(change.cause)) + " " + std::to_string(change.session));
    });
  }
  std::vector<std::string> take() { return std::exchange(seen, {}); }

  Play redis;
  std::vector<std::string> seen;
};

using Seen = std::vector<std::string>;

TEST_F(RedisObserver, TellsGrantReleaseAndExpiry) {
  redis("SET k a NX PX 100");
  redis.other("SET k b NX PX 100");
  redis.pass_ms(101);
  redis.other("SET k b NX PX 100");
  redis.other("DEL k");
  EXPECT_EQ(take(), (Seen{"k: - > a command 1", "k: a > - expired 0", "k: - > b command 2",
                          "k: b > - command 2"}));
}

TEST_F(RedisObserver, TellsRenewalsAndChangesInPlace) {
  redis("HINCRBY h me 1");
  redis("PEXPIRE h 1000");
  redis("HINCRBY h me 1");
  redis("HDEL h me");
  EXPECT_EQ(take(), (Seen{"h: - > {me: 1} command 1", "h: {me: 1} > {me: 1} command 1",
                          "h: {me: 1} > {me: 2} command 1", "h: {me: 2} > - command 1"}));
}

TEST_F(RedisObserver, TellsOfScriptsTransactionsAndFlushes) {
  redis.eval("redis.call('set', KEYS[1], 'x') return redis.call('del', KEYS[1])", "1 k");
  redis.other("MULTI");
  redis.other("SET k y");
  redis.other("EXEC");
  redis("FLUSHALL");
  EXPECT_EQ(take(), (Seen{"k: - > x command 1", "k: x > - command 1", "k: - > y command 2",
                          "k: y > - flushed 1"}));
}

TEST_F(RedisObserver, SaysNothingOfWhatDidNotHappen) {
  redis("SET k a XX");
  redis("DEL k");
  redis("GET k");
  redis("HDEL k f");
  redis("ZREM k m");
  redis("PERSIST k");
  EXPECT_EQ(take(), Seen{});
}

}  // namespace
}  // namespace lockstep::redis
