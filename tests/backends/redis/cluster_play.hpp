#pragma once
// A master with replicas and Sentinels in a world, and clients that talk to each of them, for tests
// that read as plays.

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "backends/redis/client.hpp"
#include "backends/redis/deployment.hpp"
#include "backends/redis/server.hpp"
#include "sim/world.hpp"
#include "tests/backends/redis_play.hpp"

namespace lockstep::redis {

class ClusterPlay final : public sim::Observer {
 public:
  using Sets = std::vector<std::pair<std::string, SettingValue>>;
  using Answer = std::shared_ptr<std::optional<std::string>>;

  explicit ClusterPlay(const Sets& sets = {}) : settings(server_parameters()) {
    settings.put("replicas", std::int64_t{1});
    settings.put("sentinels", std::int64_t{0});
    settings.put("down_after", Duration(1s));
    settings.put("failover_timeout", Duration(3s));
    for (const auto& [name, value] : sets) settings.put(name, value);
    world.set_observer(this);
    const std::vector<std::string> names = server_names<1>(settings);
    for (std::size_t i = 0; i < names.size(); ++i) {
      servers.push_back(NodeId{static_cast<std::uint32_t>(i)});
    }
    for (std::size_t i = 0; i < names.size(); ++i) {
      world.add(names[i], [this, i](Env& env) { return serve(env, options(i)); }, epoch);
    }
    client = &world.add("client", [](Env& env) { return idle(env); }, epoch);
    pass(100ms);  // everybody finds everybody
  }
  ~ClusterPlay() override {
    clients_.clear();
    world.set_observer(nullptr);
  }

  sim::Node& node(const std::string& name) { return *world.find(name); }
  void pass(Duration length) { world.run_until(world.now() + length); }
  void cut(const std::string& a, const std::string& b) {
    world.cut(node(a).id(), node(b).id());
    world.cut(node(b).id(), node(a).id());
  }
  void mend(const std::string& a, const std::string& b) {
    world.mend(node(a).id(), node(b).id());
    world.mend(node(b).id(), node(a).id());
  }
  /// Cuts some nodes off from all others.
  void isolate(const std::vector<std::string>& few) {
    for (const std::string& inside : few) {
      for (const auto& other : world.nodes()) {
        if (std::find(few.begin(), few.end(), other->name()) != few.end()) continue;
        cut(inside, other->name());
      }
    }
  }

  /// Begins a command on a connection of its own to `server`, which later ones use as well.
  Answer begin(const std::string& server, const Words& words) {
    auto& known = clients_[server];
    if (!known) known = std::make_unique<Client>(*client, node(server).id(), ClientOptions{});
    auto answer = std::make_shared<std::optional<std::string>>();
    client->spawn(keep(*known, words, answer));
    return answer;
  }
  std::string outcome(const Answer& answer, Duration at_most = 5s) {
    const WorldTime end = world.now() + at_most;
    while (!*answer && world.now() < end) world.run_until(world.now() + 1ms);
    return answer->value_or("no answer");
  }
  /// Asks again when the connection turns out to have died since the last time.
  std::string ask(const std::string& server, const std::string& line) {
    const std::string answer = outcome(begin(server, Play::split(line)));
    if (answer != "disconnected") return answer;
    return outcome(begin(server, Play::split(line)));
  }
  std::string eval(const std::string& server, const std::string& script) {
    return outcome(begin(server, {"EVAL", script, "0"}));
  }
  /// The role that a server reports: "master" or "slave".
  std::string role(const std::string& server) {
    const std::string answer = ask(server, "ROLE");
    return answer.starts_with("[\"master\"")  ? "master"
           : answer.starts_with("[\"slave\"") ? "slave"
                                              : answer;
  }

  void on_note(sim::Node& node, const Note& note) override {
    if (const auto* change = std::get_if<KeyChange>(&note))
      changes.emplace_back(node.name(), *change);
  }
  void on_step(sim::Node&, std::string_view) override {}
  void on_state(sim::Node&) override {}

  Settings settings;
  sim::World world{{}};
  std::vector<NodeId> servers;
  sim::Node* client = nullptr;
  std::vector<std::pair<std::string, KeyChange>> changes;  // by which server

 private:
  static constexpr Duration epoch = 1'700'000'000s;
  static Task<void> idle(Env&) { co_return; }
  static Task<void> keep(Client& client, Words words, Answer answer) {
    const auto reply = co_await client.call(std::move(words));
    *answer = reply ? describe(*reply) : std::string(name_of(reply.error().code));
  }
  ServerOptions options(std::size_t self) const {
    ServerOptions all;
    all.servers = servers;
    all.self = self;
    all.settings = settings;
    return all;
  }

  std::map<std::string, std::unique_ptr<Client>> clients_;
};

}  // namespace lockstep::redis
