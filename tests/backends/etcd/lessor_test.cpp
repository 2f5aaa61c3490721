// What the leader's lessor promises: a renewal that was answered holds, and leases end.

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "backends/backend.hpp"
#include "backends/etcd/client.hpp"
#include "sim/world.hpp"

namespace lockstep::etcd {
namespace {

/// What one client learned of one lease.
struct Learned {
  std::int64_t renewed_ms = -1;
  std::int64_t left_ms = 0;
};

Task<std::int64_t> ttl_of(Client& client, Request request) {
  const auto answer = co_await client.call(std::move(request));
  co_return answer ? answer->ttl_ms : -2;
}

/// Renews a lease once, so long after it was granted, and looks at it a while later.
Task<void> renew_late(Env& env, LockOptions options, Duration after, Learned& learned) {
  Client client(env, options);
  LeaseGrant grant;
  grant.id = 77;
  grant.ttl_ms = 1'000;
  const std::int64_t granted = co_await ttl_of(client, Request(grant));
  if (granted != 1'000) co_return;
  co_await env.sleep_for(after);
  LeaseKeepAlive renewal;
  renewal.id = grant.id;
  learned.renewed_ms = co_await ttl_of(client, Request(renewal));
  co_await env.sleep_for(200ms);
  LeaseTimeToLive question;
  question.id = grant.id;
  learned.left_ms = co_await ttl_of(client, Request(question));
}

Learned learn(const std::string& lock, Duration after) {
  const Backend& backend = *find_backend(lock);
  Settings settings(backend.parameters);
  settings.put("session", Duration(1s));
  sim::World world(sim::World::Options{});
  LockOptions options;
  options.settings = settings;
  for (std::uint32_t i = 0; i < 3; ++i) options.servers.push_back(NodeId{i});
  for (std::size_t self = 0; self < 3; ++self) {
    ServerOptions server;
    server.servers = options.servers;
    server.self = self;
    server.settings = settings;
    world.add("etcd-" + std::to_string(self + 1),
              [&backend, server](Env& env) { return backend.serve(env, server); });
  }
  world.run_until(WorldTime{} + 500ms);
  Learned learned;
  world.add("client", [&](Env& env) { return renew_late(env, options, after, learned); });
  world.run_until(world.now() + 3s);
  return learned;
}

/// Of renewals around the end of a lease: how many were answered with a time that it then lacked?
int broken_promises(const std::string& lock) {
  int broken = 0;
  for (Duration after = 940ms; after < 1'080ms; after += 5ms) {
    const Learned learned = learn(lock, after);
    if (learned.renewed_ms > 0 && learned.left_ms < 0) ++broken;
  }
  return broken;
}

TEST(EtcdLessor, KeepsALeaseThatItSaidItRenewed) {
  EXPECT_EQ(broken_promises("etcd-mutex"), 0);
}

TEST(EtcdLessor, BreaksItsWordWhereItRenewsAfterTheRevoke) {
  EXPECT_GT(broken_promises("etcd-renew-after-revoke"), 0);
}

TEST(EtcdLessor, GivesALeaseItsWholeTimeAgainUntilItHasRunOut) {
  const Learned in_time = learn("etcd-mutex", 900ms);
  EXPECT_EQ(in_time.renewed_ms, 1'000);
  EXPECT_GT(in_time.left_ms, 700);
  const Learned too_late = learn("etcd-mutex", 1'300ms);
  EXPECT_EQ(too_late.renewed_ms, 0);
  EXPECT_EQ(too_late.left_ms, -1);
}

}  // namespace
}  // namespace lockstep::etcd
