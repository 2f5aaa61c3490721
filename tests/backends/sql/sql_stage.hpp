#pragma once
// A deployment of SQL servers and clients in a world: plays about what happens between them.

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "backends/sql/driver.hpp"
#include "backends/sql/server.hpp"
#include "sim/world.hpp"

namespace lockstep::sql {

class SqlStage final : public sim::Observer {
 public:
  using Sets = std::vector<std::pair<std::string, SettingValue>>;

  explicit SqlStage(const Sets& sets = {}, std::uint64_t seed = 1)
      : settings(server_parameters()), world(options_of(seed)) {
    settings.put("keepalive", Duration(10s));
    for (const auto& [name, value] : sets) settings.put(name, value);
    world.set_observer(this);
    const std::vector<std::string> names = deployment(settings);
    ServerOptions options;
    options.settings = settings;
    for (std::size_t i = 0; i < names.size(); ++i) {
      options.servers.push_back(NodeId{static_cast<std::uint32_t>(i)});
    }
    for (std::size_t i = 0; i < names.size(); ++i) {
      options.self = i;
      servers.push_back(&world.add(
          names[i], [options](Env& env) { return serve(env, options); }, 1'700'000'000s));
    }
    clients_talk_to = database_servers(options.servers);
    pass(2s);
  }
  ~SqlStage() override { world.set_observer(nullptr); }

  sim::Node& client(const std::string& name) {
    if (sim::Node* known = world.find(name)) return *known;
    const Duration since_begin = world.now() - WorldTime{};
    sim::Node& node =
        world.add(name, [](Env& env) { return idle(env); }, 1'700'000'000s + since_begin);
    drivers_[name] = std::make_unique<Driver>(node, clients_talk_to, DriverOptions());
    return node;
  }
  /// Begins a statement; its answer comes to heard().
  void ask(const std::string& who, Statement statement) {
    sim::Node& node = client(who);
    answers_[who].reset();
    node.spawn(execute(*drivers_[who], std::move(statement), answers_[who]));
  }
  /// "nothing yet", an error, or the answer's number.
  std::string heard(const std::string& who) {
    const auto& answer = answers_[who];
    if (!answer) return "nothing yet";
    if (!*answer) return std::string(name_of(answer->error().code));
    return (*answer)->failed() ? (*answer)->error : std::to_string((*answer)->number);
  }
  /// Asks, and gives it a moment.
  std::string say(const std::string& who, Statement statement, Duration moment = 200ms) {
    ask(who, std::move(statement));
    pass(moment);
    return heard(who);
  }
  const Answer& answer(const std::string& who) { return **answers_[who]; }
  void pass(Duration length) { world.run_until(world.now() + length); }
  void crash(const std::string& who) {
    client(who).kill();
    drivers_.erase(who);
  }
  void unplug(const std::string& who) {
    client(who).power_off();
    drivers_.erase(who);
  }

  // sim::Observer
  void on_note(sim::Node&, const Note&) override {}
  void on_step(sim::Node&, std::string_view) override {}
  void on_state(sim::Node&) override {}

  Settings settings;
  sim::World world;
  std::vector<sim::Node*> servers;
  std::vector<NodeId> clients_talk_to;

 private:
  using Slot = std::optional<Result<Answer>>;

  static sim::World::Options options_of(std::uint64_t seed) {
    sim::World::Options options;
    options.seed = seed;
    return options;
  }
  static Task<void> idle(Env&) { co_return; }
  static Task<void> execute(Driver& driver, Statement statement, Slot& slot) {
    const auto connected = co_await driver.connect();
    if (!connected) {
      slot.emplace(fail(connected.error()));
      co_return;
    }
    auto answer = co_await driver.execute(std::move(statement), 3600s);
    slot.emplace(std::move(answer));
  }

  std::map<std::string, std::unique_ptr<Driver>> drivers_;
  std::map<std::string, Slot> answers_;
};

}  // namespace lockstep::sql
