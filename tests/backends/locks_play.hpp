#pragma once
// Lock clients and their server in a world, told what to do line by line, for tests that read as
// plays.

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "backends/backend.hpp"
#include "core/record.hpp"
#include "sim/world.hpp"

namespace lockstep {

/// The result of something that was begun; empty until it has ended.
template <class T>
using Pending = std::shared_ptr<std::optional<Result<T>>>;

template <class T>
Task<void> keep_result(Task<Result<T>> task, Pending<T> pending) {
  auto result = co_await std::move(task);
  pending->emplace(std::move(result));
}

class LocksPlay final : public sim::Observer {
 public:
  struct Actor {
    sim::Node& node;
    std::unique_ptr<Lock> lock;
  };
  using Sets = std::vector<std::pair<std::string, SettingValue>>;

  explicit LocksPlay(std::string_view lock, const Sets& sets = {})
      : backend(*find_backend(lock)), settings(backend.parameters) {
    settings.put("lease", Duration(10s));
    for (const auto& [name, value] : sets) settings.put(name, value);
    world.set_observer(this);
    for (const std::string& name : server_names(backend, settings)) {
      const std::size_t self = servers.size();
      servers.push_back(&world.add(
          name, [this, self](Env& env) { return backend.serve(env, server_options(self)); },
          1'700'000'000s));
    }
    server = servers.front();
  }
  /// Nodes are numbered in the order of their creation, and the servers are the first.
  std::vector<NodeId> server_ids() const {
    std::vector<NodeId> ids;
    for (std::size_t i = 0; i < server_names(backend, settings).size(); ++i) {
      ids.push_back(NodeId{static_cast<std::uint32_t>(i)});
    }
    return ids;
  }
  ServerOptions server_options(std::size_t self) const {
    ServerOptions options;
    options.servers = server_ids();
    options.self = self;
    options.settings = settings;
    return options;
  }
  ~LocksPlay() override { world.set_observer(nullptr); }

  /// The client of that name; made, with these settings of its own, when first asked for.
  Actor& client(const std::string& name, const Sets& sets = {}) {
    const auto known = actors_.find(name);
    if (known != actors_.end()) return known->second;
    // A machine's clocks begin with it: those that come later read the same time all the same.
    const Duration since_begin = world.now() - WorldTime{};
    sim::Node& node = world.add(
        name, [](Env& env) { return idle(env); }, 1'700'000'000s + since_begin);
    LockOptions options;
    options.servers = server_ids();
    options.settings = settings;
    for (const auto& [key, value] : sets) options.settings.put(key, value);
    return actors_.emplace(name, Actor{node, backend.connect(node, options)}).first->second;
  }

  /// Begins to acquire, and lets the world go on only when it is told to.
  Pending<Lease> begin_acquire(const std::string& name, Duration patience = 60s) {
    Actor& actor = client(name);
    return begin(actor, actor.lock->acquire("a", patience));
  }
  Pending<void> begin_release(const std::string& name, Lease lease) {
    Actor& actor = client(name);
    return begin(actor, actor.lock->release(std::move(lease)));
  }
  template <class T>
  Pending<T> begin(Actor& actor, Task<Result<T>> task) {
    auto pending = std::make_shared<std::optional<Result<T>>>();
    actor.node.spawn(keep_result(std::move(task), pending));
    return pending;
  }

  /// Lets the world go on until it has ended, or until ten minutes have passed.
  template <class T>
  Result<T> outcome(const Pending<T>& pending) {
    const WorldTime end = world.now() + 600s;
    while (!*pending && world.now() < end) world.run_until(world.now() + 1ms);
    return *pending ? **pending : Result<T>(fail(ErrorCode::timeout, "it did not end"));
  }
  Result<Lease> acquire(const std::string& name, Duration patience = 60s) {
    return outcome(begin_acquire(name, patience));
  }
  Result<void> release(const std::string& name, Lease lease) {
    return outcome(begin_release(name, std::move(lease)));
  }
  /// Can `name` have it at once?
  bool gets_it(const std::string& name, Duration patience = 100ms) {
    return acquire(name, patience).has_value();
  }
  bool believes(const std::string& name, const Lease& lease) {
    return client(name).lock->still_held(lease);
  }
  void pass(Duration length) { world.run_until(world.now() + length); }

  /// When `name` next reaches that step, does `what`.
  void at_step(const std::string& name, std::string step, std::function<void(sim::Node&)> what) {
    traps_[{name, std::move(step)}] = std::move(what);
  }
  void pause_at(const std::string& name, std::string step) {
    at_step(name, std::move(step), [](sim::Node& node) { node.pause(); });
  }
  void resume(const std::string& name) { client(name).node.resume(); }
  /// The process dies, and with it its lock handle.
  void crash(const std::string& name) {
    Actor& actor = client(name);
    actor.node.kill();
    actor.lock.reset();
  }

  // sim::Observer
  void on_note(sim::Node&, const Note& note) override {
    if (const auto* change = std::get_if<KeyChange>(&note)) interpret(*change);
    if (const auto* lost = std::get_if<BeliefLost>(&note)) losses.push_back(*lost);
  }
  void on_step(sim::Node& node, std::string_view step) override {
    const auto trap = traps_.find({node.name(), std::string(step)});
    if (trap == traps_.end()) return;
    const auto what = std::move(trap->second);
    traps_.erase(trap);
    what(node);
  }
  void on_state(sim::Node&) override {}

  const Backend& backend;
  Settings settings;
  sim::World world{{}};
  std::vector<sim::Node*> servers;
  sim::Node* server = nullptr;  // the first of them
  std::vector<GrantNote> grants;
  std::vector<BeliefLost> losses;

 private:
  static Task<void> idle(Env&) { co_return; }
  void interpret(const KeyChange& change) {
    if (backend.interpret) backend.interpret(change, grants);
    if (!backend.interpret_permits) return;
    backend.interpret_permits(change, settings.number("permits"), grants);
  }

  std::map<std::string, Actor> actors_;  // after the world: handles go before it does
  std::map<std::pair<std::string, std::string>, std::function<void(sim::Node&)>> traps_;
};

}  // namespace lockstep
