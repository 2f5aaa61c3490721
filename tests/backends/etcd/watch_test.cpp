// What etcd promises of watches: events come in the order of revisions, none is missed and none
// comes twice, though members die and the watch is resumed elsewhere.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "backends/backend.hpp"
#include "backends/etcd/client.hpp"
#include "sim/world.hpp"

namespace lockstep::etcd {
namespace {

class Watching : public testing::Test {
 protected:
  /// Three members, and clients of the test's own.
  void build(std::uint64_t seed) {
    sim::World::Options options;
    options.seed = seed;
    world = std::make_unique<sim::World>(options);
    settings = Settings(backend.parameters);
    settings.put("session", Duration(2s));
    settings.put("request_timeout", Duration(300ms));
    settings.put("connect_timeout", Duration(100ms));
    for (const std::string& name : server_names(backend, settings)) {
      const std::size_t self = servers.size();
      servers.push_back(NodeId{static_cast<std::uint32_t>(self)});
      world->add(name, [this, self](Env& env) {
        ServerOptions server;
        server.servers = servers;
        server.self = self;
        server.settings = settings;
        return backend.serve(env, std::move(server));
      });
    }
  }
  LockOptions client_options() const {
    LockOptions options;
    options.servers = servers;
    options.settings = settings;
    return options;
  }

  const Backend& backend = *find_backend("etcd-mutex");
  Settings settings;
  std::vector<NodeId> servers;
  std::unique_ptr<sim::World> world;
};

struct Seen {
  std::vector<Event> events;
  Revision next = 2;
  bool cancelled = false;
  Revision compacted = 0;
};

/// Resumes at the next member after what it saw last.
Task<void> watch_all(Env& env, LockOptions options, Seen& seen) {
  Client client(env, options);
  for (;;) {
    auto connection = co_await client.open_stream(client.current());
    if (connection) {
      WatchCreate create;
      create.span = with_prefix("k");
      create.start = seen.next;
      const bool sent = (*connection)->send(make_frame(Request(create))).has_value();
      while (sent) {
        const auto frame = co_await (*connection)->receive();
        if (!frame) break;
        const auto* batch = content_of<Response>(*frame);
        seen.cancelled |= batch->status == Status::compacted;
        if (seen.cancelled) seen.compacted = batch->compact_revision;
        if (seen.cancelled) co_return;
        if (batch->status != Status::ok) break;
        for (const Event& event : batch->events) {
          EXPECT_EQ(event.kv.mod_revision, batch->revision);
          seen.events.push_back(event);
        }
        if (!batch->events.empty()) seen.next = batch->revision + 1;
      }
    }
    client.turn_to_next();
    co_await env.sleep_for(10ms);
  }
}

/// Changes one or two keys at once.
Task<void> change_keys(Env& env, LockOptions options, bool& done) {
  Client client(env, options);
  while (!done) {
    Txn txn;
    const std::uint64_t which = env.random().below(4);
    const std::string key = "k" + std::to_string(which);
    const std::uint64_t how = env.random().below(4);
    if (how == 0) txn.success.push_back(Delete(KeySpan(key)));
    if (how > 0) txn.success.push_back(Put(key, env.random().token()));
    if (how == 3) txn.success.push_back(Put("k9", key));
    Request request(std::move(txn));
    const auto changed = co_await client.call(std::move(request));
    (void)changed;
    co_await env.sleep_for(15ms);
  }
}

std::vector<std::string> told(const std::vector<Event>& events) {
  std::vector<std::string> lines;
  for (const Event& event : events) {
    lines.push_back(std::to_string(event.kv.mod_revision) + " " + event.kv.key + " " +
                    (event.deleted ? std::string("deleted") : event.kv.value));
  }
  return lines;
}

TEST_F(Watching, MissesNothingAndRepeatsNothingThoughMembersDie) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    servers.clear();
    build(seed);
    Seen early;
    Seen late;
    bool done = false;
    world->add("writer", [&](Env& env) { return change_keys(env, client_options(), done); });
    world->add("watcher", [&](Env& env) { return watch_all(env, client_options(), early); });
    Random random = world->random("deaths");
    for (int i = 0; i < 6; ++i) {
      world->run_until(world->now() + random.between(200ms, 600ms));
      sim::Node& node = world->node(random.pick(servers));
      node.kill();
      world->run_until(world->now() + random.between(50ms, 300ms));
      node.start();
    }
    done = true;
    world->run_until(world->now() + 3s);
    world->add("latecomer", [&](Env& env) { return watch_all(env, client_options(), late); });
    world->run_until(world->now() + 1s);
    ASSERT_GT(late.events.size(), 20u) << "seed " << seed;
    EXPECT_EQ(told(early.events), told(late.events)) << "seed " << seed;
    for (std::size_t i = 1; i < late.events.size(); ++i) {
      const Revision step = late.events[i].kv.mod_revision - late.events[i - 1].kv.mod_revision;
      EXPECT_TRUE(step == 0 || step == 1) << "seed " << seed;
    }
  }
}

Task<void> put_and_compact(Env& env, LockOptions options) {
  Client client(env, options);
  for (int i = 0; i < 5; ++i) {
    Request request = request_of(Put("k", std::to_string(i)));
    const auto put = co_await client.call(std::move(request));
    (void)put;
  }
  Compact compact;
  compact.revision = 5;
  const auto compacted = co_await client.call(Request(compact));
  (void)compacted;
}

TEST_F(Watching, IsCancelledWhereItsBeginningWasCompacted) {
  build(1);
  Seen seen;
  world->run_until(WorldTime{} + 500ms);
  world->add("writer", [&](Env& env) { return put_and_compact(env, client_options()); });
  world->run_until(world->now() + 1s);
  world->add("watcher", [&](Env& env) { return watch_all(env, client_options(), seen); });
  world->run_until(world->now() + 1s);
  EXPECT_TRUE(seen.cancelled);
  EXPECT_EQ(seen.compacted, 5);
}

}  // namespace
}  // namespace lockstep::etcd
