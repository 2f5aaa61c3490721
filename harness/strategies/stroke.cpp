#include "harness/strategies/stroke.hpp"

#include <algorithm>
#include <utility>

#include "harness/aim.hpp"
#include "harness/run.hpp"

namespace lockstep {
namespace {

using aim::fault_of;

Duration lease_in(const Scenario& scenario) {
  return cluster_of(scenario).lease;
}

void add(Scenario& scenario, Fault fault, const Trigger& when) {
  fault.when = when;
  scenario.faults.push_back(std::move(fault));
}

/// The primary, a group's leader or another member, or as many of a quorum's servers as matter.
std::vector<std::string> prey(const Scenario& scenario, const Backend& backend, Random& random) {
  std::vector<std::string> servers = aim::granting_servers(scenario, backend);
  if (backend.replicated) {
    const std::uint64_t who = random.below(4);
    if (who == 0) return servers;
    if (who == 1) return {random.pick(servers)};
    return {servers.front()};
  }
  if (backend.quorum == 1) return servers;
  random.shuffle(servers);
  const std::int64_t spare = backend.servers - backend.quorum + 1;
  servers.resize(static_cast<std::size_t>(random.between(1, spare)));
  return servers;
}

void strike_servers(Scenario& scenario, const Backend& backend, const Trigger& when, Random& random,
                    const Fault& fault) {
  for (const std::string& server : prey(scenario, backend, random)) {
    Fault one = fault;
    one.targets = {server};
    add(scenario, std::move(one), when);
  }
}

/// Within the time that a request, its execution and its reply take.
Trigger soon(const Scenario& scenario, const Trigger& when, Random& random) {
  Trigger later = when;
  if (random.below(2) == 0) later.after = random.between(0ns, 4 * scenario.network.latency_max);
  return later;
}

void pause_client(Scenario& scenario, const Backend&, const Trigger& when, Random& random) {
  const Duration lease = lease_in(scenario);
  add(scenario, fault_of("gc-pause", {"self"}, random.between(lease * 21 / 20, lease * 5 / 2)),
      when);
}

void pause_servers(Scenario& scenario, const Backend& backend, const Trigger& when,
                   Random& random) {
  const Duration lease = lease_in(scenario);
  const Fault fault = fault_of("gc-pause", {}, random.between(lease / 4, lease * 3 / 2));
  strike_servers(scenario, backend, when, random, fault);
}

void crash_client(Scenario& scenario, const Backend&, const Trigger& when, Random& random) {
  Fault fault = fault_of("crash", {"self"});
  if (random.below(2) == 0) fault.lasts = random.scale_between(10ms, lease_in(scenario) * 2);
  const Trigger then = soon(scenario, when, random);
  add(scenario, std::move(fault), then);
}

template <const char* const& kind>
void down_servers(Scenario& scenario, const Backend& backend, const Trigger& when, Random& random) {
  const Duration down = random.scale_between(5ms, lease_in(scenario) / 4);
  const Trigger then = soon(scenario, when, random);
  strike_servers(scenario, backend, then, random, fault_of(kind, {}, down));
}
constexpr const char* crash = "crash";
constexpr const char* power_loss = "power-loss";
constexpr const char* state_loss = "state-loss";

/// A quarter of the jumps are by an hour: a time zone or summer time set wrong.
void or_an_hour(Fault& fault, Random& random) {
  if (random.below(4) > 0) return;
  fault.amount = Duration(fault.amount > 0 ? 1h : -1h).count();
}

void servers_jump(Scenario& scenario, const Backend& backend, const Trigger& when, Random& random) {
  const Duration lease = lease_in(scenario);
  Fault fault = fault_of("clock-jump", {});
  const bool ahead = random.below(2) == 0;
  fault.amount = ahead ? random.between(lease, lease * 3).count()
                       : -random.between(lease / 2, lease * 2).count();
  or_an_hour(fault, random);
  strike_servers(scenario, backend, when, random, fault);
}

void client_jumps(Scenario& scenario, const Backend&, const Trigger& when, Random& random) {
  const Duration lease = lease_in(scenario);
  Fault fault = fault_of("clock-jump", {"self"});
  const Duration by = random.scale_between(lease / 16, lease * 3);
  const bool ahead = random.below(2) == 0;
  fault.amount = (ahead ? by : -by).count();
  or_an_hour(fault, random);
  if (random.below(2) == 0) {
    const std::vector<std::string> clients = node_names(scenario).clients;
    fault.targets = {random.pick(clients)};
  }
  add(scenario, std::move(fault), when);
}

void servers_drift(Scenario& scenario, const Backend&, const Trigger& when, Random& random) {
  for (const std::string& server : node_names(scenario).servers) {
    Fault fault = fault_of("clock-drift", {server});
    fault.amount = random.between(300'000'000, 1'000'000'000);
    add(scenario, std::move(fault), when);
  }
}

void clients_drift(Scenario& scenario, const Backend&, const Trigger& when, Random& random) {
  const std::vector<std::string> clients = node_names(scenario).clients;
  for (std::size_t i = 0; i < clients.size(); i += 2) {
    Fault fault = fault_of("clock-drift", {clients[i]});
    fault.amount = random.between(300'000'000, 1'000'000'000);
    add(scenario, std::move(fault), when);
  }
}

void cut_client(Scenario& scenario, const Backend& backend, const Trigger& when, Random& random) {
  const Duration lease = lease_in(scenario);
  Fault fault = fault_of("partition", {"self"}, random.between(lease * 6 / 5, lease * 5 / 2));
  for (std::string& server : aim::granting_servers(scenario, backend)) {
    fault.targets.push_back(std::move(server));
  }
  fault.detail = "pair";
  add(scenario, std::move(fault), when);
}

/// What a quorum of servers answers, or is asked, is cut, from `into_cut` on.
void cut_one_way(Scenario& scenario, const Backend& backend, const Trigger& when, Random& random,
                 bool replies) {
  const Duration lease = lease_in(scenario);
  const Duration lasts = random.between(lease / 4, lease * 3 / 2);
  for (const std::string& server : aim::most_servers(scenario, backend, random)) {
    Fault fault = fault_of("partition", {server, "self"}, lasts);
    if (!replies) std::swap(fault.targets[0], fault.targets[1]);
    fault.detail = "pair-one-way";
    add(scenario, std::move(fault), when);
  }
}

void cut_replies(Scenario& scenario, const Backend& backend, const Trigger& when, Random& random) {
  cut_one_way(scenario, backend, when, random, true);
}

void cut_requests(Scenario& scenario, const Backend& backend, const Trigger& when, Random& random) {
  cut_one_way(scenario, backend, when, random, false);
}

/// The first server and the rest of the world lose each other: others may take over.
void cut_primary(Scenario& scenario, const Backend& backend, const Trigger& when, Random& random) {
  const Duration lease = lease_in(scenario);
  const std::vector<std::string> servers = node_names(scenario).servers;
  if (servers.size() < 2) return cut_client(scenario, backend, when, random);
  Fault fault = fault_of("partition", {servers.front()}, random.between(lease / 2, lease * 3));
  if (random.below(2) == 0) {  // its clients still reach it
    fault.targets = servers;
    fault.detail = "pair";
  }
  add(scenario, std::move(fault), when);
}

/// The network falls apart, between the servers too: in two, with a bridge between the sides, into
/// a ring, or it loses some of one server's links.
void cut_network(Scenario& scenario, const Backend&, const Trigger& when, Random& random) {
  const Duration lease = lease_in(scenario);
  const NodeNames names = node_names(scenario);
  Fault fault = fault_of("partition", {random.pick(names.servers)},
                         random.scale_between(lease / 2, lease * 8));
  static constexpr std::string_view shapes[] = {"bridge", "ring", "pair", "pair-one-way", "", ""};
  fault.detail = shapes[random.below(6)];
  if (fault.detail == "bridge" || fault.detail == "ring") {
    return add(scenario, std::move(fault), when);
  }
  std::vector<std::string> others = names.servers;
  others.insert(others.end(), names.clients.begin(), names.clients.end());
  std::erase(others, fault.targets.front());
  random.shuffle(others);
  const auto most = std::max<std::int64_t>(std::ssize(others) - 1, 1);
  others.resize(static_cast<std::size_t>(random.between(1, most)));
  fault.targets.insert(fault.targets.end(), others.begin(), others.end());
  add(scenario, std::move(fault), when);
}

/// What is sent just now comes after the lease, one way or the other.
void delay_servers(Scenario& scenario, const Backend& backend, const Trigger& when,
                   Random& random) {
  const Duration lease = lease_in(scenario);
  const bool replies = random.below(3) > 0;
  const std::int64_t late = random.between(lease * 11 / 5, lease * 4).count();
  for (const std::string& server : aim::most_servers(scenario, backend, random)) {
    Fault fault = fault_of("delay", {server, "self"}, lease / 20);
    if (!replies) std::swap(fault.targets[0], fault.targets[1]);
    fault.detail = "one-way";
    fault.amount = late;
    add(scenario, std::move(fault), when);
  }
}

/// Whatever a quorum answers in a part of the lease comes when the lease is over.
void slow_replies(Scenario& scenario, const Backend& backend, const Trigger& when, Random& random) {
  const Duration lease = lease_in(scenario);
  Trigger then = when;
  then.after = random.between(0ns, lease);
  const Duration lasts = random.between(lease / 8, lease);
  const std::int64_t late = random.between(lease, lease * 2).count();
  for (const std::string& server : aim::most_servers(scenario, backend, random)) {
    Fault fault = fault_of("delay", {server, "self"}, lasts);
    fault.detail = "one-way";
    fault.amount = late;
    add(scenario, std::move(fault), then);
  }
}

void delay_effect(Scenario& scenario, const Backend& backend, const Trigger& when, Random& random) {
  const Duration lease = lease_in(scenario);
  const std::vector<std::string> resources = node_names(scenario).resources;
  if (resources.empty()) return delay_servers(scenario, backend, when, random);
  Fault fault = fault_of("delay", {"self", resources.front()}, lease / 20);
  fault.detail = "one-way";
  fault.amount = random.between(lease * 12 / 5, lease * 5).count();
  add(scenario, std::move(fault), when);
}

/// The same trouble on every path between a client and a server.
void on_all_paths(Scenario& scenario, const Trigger& when, const Fault& fault) {
  const NodeNames names = node_names(scenario);
  for (const std::string& client : names.clients) {
    for (const std::string& server : names.servers) {
      Fault one = fault;
      one.targets = {client, server};
      add(scenario, std::move(one), when);
    }
  }
}

void slow_paths(Scenario& scenario, const Backend&, const Trigger& when, Random& random) {
  const Duration lease = lease_in(scenario);
  Fault fault = fault_of("delay", {});
  fault.amount = random.scale_between(lease / 100, lease / 5).count();
  on_all_paths(scenario, when, fault);
}

void lossy_paths(Scenario& scenario, const Backend&, const Trigger& when, Random& random) {
  Fault fault = fault_of("loss", {});
  fault.amount = random.between(50'000, 400'000);
  on_all_paths(scenario, when, fault);
}

/// A burst, which may outlast a lease.
void lose_next(Scenario& scenario, const Backend& backend, const Trigger& when, Random& random) {
  const Duration lease = lease_in(scenario);
  const Duration lasts = random.scale_between(lease / 4, lease * 5 / 2);
  for (const std::string& server : aim::most_servers(scenario, backend, random)) {
    Fault fault = fault_of("loss", {"self", server}, lasts);
    fault.amount = 900'000;
    add(scenario, std::move(fault), when);
  }
}

template <const char* const& kind>
void odd_datagrams(Scenario& scenario, const Backend&, const Trigger& when, Random& random) {
  Fault fault = fault_of(kind, {});
  fault.amount = random.between(50'000, 500'000);
  on_all_paths(scenario, when, fault);
}
constexpr const char* duplicate = "duplicate";
constexpr const char* reorder = "reorder";

const Blow all_blows[] = {
    {"gc-pause", "the client", false, {0, 82, 55, 85, 52, 53, 21}, pause_client},
    {"gc-pause", "servers", false, {4, 4, 6, 5, 4, 6, 3}, pause_servers},
    {"crash", "the client", false, {3, 3, 3, 1, 1, 3, 3}, crash_client},
    {"crash", "servers", false, {19, 44, 39, 1, 4, 4, 15}, down_servers<crash>},
    {"power-loss", "servers", false, {23, 33, 46, 6, 5, 6, 8}, down_servers<power_loss>},
    {"state-loss", "servers", false, {15, 42, 38, 6, 6, 8, 18}, down_servers<state_loss>},
    {"clock-jump", "servers", false, {4, 21, 29, 1, 0, 2, 8}, servers_jump},
    {"clock-jump", "a client", false, {5, 3, 5, 5, 4, 5, 2}, client_jumps},
    {"clock-drift", "servers", true, {10}, servers_drift},
    {"clock-drift", "every second client", true, {3}, clients_drift},
    {"partition", "the client and the servers", false, {0, 11, 11, 4, 3, 3, 6}, cut_client},
    {"partition", "replies", false, {1, 3, 3, 1, 1, 2, 3}, cut_replies},
    {"partition", "requests", false, {0, 5, 5, 3, 3, 5, 6}, cut_requests},
    {"partition", "the primary", false, {4, 8, 12, 7, 5, 5, 4}, cut_primary},
    {"partition", "the network", false, {10, 9, 21, 24, 22, 20, 16}, cut_network},
    {"delay", "one message", false, {0, 3, 1, 4, 2, 4, 3}, delay_servers},
    {"delay", "replies for a while", false, {0, 3, 1, 4, 2, 4, 3}, slow_replies},
    {"delay", "the effect", false, {6, 7, 5, 75, 8, 7, 9}, delay_effect},
    {"delay", "all paths", true, {1}, slow_paths},
    {"loss", "all paths", true, {16}, lossy_paths},
    {"loss", "the next messages", false, {4, 10, 9, 6, 5, 6, 5}, lose_next},
    {"duplicate", "all paths", true, {1}, odd_datagrams<duplicate>},
    {"reorder", "all paths", true, {1}, odd_datagrams<reorder>},
};

}  // namespace

std::size_t weighted_pick(const std::vector<std::int64_t>& weights, Random& random) {
  std::int64_t total = 0;
  for (const std::int64_t weight : weights) total += weight;
  std::int64_t left = random.between(0, total - 1);
  std::size_t place = 0;
  while (left >= weights[place]) left -= weights[place++];
  return place;
}

std::int64_t most_strokes(const Scenario& calm) {
  const Duration lease = std::max<Duration>(lease_in(calm), 1ms);
  return std::clamp<std::int64_t>(calm.duration * 4 / 3 / lease, 3, 12);
}

Arsenal::Arsenal(const DrawOptions& options)
    : steps_{"acquiring", "granted", "read", "checked", "wrote", "releasing"} {
  const Backend& backend = *find_backend(options.base.lock);
  steps_.insert(steps_.end(), backend.steps.begin(), backend.steps.end());
  for (const Blow& blow : all_blows) {
    const auto& kinds = options.faults;
    if (std::find(kinds.begin(), kinds.end(), blow.kind) != kinds.end()) blows_.push_back(&blow);
  }
}

std::int64_t Arsenal::promise(std::size_t step, std::size_t blow) const {
  const Blow& one = *blows_[blow];
  if (one.standing && step > 0) return 0;
  return std::max<std::int64_t>(one.promise[std::min(step, one.promise.size() - 1)], 1);
}

Stroke Arsenal::any(Random& random) const {
  Stroke stroke;
  // Half of them in a hold ("granted" to "wrote"), which is where most locks are hurt.
  const bool in_hold = random.below(2) == 0;
  stroke.step =
      static_cast<std::size_t>(in_hold ? random.between(1, 4) : random.between(0, last_step()));
  stroke.blow = static_cast<std::size_t>(random.below(blows_.size()));
  stroke.salt = random.next();
  return stroke;
}

Stroke Arsenal::likely(Random& random) const {
  std::vector<std::int64_t> weights;
  for (std::size_t step = 0; step < steps(); ++step) {
    for (std::size_t blow = 0; blow < blows(); ++blow) {
      weights.push_back(promise(step, blow) * promise(step, blow));
    }
  }
  const std::size_t place = weighted_pick(weights, random);
  return {place / blows(), place % blows(), random.next()};
}

Plan Arsenal::varied(std::int64_t count, Random& random) const {
  Plan plan;
  std::vector<bool> used;
  while (std::cmp_less(plan.size(), count)) {
    if (plan.size() % blows() == 0) used.assign(blows(), false);
    const bool likely = random.below(4) > 0;
    std::vector<std::int64_t> weights(steps() * blows());
    for (std::size_t place = 0; place < weights.size(); ++place) {
      const std::int64_t hope = promise(place / blows(), place % blows());
      if (used[place % blows()] || hope == 0) continue;
      weights[place] = likely ? hope * hope : 1;
    }
    const std::size_t place = weighted_pick(weights, random);
    used[place % blows()] = true;
    plan.push_back({place / blows(), place % blows(), random.next()});
  }
  return plan;
}

Scenario Arsenal::with(Scenario calm, const Plan& plan) const {
  const Backend& backend = *find_backend(calm.lock);
  const std::int64_t leases = calm.duration / std::max<Duration>(lease_in(calm), 1ms);
  for (const Stroke& stroke : plan) {
    const Blow& blow = *blows_[stroke.blow];
    Random random(stroke.salt, "stroke");
    Trigger when;
    if (!blow.standing) {
      when.step = steps_[stroke.step];
      const std::int64_t latest = random.between(1, std::max<std::int64_t>(leases, 4));
      when.occurrence = static_cast<std::uint32_t>(random.between(1, latest));
    }
    blow.strike(calm, backend, when, random);
  }
  return calm;
}

}  // namespace lockstep
