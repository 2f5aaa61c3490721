#include "backends/sql/locks/entry.hpp"

#include <algorithm>

#include "backends/sql/server.hpp"

namespace lockstep::sql {
namespace {

constexpr std::string_view lock_prefix = "lock:";
constexpr std::string_view queue_prefix = "queue:";

std::vector<Parameter> parameters_with(std::initializer_list<Parameter> own) {
  std::vector<Parameter> all{
      {"request_timeout", Duration(1s), "how long a client waits for an answer; 0: for ever"},
      {"connect_timeout", Duration(1s), "how long a client waits for a connection"},
      {"retry_max", Duration(500ms), "longest pause before a client connects again"},
  };
  for (const Parameter& parameter : server_parameters()) all.push_back(parameter);
  for (const Parameter& parameter : own) {
    const auto known = std::find_if(all.begin(), all.end(), [&](const Parameter& other) {
      return other.name == parameter.name;
    });
    if (known == all.end()) {
      all.push_back(parameter);
    } else {
      *known = parameter;
    }
  }
  return all;
}

}  // namespace

Backend entry(EntryText text, std::initializer_list<Parameter> own) {
  Backend backend;
  backend.name = text.name;
  backend.summary = text.summary;
  backend.source = text.source;
  backend.claims.fifo = true;
  backend.parameters = parameters_with(own);
  backend.lease = "keepalive";
  backend.one_handle = true;  // and so one session, for all locks of a client
  backend.server_names = deployment;
  backend.serve = serve;
  backend.interpret = interpret_holds;
  backend.interpret_queue = interpret_queue;
  backend.liveness_bound = waiting_bound;
  backend.fail_over = fail_over;
  return backend;
}

void interpret_holds(const KeyChange& change, std::vector<GrantNote>& out) {
  if (!change.key.starts_with(lock_prefix)) return;
  const std::string lock = change.key.substr(lock_prefix.size());
  const bool over = change.cause == ChangeCause::expired;
  const GrantChange end = over ? GrantChange::expired : GrantChange::released;
  if (change.before) out.push_back({lock, end, *change.before});
  if (change.after) out.push_back({lock, GrantChange::granted, *change.after});
}

void interpret_queue(const KeyChange& change, std::vector<QueueNote>& out) {
  if (!change.key.starts_with(queue_prefix)) return;
  const std::string lock = change.key.substr(queue_prefix.size());
  if (change.before) out.push_back({lock, *change.before, false});
  if (change.after) out.push_back({lock, *change.after, true});
}

namespace {

Fault fault_of(std::string kind, std::vector<std::string> targets, Duration lasts) {
  Fault fault;
  fault.kind = std::move(kind);
  fault.targets = std::move(targets);
  fault.lasts = lasts;
  return fault;
}

void depose(Scenario& scenario, Random& random, bool synchronous) {
  const Backend& backend = *find_backend(scenario.lock);
  const Duration scale = scenario.lock_settings.duration(backend.lease);
  scenario.lock_settings.put("standbys", std::int64_t{1});
  scenario.lock_settings.put("synchronous_standby", synchronous);
  scenario.lock_settings.put("failover_after", scale / 10);
  scenario.workload_settings.put("work_min", scale / 2);
  scenario.workload_settings.put("work_max", scale);
  const std::vector<std::string> servers = server_names(backend, scenario.lock_settings);
  if (!synchronous) {
    Fault cut = fault_of("partition", {servers[0], servers[1]}, scale);
    cut.detail = "pair";
    scenario.faults.push_back(std::move(cut));
  }
  const std::string kind = random.below(2) == 0 ? "crash" : "power-loss";
  Fault death = fault_of(kind, {servers[0]}, scale);
  death.when.after = random.between(Duration(0), scale / 4);
  scenario.faults.push_back(std::move(death));
}

}  // namespace

void fail_over(Scenario& scenario, Random& random) {
  const bool synchronous = random.below(2) == 0;
  depose(scenario, random, synchronous);
}

void fail_over_synchronously(Scenario& scenario, Random& random) {
  depose(scenario, random, true);
}

std::vector<std::string> deployment_of(std::string_view product, const Settings& settings) {
  std::vector<std::string> names = deployment(settings);
  for (std::string& name : names) name.replace(0, name.find('-'), product);
  return names;
}

Duration bound_of_a_wait(const Settings& settings) {
  return waiting_bound(settings) + 60s;
}

Duration waiting_bound(const Settings& settings) {
  const Duration keepalive = settings.duration("keepalive");
  const Duration request = settings.duration("request_timeout");
  // Without a timeout a client waits for what was sent to it, however late.
  const Duration patience =
      request > Duration::zero() ? request + settings.duration("connect_timeout") : keepalive * 4;
  // The answer to a lock statement is one segment: lost several times in a row, TCP sends it again
  // only after a pause that has doubled each time, up to this (sim/link.cpp).
  constexpr Duration longest_retransmission = 2min;
  return longest_retransmission + keepalive * 3 + settings.duration("retry_max") * 2 +
         patience * 4 + settings.duration("failover_after") * 4 +
         settings.duration("deadlock_timeout") + 1s;
}

}  // namespace lockstep::sql
