#include "sim/disk.hpp"

#include <gmock/gmock.h>
#include <rapidcheck/gtest.h>

#include <set>

#include "tests/sim/plays.hpp"

namespace lockstep::sim {
namespace {

// Runs `main` on one node, lets it lose its power at `off`, and reads the file afterwards.
std::string after_power_loss(std::uint64_t seed, Node::Main main, Duration off) {
  World::Options options;
  options.seed = seed;
  std::string found;
  World world(options);
  Node& node = world.add("node", [&found, &main](Env& env) -> Task<void> {
    if (static_cast<Node&>(env).incarnation() == 1) {
      co_await main(env);
      co_await env.sleep_for(1h);
    }
    const auto content = co_await env.disk().read("log");
    found = *content;
  });
  world.run_until(at(off));
  node.power_off();
  node.start();
  world.run_until(at(2h));
  return found;
}

Task<void> three_appends(Env& env) {
  (void)co_await env.disk().append("log", "one ");
  (void)co_await env.disk().append("log", "two ");
  (void)co_await env.disk().append("log", "three");
}

TEST(Disk, KeepsWhatWasSyncedWhateverHappens) {
  const auto main = [](Env& env) -> Task<void> {
    co_await three_appends(env);
    (void)co_await env.disk().sync("log");
  };
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    EXPECT_EQ(after_power_loss(seed, main, 1s), "one two three");
  }
}

TEST(Disk, LosesAnySuffixOfWhatWasNotSyncedAndTearsOneWrite) {
  std::set<std::string> seen;
  for (std::uint64_t seed = 0; seed < 500; ++seed) {
    const std::string left = after_power_loss(seed, three_appends, 1s);
    EXPECT_TRUE(std::string("one two three").starts_with(left)) << left;
    seen.insert(left);
  }
  EXPECT_EQ(seen.size(), std::string("one two three").size() + 1);
}

TEST(Disk, AReplacementIsNeverTorn) {
  const auto main = [](Env& env) -> Task<void> {
    (void)co_await env.disk().append("log", "old content");
    (void)co_await env.disk().sync("log");
    (void)co_await env.disk().replace("log", "new");
  };
  std::set<std::string> seen;
  for (std::uint64_t seed = 0; seed < 100; ++seed) seen.insert(after_power_loss(seed, main, 1s));
  EXPECT_EQ(seen, (std::set<std::string>{"old content", "new"}));
}

TEST(Disk, ASyncUnderWayAtTheLossPromisesNothing) {
  const auto main = [](Env& env) -> Task<void> {
    co_await three_appends(env);
    (void)co_await env.disk().sync("log");
  };
  std::set<std::string> seen;
  for (std::uint64_t seed = 0; seed < 50; ++seed) seen.insert(after_power_loss(seed, main, 200us));
  EXPECT_GT(seen.size(), 2u);
}

Task<bool> synced(Env& env, Duration after) {
  co_await env.sleep_for(after);
  (void)co_await env.disk().sync("log");
  co_return true;
}

Task<bool> appended(Env& env, Duration after) {
  co_await env.sleep_for(after);
  (void)co_await env.disk().append("log", "late");
  co_return true;
}

// Two syncs side by side, and a write that neither of them saw.
TEST(Disk, ASyncCoversNothingThatWasWrittenAfterItBegan) {
  const auto main = [](Env& env) -> Task<void> {
    (void)co_await env.disk().append("log", "early ");
    std::vector<Task<bool>> all;
    all.push_back(synced(env, 0ms));
    all.push_back(synced(env, 0ms));
    all.push_back(appended(env, 100us));
    auto join = when_all(std::move(all));
    (void)co_await std::move(join);
  };
  std::set<std::string> seen;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    const std::string left = after_power_loss(seed, main, 1s);
    EXPECT_TRUE(left.starts_with("early ")) << left;
    seen.insert(left);
  }
  EXPECT_TRUE(seen.contains("early "));
  EXPECT_TRUE(seen.contains("early late"));
}

TEST(Disk, TheDeathOfAProcessLosesNothing) {
  std::string found;
  World world{World::Options()};
  Node& node = world.add("node", [&found](Env& env) -> Task<void> {
    if (static_cast<Node&>(env).incarnation() == 1) co_await three_appends(env);
    const auto content = co_await env.disk().read("log");
    found = *content;
    co_await env.sleep_for(1h);
  });
  world.run_until(at(1s));
  node.kill();
  node.start();
  found.clear();
  world.run_until(at(2s));
  EXPECT_EQ(found, "one two three");
  EXPECT_EQ(node.disk().size("log"), 13u);
}

TEST(Disk, AWipedDiskIsEmptyAndASyncUnderWayHarmsNothing) {
  World world{World::Options()};
  Node& node = world.add("node", [](Env& env) -> Task<void> {
    co_await three_appends(env);
    (void)co_await env.disk().sync("log");
    co_await env.sleep_for(1h);
  });
  world.run_until(at(200us));
  node.wipe_disk();
  EXPECT_EQ(node.disk().size("log"), 0u);
  world.run_until(at(1s));
  EXPECT_EQ(node.disk().size("log"), 0u);
}

}  // namespace
}  // namespace lockstep::sim
