#include "harness/no_return.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <thread>

#include "backends/backend.hpp"
#include "core/random.hpp"
#include "harness/contained.hpp"
#include "harness/witness_pattern.hpp"
#include "reports/story.hpp"

namespace lockstep {
namespace {

struct Event {
  WorldTime at{};
  std::string text;
};

/// Members of a group grant as one: "consul" for any of them.
std::string service_of(const Scenario& scenario, const ServiceEvent& event) {
  const Backend* backend = find_backend(scenario.lock);
  const bool group = backend != nullptr && backend->replicated;
  return group ? event.server.substr(0, event.server.rfind('-')) : event.server;
}

std::string told(const Outcome& outcome, const ServiceEvent& event) {
  const Record& record = outcome.record;
  const std::string whose = event.holder >= 0 ? reports::client_name(record, event.holder) : "?";
  return fmt::format("{}: {} of {} {}", service_of(outcome.scenario, event), event.lock, whose,
                     name_of(event.change));
}

/// What happened before the violation, each instant once.
std::vector<Event> events_before(const Outcome& outcome, WorldTime violated_at) {
  const Record& record = outcome.record;
  std::vector<Event> events{{WorldTime{}, "the run begins"}};
  const auto add = [&](WorldTime at, std::string text) {
    if (at < violated_at) events.push_back({at, std::move(text)});
  };
  for (const FaultSpan& fault : record.faults) {
    add(fault.from, fault.text);
    if (fault.to != never) add(fault.to, "over: " + fault.text);
  }
  for (const Belief& belief : record.beliefs) {
    const std::string client = reports::client_name(record, belief.process);
    add(belief.from, fmt::format("{} believes that it holds {}", client, belief.lock));
    if (belief.to != never) add(belief.to, fmt::format("{} no longer believes", client));
  }
  for (const ServiceEvent& event : record.service) add(event.at, told(outcome, event));
  for (const ResourceEvent& event : record.resource) {
    const char* what = event.access.write ? "writes" : "reads";
    add(event.at, fmt::format("{} {}", reports::client_name(record, event.process), what));
  }
  std::ranges::stable_sort(events, {}, &Event::at);
  const auto twice = std::ranges::unique(events, {}, &Event::at);
  events.erase(twice.begin(), twice.end());
  return events;
}

/// Measures chances, several futures at once.
class Futures {
 public:
  Futures(const Scenario& scenario, const std::string& property, const NoReturnOptions& options)
      : scenario_(scenario), property_(property), options_(options) {}

  bool interrupted() const {
    return options_.interrupted != nullptr && options_.interrupted->load();
  }

  Chance after(const Event& event) const {
    unsigned workers = options_.workers;
    if (workers == 0) workers = std::max(1u, std::thread::hardware_concurrency());
    std::atomic<std::uint64_t> next{0};
    std::atomic<std::uint64_t> hits{0};
    std::atomic<std::uint64_t> trials{0};
    const auto work = [&] {
      for (std::uint64_t i = next++; i < options_.futures && !interrupted(); i = next++) {
        const auto outcome = violated(event.at + 1ns, i);
        if (!outcome) continue;
        if (*outcome) ++hits;
        ++trials;
      }
    };
    {
      std::vector<std::jthread> threads;
      for (unsigned i = 1; i < workers; ++i) threads.emplace_back(work);
      work();
    }
    return {event.at, event.text, odds_of(hits, trials)};
  }

 private:
  /// None: the run did not come to its end, and so says nothing.
  std::optional<bool> violated(WorldTime at, std::uint64_t future) const {
    RunOptions options;
    options.property = property_;
    options.reseed = Reseed{at, mix64(scenario_.seed ^ mix64(future + 1))};
    const Outcome outcome = run_by_origin(scenario_, {}, options);
    if (!outcome.failure.empty() || !outcome.gave_up.empty()) return std::nullopt;
    return violation_of(outcome, property_) != nullptr;
  }

  const Scenario& scenario_;
  const std::string& property_;
  const NoReturnOptions& options_;
};

/// At most `most` of [from, to), evenly spread, the first among them.
std::vector<std::size_t> spread(std::size_t from, std::size_t to, std::size_t most) {
  std::vector<std::size_t> places;
  const std::size_t count = to - from;
  const std::size_t taken = std::min(count, most);
  for (std::size_t i = 0; i < taken; ++i) places.push_back(from + i * count / taken);
  return places;
}

std::size_t highest_rise(const std::vector<Chance>& chances) {
  std::size_t best = 0;
  double most = 0;
  for (std::size_t i = 1; i < chances.size(); ++i) {
    const double rise = chances[i].odds.share() - chances[i - 1].odds.share();
    if (rise > most) best = i, most = rise;
  }
  return best;
}

}  // namespace

std::optional<NoReturn> point_of_no_return(const Scenario& scenario, const std::string& property,
                                           const NoReturnOptions& options) {
  const Outcome outcome = watched_run(scenario, RunOptions{.property = property});
  const Verdict* violation =
      property.empty() ? first_violation_of(outcome) : violation_of(outcome, property);
  if (violation == nullptr || !violation->at) return std::nullopt;
  NoReturn result;
  result.property = violation->property;
  result.violated_at = *violation->at;
  const std::vector<Event> events = events_before(outcome, result.violated_at);
  const Futures futures(scenario, result.property, options);
  const auto measure = [&](std::size_t from, std::size_t to) {
    for (const std::size_t place : spread(from, to, options.instants)) {
      const Chance chance = futures.after(events[place]);
      if (!futures.interrupted()) result.chances.push_back(chance);
    }
  };
  measure(0, events.size());
  result.chances.push_back({result.violated_at,
                            result.property + " is violated",
                            {options.futures, options.futures, 1, 1}});
  // Between the two instants around the jump, nearer.
  const std::size_t jump = highest_rise(result.chances);
  const auto place_of = [&](const Chance& chance) {
    return static_cast<std::size_t>(std::ranges::lower_bound(events, chance.at, {}, &Event::at) -
                                    events.begin());
  };
  if (jump > 0) {
    measure(place_of(result.chances[jump - 1]) + 1, place_of(result.chances[jump]));
    std::ranges::stable_sort(result.chances, {}, &Chance::at);
  }
  result.jump = highest_rise(result.chances);
  result.interrupted = futures.interrupted();
  return result;
}

}  // namespace lockstep
