#include "harness/sweep.hpp"

#include <algorithm>
#include <mutex>
#include <thread>

#include "checker/property.hpp"
#include "core/digest.hpp"
#include "harness/run.hpp"

namespace lockstep {
namespace {

/// The part of an Outcome that a sweep keeps.
struct Tally {
  std::uint64_t digest = 0;
  bool overlapping = false;
  bool claimed_violation = false;
  std::string failure{};
  Stats stats;
  std::vector<Verdict> verdicts;  // without their witnesses
};

Tally tally_of(Outcome outcome, const SweepOptions& options) {
  Tally tally;
  tally.digest = outcome.digest;
  tally.overlapping = options.met ? options.met(outcome) : outcome.stats.faults_in_hold > 0;
  tally.failure = std::move(outcome.failure);
  tally.stats = outcome.stats;
  tally.verdicts = std::move(outcome.verdicts);
  for (Verdict& verdict : tally.verdicts) {
    tally.claimed_violation |= verdict.claimed && verdict.status == Status::violated;
    verdict.witness = {};
    verdict.explanation = {};
  }
  return tally;
}

void add(PropertyCount& count, const Verdict& verdict, std::uint64_t seed) {
  count.claimed |= verdict.claimed;
  if (verdict.claimed && verdict.status == Status::unknown) ++count.open;
  if (verdict.claimed && verdict.status == Status::violated && ++count.broken == 1) {
    count.first_broken_seed = seed;  // runs are joined in the order of their seeds
  }
  switch (verdict.status) {
    case Status::holds: ++count.holds; break;
    case Status::unknown: ++count.unknown; break;
    case Status::violated:
      ++count.violated;
      if (!count.first_seed || seed < *count.first_seed) count.first_seed = seed;
      break;
  }
}

/// Joins tallies in the order of their seeds, whatever order they come in.
class Joiner {
 public:
  explicit Joiner(const SweepOptions& options) : options_(options) {}

  void put(std::uint64_t seed, Tally tally) {
    const std::lock_guard guard(mutex_);
    waiting_.emplace(seed, std::move(tally));
    while (!waiting_.empty() && waiting_.begin()->first == options_.first_seed + result_.runs) {
      auto first = waiting_.extract(waiting_.begin());
      join(first.key(), first.mapped());
    }
    if (options_.progress) options_.progress(result_.runs, violations_);
  }
  bool ended() const { return ended_.load(std::memory_order_relaxed); }

  SweepResult finish(bool interrupted) {
    result_.interrupted = interrupted;
    result_.digest = digest_.value();
    return std::move(result_);
  }

 private:
  void join(std::uint64_t seed, const Tally& tally) {
    if (ended()) return;
    ++result_.runs;
    digest_.fold(tally.digest);
    result_.overlapping_runs += tally.overlapping;
    result_.events += tally.stats.events;
    result_.messages += tally.stats.messages;
    result_.holds += tally.stats.holds;
    result_.simulated += tally.stats.simulated;
    if (!tally.failure.empty() && ++result_.failures == 1) {
      result_.first_failure_seed = seed;
      result_.first_failure = tally.failure;
    }
    for (const Verdict& verdict : tally.verdicts) {
      add(count_for(verdict.property), verdict, seed);
    }
    if (tally.claimed_violation) ++violations_;
    const bool first = options_.stop_at_first && violations_ > 0;
    if (first || (options_.enough && options_.enough(result_))) {
      ended_.store(true, std::memory_order_relaxed);
    }
  }

  /// Where a property is counted, in the checkers' order: not every one applies to every run.
  PropertyCount& count_for(std::string_view property) {
    auto& counts = result_.properties;
    const auto at = std::find_if(counts.begin(), counts.end(),
                                 [&](const auto& count) { return count.first == property; });
    if (at != counts.end()) return at->second;
    const auto later = [](std::string_view one, std::string_view other) {
      return find_property(one) > find_property(other);
    };
    const auto next = std::find_if(counts.begin(), counts.end(),
                                   [&](const auto& count) { return later(count.first, property); });
    return counts.insert(next, {std::string(property), {}})->second;
  }

  const SweepOptions& options_;
  std::mutex mutex_;
  std::map<std::uint64_t, Tally> waiting_;
  Digest digest_;
  std::uint64_t violations_ = 0;
  std::atomic<bool> ended_{false};
  SweepResult result_;
};

}  // namespace

PropertyCount count_of(const SweepResult& result, std::string_view property) {
  for (const auto& [name, count] : result.properties) {
    if (name == property) return count;
  }
  return {};
}

SweepResult sweep(const ScenarioOf& scenario_of, const SweepOptions& options) {
  unsigned workers = options.workers;
  if (workers == 0) workers = std::max(1u, std::thread::hardware_concurrency());
  Joiner joiner(options);
  std::atomic<std::uint64_t> next{0};
  const auto interrupted = [&] {
    return options.interrupted != nullptr && options.interrupted->load(std::memory_order_relaxed);
  };
  const auto work = [&] {
    while (!interrupted() && !joiner.ended()) {
      const std::uint64_t place = next.fetch_add(1, std::memory_order_relaxed);
      if (place >= options.runs) return;
      const std::uint64_t seed = options.first_seed + place;
      joiner.put(seed, tally_of(run(scenario_of(seed)), options));
    }
  };
  {
    std::vector<std::jthread> threads;
    for (unsigned i = 1; i < workers; ++i) threads.emplace_back(work);
    work();
  }
  return joiner.finish(interrupted());
}

}  // namespace lockstep
