#pragma once
// Histories of a replicated service's own operations under faults, judged by the checker: clients
// in a world call what the service offers, and a sequential specification says what may come back.

#include <algorithm>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "backends/backend.hpp"
#include "checker/search.hpp"
#include "core/random.hpp"
#include "sim/world.hpp"

namespace lockstep {

enum class Call : std::uint8_t { read, write, cas, acquire, release, check };
enum class Answer : std::uint8_t { yes, no, unknown };

/// One operation, and what came of it.
struct ServiceCall {
  Call call{};
  Answer answer{};
  std::int64_t client = 0;
  std::int64_t value = 0;  // read, or to be written; check: who holds it, -1: nobody
  std::int64_t from = 0;   // cas: what it must be
  friend bool operator==(const ServiceCall&, const ServiceCall&) = default;
};

/// A value and a lock.
struct ServiceModel {
  struct State {
    std::int64_t value = 0;
    std::int64_t holder = -1;
    friend bool operator==(const State&, const State&) = default;
  };
  using Input = ServiceCall;

  static State initial() { return {}; }
  static bool only_looks(const Input& input) {
    return input.call == Call::read || input.call == Call::check;
  }
  static std::uint64_t hash(const State& state) {
    return mix64(static_cast<std::uint64_t>(state.value) * 31 +
                 static_cast<std::uint64_t>(state.holder + 1));
  }
  static bool step(State& state, const Input& input) {
    switch (input.call) {
      case Call::read: return state.value == input.value;
      case Call::check: return state.holder == input.value;
      case Call::write: state.value = input.value; return true;
      case Call::cas:
        return happens(input, state.value == input.from, [&] { state.value = input.value; });
      case Call::acquire: {
        const bool mine = state.holder == input.client;
        // Some services say yes once more to who holds it already.
        if (mine) return true;
        return happens(input, state.holder == -1, [&] { state.holder = input.client; });
      }
      case Call::release:
        return happens(input, state.holder == input.client, [&] { state.holder = -1; });
    }
    return false;
  }

 private:
  template <class Effect>
  static bool happens(const Input& input, bool possible, Effect effect) {
    if (input.answer == Answer::no) return !possible;
    if (input.answer == Answer::yes && !possible) return false;
    if (possible) effect();
    return true;
  }
};

/// Servers of a lock's service, clients of the test's own, and faults.
class ServiceHistory {
 public:
  using Sets = std::vector<std::pair<std::string, SettingValue>>;
  /// What each client runs: calls, each noted with begin() and end().
  using Client = std::function<Task<void>(ServiceHistory&, Env&, std::int64_t number)>;

  ServiceHistory(std::string_view lock, std::uint64_t seed, const Sets& sets = {})
      : backend_(*find_backend(lock)),
        settings_(backend_.parameters),
        world_(options(seed)),
        random_(world_.random("faults")) {
    settings_.put("session", Duration(20s));
    settings_.put("election_timeout", Duration(100ms));
    settings_.put("heartbeat", Duration(25ms));
    settings_.put("request_timeout", Duration(150ms));
    settings_.put("connect_timeout", Duration(100ms));
    for (const auto& [name, value] : sets) settings_.put(name, value);
    // All of them are known before the first one starts.
    const std::vector<std::string> names = server_names(backend_, settings_);
    for (std::size_t i = 0; i < names.size(); ++i) {
      servers_.push_back(NodeId{static_cast<std::uint32_t>(i)});
    }
    for (std::size_t i = 0; i < names.size(); ++i) {
      world_.add(names[i], [this, i](Env& env) { return backend_.serve(env, server(i)); });
    }
  }

  enum class Trouble : std::uint8_t {
    any,
    pauses,      // servers stop for a while and go on, again and again
    slow_clock,  // each server in turn is cut off from the others, and late to notice
  };

  /// Lets the clients work under faults, and then a while without.
  void run(const Client& client, Trouble trouble = Trouble::any) {
    idle_max_ = trouble == Trouble::pauses ? 500ms : 60ms;
    for (std::int64_t number = 0; number < 3; ++number) {
      world_.add("client-" + std::to_string(number + 1),
                 [this, &client, number](Env& env) { return client(*this, env, number); });
    }
    world_.run_until(WorldTime{} + 2s);
    if (trouble == Trouble::slow_clock) {
      for (const NodeId server : servers_) isolate_slow(world_.node(server));
    }
    for (int i = 0; i < 8 && trouble != Trouble::slow_clock; ++i) {
      trouble == Trouble::pauses ? pause_one() : strike();
      const Duration next = random_.between(100ms, 700ms);
      world_.run_until(world_.now() + next);
    }
    world_.run_until(world_.now() + 3s);
    done_ = true;
    world_.run_until(world_.now() + 5s);
  }

