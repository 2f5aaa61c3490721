#include "harness/run.hpp"

#include <algorithm>
#include <cassert>
#include <memory>

#include "backends/backend.hpp"
#include "checker/property.hpp"
#include "harness/recorder.hpp"
#include "nemesis/nemesis.hpp"
#include "sim/world.hpp"
#include "workloads/workload.hpp"

namespace lockstep {
namespace {

/// Wall clocks begin here (November 2023), so that nobody takes one for a monotonic clock.
constexpr Duration wall_start = std::chrono::seconds(1'700'000'000);

/// One run, from the making of its world to the judging of its record.
class Run {
 public:
  Run(const Scenario& scenario, const RunOptions& options)
      : scenario_(scenario),
        options_(options),
        backend_(*find_backend(scenario.lock)),
        workload_(*find_workload(scenario.workload)),
        world_({scenario.seed, scenario.network, scenario.step_max, options.trace,
                options.event_limit}),
        recorder_(world_, backend_, outcome_.record,
                  claims_of(backend_, scenario.lock_settings).permits) {
    outcome_.scenario = scenario;
  }

  Outcome finish() {
    try {
      set_up();
      let_it_happen();
    } catch (const sim::GaveUp& tired) {
      outcome_.gave_up = tired.what();
    } catch (const std::exception& bug) {
      outcome_.failure = bug.what();
    } catch (...) {
      outcome_.failure = "something was thrown that is no std::exception";
    }
    close();
    return std::move(outcome_);
  }

 private:
  void set_up() {
    world_.set_observer(&recorder_);
    const NodeNames names = node_names(scenario_);
    // Nodes are numbered in the order of their creation: servers know each other from the start.
    for (std::size_t i = 0; i < names.servers.size(); ++i) {
      servers_.push_back(NodeId{static_cast<std::uint32_t>(i)});
    }
    for (std::size_t i = 0; i < names.servers.size(); ++i) {
      const sim::Node& node = world_.add(
          names.servers[i], [this, i](Env& env) { return backend_.serve(env, server_options(i)); },
          wall_start);
      assert(node.id() == servers_[i]);
      (void)node;
    }
    for (const std::string& name : names.resources) {
      resource_ =
          world_
              .add(
                  name, [this](Env& env) { return serve_resource(env, scenario_.resource); },
                  wall_start)
              .id();
    }
    for (std::size_t i = 0; i < names.clients.size(); ++i) {
      world_.add(names.clients[i], [this, i](Env& env) { return client_main(env, i); }, wall_start);
    }
    nemesis_ = std::make_unique<Nemesis>(world_, scenario_.faults, outcome_.record.faults);
    recorder_.set_nemesis(nemesis_.get());
    recorder_.set_servers(names.servers, scenario_.lock_settings);
    if (!options_.reseed) return;
    world_.call_at(options_.reseed->at, [this] { world_.reseed(options_.reseed->seed); });
  }

  ServerOptions server_options(std::size_t self) const {
    ServerOptions options;
    options.servers = servers_;
    options.self = self;
    options.settings = scenario_.lock_settings;
    return options;
  }

  /// A user of the same lock with a shorter lease, who works accordingly less.
  void shorten(Settings& lock, Settings& work, Duration lease) const {
    const std::int64_t parts = std::max<std::int64_t>(lock.duration(backend_.lease) / lease, 1);
    lock.put(backend_.lease, lease);
    for (const char* name : {"work_min", "work_max"}) {
      work.put(name, work.duration(name) / parts);
    }
  }

  Task<void> client_main(Env& env, std::size_t number) {
    LockOptions options;
    options.servers = servers_;
    options.settings = scenario_.lock_settings;
    Settings work = scenario_.workload_settings;
    const Duration odd_lease = work.duration("odd_lease");
    if (number % 2 == 1 && odd_lease > Duration::zero()) {
      shorten(options.settings, work, odd_lease);
    }
    const Duration timeout = scenario_.workload_settings.duration("resource_timeout");
    ResourceClient resource(env, resource_, timeout);
    Session::Options session_options;
    session_options.connect = [this, &env, options] { return backend_.connect(env, options); };
    session_options.one_handle = backend_.one_handle;
    session_options.permits = claims_of(backend_, scenario_.lock_settings).permits;
    session_options.liveness_bound = backend_.liveness_bound(scenario_.lock_settings);
    session_options.process = recorder_.begin_process(static_cast<sim::Node&>(env));
    session_options.policy = scenario_.resource;
    session_options.settings = std::move(work);
    Session session(env, resource, recorder_, std::move(session_options));
    co_await workload_.client(session);
    if (++clients_done_ == scenario_.clients) world_.stop();
  }

  /// Calm and faults, then heal, then liveness: somebody must get the lock within the bound.
  void let_it_happen() {
    world_.run_until(WorldTime{} + scenario_.duration);
    nemesis_->heal();
    for (const NodeId server : servers_) world_.node(server).start();
    outcome_.record.healed_at = world_.now();
    if (clients_done_ == scenario_.clients) return;
    const std::int64_t wanted = locks_at_once(workload_, scenario_.workload_settings);
    recorder_.on_acquired([this, wanted](std::int64_t held) {
      if (held >= wanted && acquire_began_after_heal()) world_.stop();
    });
    bound_ = backend_.liveness_bound(scenario_.lock_settings);
    world_.run_until(world_.now() + bound_ + 1ms);
    recorder_.on_acquired({});
    wind_down();
  }

  bool acquire_began_after_heal() const { return world_.now() > outcome_.record.healed_at; }

  /// Lets those who hold the lock finish what they are doing.
  void wind_down() {
    recorder_.finish();
    const Duration work = scenario_.workload_settings.duration("work_max");
    const Duration trip = 2 * scenario_.network.latency_max;
    WorldTime end = world_.now() + work + workload_.round_trips * trip + 100ms;
    if (workload_.audits) end += 2 * bound_;
    while (world_.now() < end && clients_done_ < scenario_.clients) world_.run_until(end);
  }

  void close() {
    recorder_.close();
    Record& record = outcome_.record;
    record.ended_at = world_.now();
    if (record.healed_at == WorldTime{}) record.healed_at = world_.now();
    Digest digest = world_.digest();
    for (const Op& op : record.history) fold(digest, op);
    outcome_.digest = digest.value();
    outcome_.checkpoints = world_.checkpoints();
    count();
    if (options_.trace) outcome_.trace = world_.take_trace();
    world_.set_observer(nullptr);
    if (options_.judge) judge();
  }

  void count() {
    Stats& stats = outcome_.stats;
    const Record& record = outcome_.record;
    stats.events = world_.events();
    stats.messages = world_.messages();
    stats.simulated = world_.now() - WorldTime{};
    stats.holds = record.beliefs.size();
    for (const FaultSpan& span : record.faults) {
      stats.faults_in_hold += std::any_of(
          record.beliefs.begin(), record.beliefs.end(),
          [&](const Belief& belief) { return span.from < belief.to && belief.from <= span.to; });
    }
  }

  void judge() {
    const Case judged{outcome_.scenario, outcome_.record,
                      claims_of(backend_, scenario_.lock_settings),
                      backend_.liveness_bound(scenario_.lock_settings),
                      locks_at_once(workload_, scenario_.workload_settings)};
    if (options_.property.empty()) {
      outcome_.verdicts = judge_all(judged);
    } else if (const Property* one = find_property(options_.property)) {
      if (!one->applies(judged)) return;
      outcome_.verdicts.push_back(one->judge(judged));
      outcome_.verdicts.back().property = one->name;
    }
    const bool whole = outcome_.failure.empty() && outcome_.gave_up.empty();
    for (Verdict& verdict : outcome_.verdicts) {
      if (!whole && verdict.status == Status::holds) {
        verdict.status = Status::unknown;
        verdict.explanation = "the run ended early: " + outcome_.failure + outcome_.gave_up;
      }
      verdict.tried = tried(verdict);
    }
  }

  /// A violation counts as met by a hold, even where none had begun.
  std::uint64_t tried(const Verdict& verdict) const {
    if (verdict.status == Status::unknown) return 0;
    if (verdict.status == Status::holds) return outcome_.stats.holds;
    const WorldTime until = verdict.at.value_or(never);
    const auto begun = std::ranges::count_if(
        outcome_.record.beliefs, [&](const Belief& belief) { return belief.from <= until; });
    return static_cast<std::uint64_t>(std::max<std::ptrdiff_t>(begun, 1));
  }

  const Scenario& scenario_;
  const RunOptions& options_;
  const Backend& backend_;
  const Workload& workload_;
  Outcome outcome_;
  std::int64_t clients_done_ = 0;
  Duration bound_{};
  std::vector<NodeId> servers_;
  NodeId resource_ = no_node;
  std::unique_ptr<Nemesis> nemesis_;
  sim::World world_;  // after what its callbacks use, so that it is destroyed before
  Recorder recorder_;
};

}  // namespace

Outcome run(const Scenario& scenario, const RunOptions& options) {
  return Run(scenario, options).finish();
}

NodeNames node_names(const Scenario& scenario) {
  NodeNames names;
  const Backend& backend = *find_backend(scenario.lock);
  names.servers = server_names(backend, scenario.lock_settings);
  if (find_workload(scenario.workload)->uses_resource) names.resources.push_back("resource");
  for (std::int64_t i = 1; i <= scenario.clients; ++i) {
    names.clients.push_back("client-" + std::to_string(i));
  }
  return names;
}

void fill_defaults(Scenario& scenario) {
  for (const Parameter& p : find_backend(scenario.lock)->parameters) {
    if (!scenario.lock_settings.contains(p.name)) scenario.lock_settings.put(p.name, p.fallback);
  }
  for (const Parameter& p : find_workload(scenario.workload)->parameters) {
    if (!scenario.workload_settings.contains(p.name)) {
      scenario.workload_settings.put(p.name, p.fallback);
    }
  }
}

}  // namespace lockstep
