#pragma once
// A database behind a pooler of transactions, and two clients, for tests that read as plays.

#include <memory>
#include <optional>
#include <vector>

#include "backends/sql/driver.hpp"
#include "backends/sql/pooler.hpp"
#include "backends/sql/server.hpp"
#include "sim/world.hpp"
#include "tests/backends/sql/database_play.hpp"

namespace lockstep::sql {

/// Clients that say one statement after the other through the pooler.
struct PoolerStage {
  PoolerStage(std::int64_t size, bool round_robin) {
    ServerOptions options;
    options.servers = {NodeId{0}, NodeId{1}};
    options.settings = Settings(server_parameters());
    for (const Parameter& p : pooler_parameters()) options.settings.put(p.name, p.fallback);
    options.settings.put("connect_timeout", Duration(1s));
    options.settings.put("request_timeout", Duration(1s));
    options.settings.put("pool_size", size);
    options.settings.put("min_pool_size", size);
    options.settings.put("server_round_robin", round_robin);
    world.add("pooler", [options](Env& env) { return serve_pooler(env, options); });
    options.servers = {NodeId{1}};
    world.add("pg-1", [options](Env& env) { return serve(env, options); });
    for (const char* name : {"a", "b"}) {
      sim::Node& node = world.add(name, [](Env&) -> Task<void> { co_return; });
      nodes.push_back(&node);
      drivers.push_back(
          std::make_unique<Driver>(node, std::vector<NodeId>{NodeId{0}}, DriverOptions()));
    }
  }
  static Task<void> execute(Driver& driver, Statement statement, std::optional<Answer>& answer) {
    const auto connected = co_await driver.connect();
    if (!connected) co_return;
    const auto got = co_await driver.execute(std::move(statement), 3600s);
    if (got) answer = *got;
  }
  std::optional<Answer> say(std::size_t who, Statement statement) {
    answers.push_back(std::make_unique<std::optional<Answer>>());
    nodes[who]->spawn(execute(*drivers[who], std::move(statement), *answers.back()));
    world.run_until(world.now() + 100ms);
    return *answers.back();
  }

  sim::World world{{}};
  std::vector<sim::Node*> nodes;
  std::vector<std::unique_ptr<Driver>> drivers;
  std::vector<std::unique_ptr<std::optional<Answer>>> answers;
};

}  // namespace lockstep::sql
