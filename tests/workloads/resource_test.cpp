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

/// Writes two values in one request, and says whether that was accepted and what they are then.
Task<void> write_two(Env& env, NodeId resource, ResourceRequest request, std::string& told) {
  ResourceClient client(env, resource, 1s);
  const auto stored = co_await client.access(std::move(request), true);
  told = stored ? "accepted" : "refused";
  for (const char* name : {"a", "b"}) {
    ResourceRequest read_back;
    read_back.resource = name;
    read_back.token = 9;
    const auto value = co_await client.access(std::move(read_back), true);
    told += value ? " " + std::to_string(value->value) : " ?";
  }
}

std::string told_of_two(ResourcePolicy policy, std::uint64_t version_of_b) {
  sim::World world({});
  std::string told;
  const NodeId resource =
      world.add("resource", [policy](Env& env) { return serve_resource(env, policy); }).id();
  ResourceRequest request;
  request.write = true;
  request.resource = "a";
  request.value = 1;
  request.more.push_back({"b", 2, 0, 0, version_of_b});
  world.add("client-1", [&](Env& env) { return write_two(env, resource, request, told); });
  world.run_until(WorldTime{} + 10s);
  return told;
}

TEST(Resource, WritesSeveralValuesOrNone) {
  EXPECT_EQ(told_of_two(ResourcePolicy::compare_version, 0), "accepted 1 2");
  EXPECT_EQ(told_of_two(ResourcePolicy::compare_version, 7), "refused 0 0");
  EXPECT_EQ(told_of_two(ResourcePolicy::none, 7), "accepted 1 2");
}

struct Users : sim::Observer {
  void on_note(sim::Node&, const Note& note) override {
    if (const auto* access = std::get_if<ResourceAccess>(&note)) counts.push_back(access->value);
  }
  void on_step(sim::Node&, std::string_view) override {}
  void on_state(sim::Node&) override {}
  std::vector<std::int64_t> counts;
};

Task<void> use_for(Env& env, NodeId resource, Duration after, Duration length) {
  co_await env.sleep_for(after);
  ResourceClient client(env, resource, 10ms);
  ResourceRequest request;
  request.resource = "service";
  request.use = length;
  const auto served = co_await client.access(std::move(request), true);
  EXPECT_TRUE(served.has_value()) << "the wait for an answer begins when the service is done";
}

TEST(Resource, CountsItsUsers) {
  sim::World world({});
  Users users;
  world.set_observer(&users);
  const NodeId resource =
      world.add("resource", [](Env& env) { return serve_resource(env, ResourcePolicy::none); })
          .id();
  world.add("client-1", [&](Env& env) { return use_for(env, resource, 0ms, 100ms); });
  world.add("client-2", [&](Env& env) { return use_for(env, resource, 50ms, 100ms); });
  world.run_until(WorldTime{} + 1s);
  EXPECT_EQ(users.counts, (std::vector<std::int64_t>{1, 2, 1, 0}));
  world.set_observer(nullptr);
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
