#pragma once
// A simulated etcd cluster and a real one side by side: every request goes to both, and what they
// answer must be equal.

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "backends/etcd/calls.hpp"
#include "backends/etcd/server.hpp"
#include "sim/world.hpp"
#include "tests/real/etcd_process.hpp"
#include "tests/real/etcd_text.hpp"

namespace lockstep::etcd {

/// The simulated cluster, as the product is configured by default, and a client that talks to each
/// member.
class SimulatedCluster {
 public:
  explicit SimulatedCluster(std::size_t members) {
    ServerOptions options;
    options.settings = Settings(server_parameters());
    options.settings.put("servers", static_cast<std::int64_t>(members));
    options.settings.put("election_timeout", Duration(1s));
    options.settings.put("heartbeat", Duration(100ms));
    options.settings.put("lease_unit", Duration(1s));
    options.settings.put("expiry_check", Duration(500ms));
    options.settings.put("session", Duration(60s));
    for (std::size_t i = 0; i < members; ++i) {
      options.servers.push_back(NodeId{static_cast<std::uint32_t>(i)});
    }
    for (std::size_t i = 0; i < members; ++i) {
      options.self = i;
      world.add("etcd-" + std::to_string(i + 1),
                [options](Env& env) { return serve(env, options, no_mistakes); });
    }
    client = &world.add("client", [](Env&) -> Task<void> { co_return; });
    calls_ = std::make_unique<Calls>(*client);
    world.run_until(world.now() + 3s);  // it elects
  }
  ~SimulatedCluster() { calls_.reset(); }

  /// None: no answer within the patience.
  std::optional<Response> ask(std::size_t member, Request request, Duration patience) {
    const auto answer = std::make_shared<std::optional<Response>>();
    client->spawn(keep(*client, *calls_, NodeId{static_cast<std::uint32_t>(member)},
                       std::move(request), patience, answer));
    const WorldTime end = world.now() + patience;
    while (!*answer && world.now() < end) world.run_until(world.now() + 1ms);
    return *answer;
  }
  /// The first so many events of a watch, those of one answer together.
  std::vector<std::string> watch(WatchCreate request, std::size_t events) {
    const auto seen = std::make_shared<std::vector<std::string>>();
    client->spawn(collect(*client, std::move(request), seen));
    const WorldTime end = world.now() + 5s;
    while (seen->size() < events && world.now() < end) world.run_until(world.now() + 1ms);
    return *seen;
  }
  sim::Node& member(std::size_t number) {
    return *world.find("etcd-" + std::to_string(number + 1));
  }

  sim::World world{{}};
  sim::Node* client = nullptr;

 private:
  static Task<void> keep(Env& env, Calls& calls, NodeId member, Request request, Duration patience,
                         std::shared_ptr<std::optional<Response>> answer) {
    const Deadline until = env.steady_now() + patience;
    auto response = co_await calls.call(member, make_frame(std::move(request)), until, until);
    if (response) *answer = std::move(*response);
  }
  static Task<void> collect(Env& env, WatchCreate request,
                            std::shared_ptr<std::vector<std::string>> seen) {
    const Deadline until = env.steady_now() + 5s;
    const NodeId first{0};
    auto connection = co_await env.connect(first, until);
    if (!connection) co_return;
    const auto sent = (*connection)->send(make_frame(Request(std::move(request))));
    if (!sent) co_return;
    for (;;) {
      auto frame = co_await (*connection)->receive(until);
      if (!frame) co_return;
      const auto* batch = content_of<Response>(*frame);
      if (batch == nullptr) co_return;
      for (std::string& event : told_events(*batch)) seen->push_back(std::move(event));
    }
  }

  std::unique_ptr<Calls> calls_;
};

class EtcdPair {
 public:
  explicit EtcdPair(std::size_t members = 1) : real(members), simulated(members) {}

  /// What both say, by the member of that number.
  std::string operator()(Request request, std::size_t member = 0) {
    const auto ours = simulated.ask(member, request, 10s);
    const auto theirs = real.gateway(member).post(path_of(request), json_of(request));
    const std::string told_ours = ours ? told(*ours, request) : "nothing";
    const std::string told_theirs = theirs ? told(*theirs, request) : "nothing";
    EXPECT_EQ(told_ours, told_theirs) << path_of(request) << " " << json_of(request).dump();
    return told_theirs;
  }
  std::string operator()(Operation operation) { return (*this)(request_of(std::move(operation))); }

  /// The first so many events that both watches tell.
  std::vector<std::string> watch(WatchCreate request, std::size_t events) {
    const std::vector<std::string> ours = simulated.watch(request, events);
    std::vector<std::string> theirs;
    const auto patience = std::chrono::milliseconds(5'000);
    real.gateway(0).stream("watch", json_of(Request(request)), patience, [&](const auto& line) {
      for (std::string& event : told_events(line)) theirs.push_back(std::move(event));
      return theirs.size() < events;
    });
    EXPECT_EQ(ours, theirs);
    return theirs;
  }
  void pass(std::chrono::milliseconds length) {
    simulated.world.run_until(simulated.world.now() + length);
    std::this_thread::sleep_for(length);
  }

  EtcdCluster real;
  SimulatedCluster simulated;
};

inline LeaseGrant lease_of(LeaseId id, std::int64_t seconds) {
  LeaseGrant grant;
  grant.id = id;
  grant.ttl_ms = seconds * 1'000;
  return grant;
}
inline LeaseRevoke revoke(LeaseId id) {
  LeaseRevoke one;
  one.id = id;
  return one;
}
inline LeaseKeepAlive renew(LeaseId id) {
  LeaseKeepAlive one;
  one.id = id;
  return one;
}
inline LeaseTimeToLive ask_ttl(LeaseId id) {
  LeaseTimeToLive one;
  one.id = id;
  return one;
}
inline Range get(std::string key, bool serializable = false) {
  Range range{KeySpan(std::move(key))};
  range.serializable = serializable;
  return range;
}

}  // namespace lockstep::etcd
