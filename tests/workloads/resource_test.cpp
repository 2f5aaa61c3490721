#include "workloads/resource.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "sim/world.hpp"

namespace lockstep {
namespace {

/// What a client asks, in order, and whether each was accepted.
struct Ask {
  bool write;
  std::uint64_t token;
  std::uint64_t based_on = 0;
};

Task<void> ask_all(Env& env, NodeId resource, std::vector<Ask> asks, std::string& answers) {
  ResourceClient client(env, resource, 1s);
  std::int64_t value = 100;
  for (const Ask& ask : asks) {
    ResourceRequest request;
    request.write = ask.write;
    request.resource = "counter";
    request.token = ask.token;
    request.based_on = ask.based_on;
    request.value = ++value;
    const auto stored = co_await client.access(std::move(request), true);
    answers += stored ? '+' : stored.error().code == ErrorCode::refused ? '-' : '?';
  }
}

std::string answers_of(ResourcePolicy policy, std::vector<Ask> asks) {
  sim::World world({});
  std::string answers;
  const NodeId resource =
      world.add("resource", [policy](Env& env) { return serve_resource(env, policy); }).id();
  world.add("client-1", [&](Env& env) { return ask_all(env, resource, asks, answers); });
  world.run_until(WorldTime{} + 10s);
  return answers;
}

constexpr bool read = false;
constexpr bool write = true;

TEST(Resource, WithoutAPolicyAcceptsStaleTokens) {
  EXPECT_EQ(answers_of(ResourcePolicy::none, {{write, 8}, {write, 7}, {read, 1}}), "+++");
}

TEST(Resource, FencingWritesRefusesAWriteOlderThanTheNewestWriteAndNothingElse) {
  EXPECT_EQ(answers_of(ResourcePolicy::fence_writes, {{write, 7}, {write, 7}}), "++")
      << "a holder may write twice";
  EXPECT_EQ(answers_of(ResourcePolicy::fence_writes, {{write, 8}, {write, 7}, {read, 7}}), "+-+");
  EXPECT_EQ(answers_of(ResourcePolicy::fence_writes, {{read, 8}, {write, 7}, {write, 8}}), "+++")
      << "the gap: the new holder has only read, so the stale write lands";
}

TEST(Resource, FencingReadsTooSealsTheResourceForTheNewHolder) {
  EXPECT_EQ(answers_of(ResourcePolicy::fence_all, {{read, 8}, {write, 7}, {write, 8}}), "+-+");
  EXPECT_EQ(answers_of(ResourcePolicy::fence_all, {{read, 8}, {read, 7}}), "+-");
}

TEST(Resource, ComparingVersionsRefusesAWriteThatMissedAnother) {
  EXPECT_EQ(answers_of(ResourcePolicy::compare_version, {{write, 0, 0}, {write, 0, 0}}), "+-");
  EXPECT_EQ(answers_of(ResourcePolicy::compare_version, {{write, 0, 0}, {write, 0, 1}}), "++");
}

TEST(ResourceClient, DoesNotTakeALateAnswerForTheNextRequest) {
  sim::World world({});
  const NodeId resource =
      world.add("resource", [](Env& env) { return serve_resource(env, ResourcePolicy::none); })
          .id();
  std::vector<std::int64_t> seen;
  struct Play {
    static Task<void> run(Env& env, NodeId store, std::vector<std::int64_t>& values) {
      ResourceClient client(env, store, 1s);
      ResourceRequest first;
      first.write = true;
      first.resource = "counter";
      first.value = 41;
      const auto unknown = co_await client.access(std::move(first), false);
      EXPECT_FALSE(unknown.has_value());
      EXPECT_FALSE(unknown.error().definite());
      ResourceRequest second;
      second.resource = "stranger";
      const auto stored = co_await client.access(std::move(second), true);
      values.push_back(stored ? stored->value : -1);
    }
  };
  world.add("client-1", [&](Env& env) { return Play::run(env, resource, seen); });
  world.run_until(WorldTime{} + 5s);
  EXPECT_EQ(seen, std::vector<std::int64_t>{0});
}

}  // namespace
}  // namespace lockstep
