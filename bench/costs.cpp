// What each lock costs: messages, rounds and simulated time per acquisition, alone and with 20
// waiters, as the table in docs/costs.md. Simulated, and so the same on every machine.
//
//   lockstep_costs                  prints the page
//   lockstep_costs --check FILE     exits with 1 where FILE is not that page

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "backends/backend.hpp"
#include "harness/run.hpp"

namespace lockstep {
namespace {

constexpr std::string_view heading = R"(# What locks cost

Made by `./dev costs` (bench/costs.cpp), from simulated runs without a fault: the same on every
machine. **Alone**: one client takes and releases the lock again and again. *Messages* are
frames and datagrams of one such cycle, without what the servers say to each other anyway; what
a client says to keep its session alive meanwhile counts. *Rounds* is how often an acquire waits
for the network there and back, measured with links so slow (50 ms one way) that nothing else
takes time. *Latency* is an acquire's median on links of 0.1 to 0.5 ms.

**With 20 waiters**: 21 clients want the lock, and each holds it for 100 ms. *Messages* are
those of all clients and servers per acquisition: where a release wakes everybody (the herd) or
waiters poll, it is they who pay. *Hand-over* is the median time from a release to the next
grant that a client knows of. A dash: not all of them got the lock.

| lock | messages | rounds | latency | messages, 20 waiting | hand-over |
|---|---:|---:|---:|---:|---:|
)";

constexpr std::int64_t alone = 1;
constexpr std::int64_t crowd = 21;

Scenario calm(const Backend& lock, std::int64_t clients) {
  Scenario scenario;
  scenario.lock = std::string(lock.name);
  scenario.workload = "mutex";
  scenario.clients = clients;
  scenario.duration = 60s;
  fill_defaults(scenario);
  if (scenario.lock_settings.contains("permits")) {
    scenario.lock_settings.put("permits", std::int64_t{1});
  }
  Settings& work = scenario.workload_settings;
  work.put("operations", clients == alone ? std::int64_t{20} : std::int64_t{2});
  const Duration hold = clients == alone ? Duration(5ms) : Duration(100ms);
  work.put("work_min", hold);
  work.put("work_max", hold);
  work.put("think_min", Duration(5ms));
  work.put("think_max", Duration(5ms));
  work.put("patience", Duration(50s));
  return scenario;
}

double seconds(Duration length) {
  return std::chrono::duration<double>(length).count();
}

/// Messages per second of a run in which nobody wants the lock.
double background(Scenario scenario) {
  scenario.workload_settings.put("think_min", scenario.duration * 2);
  scenario.workload_settings.put("think_max", scenario.duration * 2);
  const Stats stats = run(scenario, {.trace = false, .judge = false}).stats;
  return static_cast<double>(stats.messages) / seconds(stats.simulated);
}

Duration median(std::vector<Duration> lengths) {
  if (lengths.empty()) return {};
  std::sort(lengths.begin(), lengths.end());
  return lengths[lengths.size() / 2];
}

/// From the call of each acquire to its ok; without the first of each process, which connects.
std::vector<Duration> acquire_times(const History& history) {
  std::vector<Duration> lengths;
  for (const Op& end : history) {
    if (end.f != "acquire" || end.type != OpType::ok) continue;
    const Op* call = nullptr;
    bool first = true;
    for (const Op& op : history) {
      if (op.process != end.process || op.f != "acquire" || op.index >= end.index) continue;
      if (op.type == OpType::ok) first = false;
      if (op.type == OpType::invoke) call = &op;
    }
    if (call != nullptr && !first) lengths.push_back(end.time - call->time);
  }
  return lengths;
}

/// From the call of each release to the next ok of an acquire.
std::vector<Duration> hand_overs(const History& history) {
  std::vector<Duration> lengths;
  std::optional<WorldTime> released;
  for (const Op& op : history) {
    if (op.f == "release" && op.type == OpType::invoke) released = op.time;
    if (op.f != "acquire" || op.type != OpType::ok || !released) continue;
    lengths.push_back(op.time - *released);
    released.reset();
  }
  return lengths;
}

std::uint64_t acquisitions(const History& history) {
  return static_cast<std::uint64_t>(std::count_if(history.begin(), history.end(), [](const Op& op) {
    return op.f == "acquire" && op.type == OpType::ok;
  }));
}

std::string milliseconds_text(Duration length) {
  const double ms = std::chrono::duration<double, std::milli>(length).count();
  return ms < 10 ? fmt::format("{:.1f} ms", ms) : fmt::format("{:.0f} ms", ms);
}

std::string messages_text(const Scenario& scenario, const Outcome& outcome) {
  const auto taken = static_cast<double>(acquisitions(outcome.record.history));
  const auto said = static_cast<double>(outcome.stats.messages);
  const double anyway = background(scenario) * seconds(outcome.stats.simulated);
  return fmt::format("{:.1f}", std::max(said - anyway, 0.0) / taken);
}

std::string row(const Backend& lock) {
  const RunOptions unjudged{.trace = false, .judge = false};
  const Scenario one = calm(lock, alone);
  const Outcome of_one = run(one, unjudged);
  if (acquisitions(of_one.record.history) == 0)
    return fmt::format("| {} | - | - | - | - | - |\n", lock.name);
  Scenario slow = one;
  slow.network.latency_min = slow.network.latency_max = 50ms;
  const Duration far = median(acquire_times(run(slow, unjudged).record.history));
  const Scenario many = calm(lock, crowd);
  const Outcome of_many = run(many, unjudged);
  const bool all = acquisitions(of_many.record.history) == 2 * crowd;
  return fmt::format("| {} | {} | {:.1f} | {} | {} | {} |\n", lock.name, messages_text(one, of_one),
                     seconds(far) / seconds(100ms),
                     milliseconds_text(median(acquire_times(of_one.record.history))),
                     all ? messages_text(many, of_many) : "-",
                     all ? milliseconds_text(median(hand_overs(of_many.record.history))) : "-");
}

std::string page() {
  std::string text(heading);
  for (const Backend& lock : all_backends()) text += row(lock);
  return text;
}

int check(const char* path) {
  std::ifstream file(path);
  std::stringstream kept;
  kept << file.rdbuf();
  if (file && kept.str() == page()) return 0;
  fmt::print(stderr, "{} is not what the locks cost now: ./dev costs makes it anew\n", path);
  return 1;
}

}  // namespace
}  // namespace lockstep

int main(int count, char** words) {
  if (count == 3 && std::string(words[1]) == "--check") return lockstep::check(words[2]);
  if (count != 1) {
    fmt::print(stderr, "usage: lockstep_costs [--check FILE]\n");
    return 64;
  }
  fmt::print("{}", lockstep::page());
  return 0;
}
