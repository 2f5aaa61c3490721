#pragma once
// Three simulated ZooKeeper servers in a world, and clients of theirs, for tests that read as
// plays.

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "backends/backend.hpp"
#include "backends/zookeeper/client.hpp"
#include "backends/zookeeper/server.hpp"
#include "sim/world.hpp"

namespace lockstep::zookeeper {

class Ensemble {
 public:
  using Sets = std::vector<std::pair<std::string, SettingValue>>;

  explicit Ensemble(std::uint64_t seed = 1, const Sets& sets = {})
      : settings(find_backend("zk-seq")->parameters), world(options_of(seed)) {
    settings.put("session", Duration(2s));
    for (const auto& [name, value] : sets) settings.put(name, value);
    const std::vector<std::string> names = server_names(settings);
    // Nodes are numbered in the order of their creation.
    for (std::uint32_t i = 0; i < names.size(); ++i) ids.push_back(NodeId{i});
    for (const std::string& name : names) {
      const std::size_t self = nodes.size();
      nodes.push_back(&world.add(name, [this, self](Env& env) {
        ServerOptions options;
        options.servers = ids;
        options.self = self;
        options.settings = settings;
        return serve(env, options);
      }));
    }
    pass(100ms);  // the first leader is there
  }

  sim::Node& machine(const std::string& name) {
    if (sim::Node* known = world.find(name)) return *known;
    return world.add(name, [](Env& env) { return idle(env); });
  }
  /// A new client on that machine, connected to this server first.
  ClientPtr client(const std::string& name, std::size_t server = 0,
                   const std::function<void(ClientOptions&)>& change = {}) {
    ClientOptions options = client_options(settings);
    options.first_server = server;
    if (change) change(options);
    return Client::start(machine(name), ids, options);
  }

  /// One request and its answer; none within a minute: an answer without a code of its own.
  Answer ask(const ClientPtr& client, Operation operation, WatchPtr watch = nullptr) {
    auto answer = std::make_shared<std::optional<Answer>>();
    machine("asker").spawn(fetch(client, std::move(operation), std::move(watch), answer));
    for (int i = 0; i < 60'000 && !*answer; ++i) pass(1ms);
    return answer->value_or(Answer{Code::session_expired});
  }

  /// Cuts or mends both ways between two machines.
  void cut(NodeId a, NodeId b, bool mended = false) {
    const auto change = [&](NodeId from, NodeId to) {
      if (mended) {
        world.mend(from, to);
      } else {
        world.cut(from, to);
      }
    };
    change(a, b);
    change(b, a);
  }
  void pass(Duration length) { world.run_until(world.now() + length); }

  Settings settings;
  std::vector<NodeId> ids;
  std::vector<sim::Node*> nodes;
  sim::World world;

 private:
  static sim::World::Options options_of(std::uint64_t seed) {
    sim::World::Options options;
    options.seed = seed;
    return options;
  }
  static Task<void> idle(Env&) { co_return; }
  static Task<void> fetch(ClientPtr client, Operation operation, WatchPtr watch,
                          std::shared_ptr<std::optional<Answer>> answer) {
    const std::optional<Deadline> never;
    const auto session = co_await client->connected(never);
    if (!session) co_return;
    const auto response = co_await client->insist(*session, std::move(operation), std::move(watch));
    if (response) *answer = response->answers.front();
  }
};

}  // namespace lockstep::zookeeper