  bool done() const { return done_; }
  /// How long a client may do nothing between two calls.
  Duration idle(Random& random) const { return random.between(Duration(0), idle_max_); }
  LockOptions client_options() const {
    LockOptions options;
    options.servers = servers_;
    options.settings = settings_;
    return options;
  }

  std::size_t begin(ServiceCall call) {
    Interval<ServiceCall>& interval = calls_.emplace_back();
    interval.input = std::move(call);
    interval.input.answer = Answer::unknown;
    interval.call = ++clock_;
    return calls_.size() - 1;
  }
  void end(std::size_t which, Answer answer) {
    if (answer == Answer::unknown) return;
    calls_[which].input.answer = answer;
    calls_[which].ret = ++clock_;
  }
  void end_look(std::size_t which, std::int64_t value) {
    calls_[which].input.value = value;
    end(which, Answer::yes);
  }
  /// It has ended, and did what it does if that was possible.
  void settle(std::size_t which) { calls_[which].ret = ++clock_; }
  /// A value that nobody has written.
  std::int64_t fresh_value() { return ++last_value_; }

  bool holds() const { return judge() == Status::holds; }
  bool violated() const { return judge() == Status::violated; }
  std::size_t answered() const {
    return static_cast<std::size_t>(std::count_if(
        calls_.begin(), calls_.end(), [](const auto& call) { return call.ret != forever; }));
  }

 private:
  Status judge() const {
    std::vector<Interval<ServiceCall>> judged;
    for (const Interval<ServiceCall>& call : calls_) {
      // A look without an answer says nothing.
      const bool open = call.ret == forever;
      if (open && ServiceModel::only_looks(call.input)) continue;
      judged.push_back(call);
    }
    return search<ServiceModel>(judged).status;
  }
  static sim::World::Options options(std::uint64_t seed) {
    sim::World::Options all;
    all.seed = seed;
    return all;
  }
  ServerOptions server(std::size_t self) const {
    ServerOptions options;
    options.servers = servers_;
    options.self = self;
    options.settings = settings_;
    return options;
  }
  void later(Duration after, std::function<void()> what) {
    world_.call_at(world_.now() + after, std::move(what));
  }

  void pause_one() {
    sim::Node& node = world_.node(random_.pick(servers_));
    node.pause();
    later(random_.between(200ms, 800ms), [&node] { node.resume(); });
  }
  void strike() {
    sim::Node& node = world_.node(random_.pick(servers_));
    const Duration lasts = random_.between(20ms, 600ms);
    switch (random_.below(4)) {
      case 0: return pause_one();
      case 1: node.kill(); return later(lasts, [&node] { node.start(); });
      case 2: node.power_off(); return later(lasts, [&node] { node.start(); });
      default: break;
    }
    isolate(node, lasts);
  }
  void isolate_slow(sim::Node& node) {
    isolate(node, 1500ms);
    node.set_rate(ClockKind::steady, -950'000'000);
    world_.run_until(world_.now() + 1500ms);
    node.set_rate(ClockKind::steady, 0);
    world_.run_until(world_.now() + 1s);
  }
  /// The other servers can't reach it; clients can.
  void isolate(const sim::Node& node, Duration lasts) {
    for (const NodeId other : servers_) {
      if (other == node.id()) continue;
      for (const auto& [from, to] : {std::pair(node.id(), other), std::pair(other, node.id())}) {
        world_.cut(from, to);
        later(lasts, [this, from = from, to = to] { world_.mend(from, to); });
      }
    }
  }

  const Backend& backend_;
  Settings settings_;
  std::vector<NodeId> servers_;
  std::vector<Interval<ServiceCall>> calls_;
  std::uint64_t clock_ = 0;
  std::int64_t last_value_ = 0;
  bool done_ = false;
  Duration idle_max_{};
  sim::World world_;
  Random random_;
};

}  // namespace lockstep
