#include "harness/sweep.hpp"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include "checker/property.hpp"
#include "core/digest.hpp"
#include "harness/lock_states.hpp"
#include "harness/state_count.hpp"
#include "harness/strategies/strategy.hpp"

namespace lockstep {
namespace {

RunDone done_of(Outcome outcome, const SweepOptions& options, bool states, bool keep) {
  RunDone done;
  done.seed = outcome.scenario.seed;
  done.digest = outcome.digest;
  done.overlapping = options.met ? options.met(outcome) : outcome.stats.faults_in_hold > 0;
  if (options.note) done.note = options.note(outcome);
  if (states) done.states = lock_states(outcome);
  done.failure = std::move(outcome.failure);
  done.gave_up = std::move(outcome.gave_up);
  done.diverged = std::move(outcome.diverged);
  done.stats = outcome.stats;
  done.verdicts = std::move(outcome.verdicts);
  for (Verdict& verdict : done.verdicts) {
    done.violation |= verdict.status == Status::violated;
    done.claimed_violation |= verdict.claimed && verdict.status == Status::violated;
    verdict.witness = {};
    verdict.explanation = {};
  }
  const bool odd = !done.failure.empty() || !done.gave_up.empty() || !done.diverged.empty();
  if (keep || done.violation || odd) {
    done.scenario = std::move(outcome.scenario);
  }
  return done;
}

/// Counts a verdict; true when it names this seed as a first one.
bool add(PropertyCount& count, const Verdict& verdict, std::uint64_t seed) {
  bool named = false;
  count.claimed |= verdict.claimed;
  count.tried += verdict.tried;
  if (verdict.claimed && verdict.status == Status::unknown) ++count.open;
  if (verdict.claimed && verdict.status == Status::violated && ++count.broken == 1) {
    count.first_broken_seed = seed;  // runs are joined in the order of their seeds
    named = true;
  }
  switch (verdict.status) {
    case Status::holds: ++count.holds; break;
    case Status::unknown: ++count.unknown; break;
    case Status::violated:
      if (++count.violated == 1) {
        count.first_seed = seed;
        named = true;
      }
      break;
  }
  return named;
}

/// Counts runs, in the order of their seeds.
class Sum {
 public:
  void add_run(const RunDone& done) {
    if (++result.runs == 1) result.lowest_seed = done.seed;
    result.highest_seed = done.seed;
    digest_.fold(done.digest);
    result.digest = digest_.value();
    result.overlapping_runs += done.overlapping;
    result.violations += done.claimed_violation;
    result.events += done.stats.events;
    result.messages += done.stats.messages;
    result.holds += done.stats.holds;
    result.simulated += done.stats.simulated;
    bool named = false;
    if (!done.failure.empty() && ++result.failures == 1) {
      result.first_failure_seed = done.seed;
      result.first_failure = done.failure;
      named = true;
    }
    if (!done.gave_up.empty() && ++result.given_up == 1) {
      result.first_given_up_seed = done.seed;
      result.first_given_up = done.gave_up;
      named = true;
    }
    if (!done.diverged.empty() && ++result.diverged == 1) {
      result.first_diverged_seed = done.seed;
      result.first_divergence = done.diverged;
      named = true;
    }
    for (const Verdict& verdict : done.verdicts) {
      named |= add(count_for(verdict.property), verdict, done.seed);
    }
    if (named) result.kept.push_back(done.scenario);
    states_.add(done.states);
    result.states = states_.count();
  }

  SweepResult result;

 private:
  /// Where a property is counted, in the checkers' order: not every one applies to every run.
  PropertyCount& count_for(std::string_view property) {
    auto& counts = result.properties;
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

  Digest digest_;
  StateCount states_;
};

/// How many runs the Scenario of a place may know of; those in between may be under way.
std::uint64_t known_at(std::uint64_t place) {
  const std::uint64_t lag = std::clamp<std::uint64_t>(place / 8, 4, 4096);
  return place <= lag ? 0 : place - lag;
}

/// Hands out Scenarios and joins what became of them, in the order of the seeds, whatever order
/// they come in.
class Joiner {
 public:
  Joiner(Seeker& seeker, bool learns, const SweepOptions& options)
      : seeker_(seeker), learns_(learns), options_(options) {
    if (learns_) prepare();
  }

  struct Job {
    std::uint64_t place = 0;
    Scenario scenario;
  };

  /// The next one; none when the sweep is over.
  std::optional<Job> take() {
    if (!learns_) {
      const std::uint64_t place = next_.fetch_add(1, std::memory_order_relaxed);
      if (over() || place >= options_.runs) return std::nullopt;
      return Job{place, seeker_.next(seed_at(place))};
    }
    std::unique_lock guard(mutex_);
    ready_.wait(guard, [this] { return over() || !jobs_.empty() || prepared_ >= options_.runs; });
    if (over() || jobs_.empty()) return std::nullopt;
    Job job = std::move(jobs_.front());
    jobs_.pop_front();
    return job;
  }

  void put(std::uint64_t place, Outcome outcome) {
    const bool states = options_.count_states || learns_;
    RunDone done = done_of(std::move(outcome), options_, states, learns_);
    const std::lock_guard guard(mutex_);
    waiting_.emplace(place, std::move(done));
    while (!waiting_.empty() && waiting_.begin()->first == sum_.result.runs && !ended()) {
      join(waiting_.extract(waiting_.begin()).mapped());
    }
    ready_.notify_all();
    if (options_.progress) options_.progress(sum_.result);
  }

  bool interrupted() const {
    return options_.interrupted != nullptr && options_.interrupted->load(std::memory_order_relaxed);
  }

  SweepResult finish() {
    sum_.result.interrupted = interrupted();
    if (sum_.result.runs == 0) sum_.result.digest = Digest().value();
    return std::move(sum_.result);
  }

 private:
  std::uint64_t seed_at(std::uint64_t place) const {
    return options_.first_seed + place * options_.stride;
  }
  bool ended() const { return ended_.load(std::memory_order_relaxed); }
  bool over() const { return ended() || interrupted(); }

  void join(const RunDone& done) {
    sum_.add_run(done);
    if (learns_) {
      seeker_.learn({done.scenario, done.states, done.claimed_violation});
      prepare();
    }
    if (options_.done) options_.done(done);
    const bool first = options_.stop_at_first && sum_.result.violations > 0;
    if (first || (options_.enough && options_.enough(sum_.result))) {
      ended_.store(true, std::memory_order_relaxed);
    }
  }

  /// Makes every Scenario whose time has come: not earlier and not later, or it would depend on
  /// how fast the workers are.
  void prepare() {
    while (prepared_ < options_.runs && known_at(prepared_) <= sum_.result.runs) {
      jobs_.push_back({prepared_, seeker_.next(seed_at(prepared_))});
      ++prepared_;
    }
  }

  Seeker& seeker_;
  const bool learns_;
  const SweepOptions& options_;
  std::atomic<std::uint64_t> next_{0};
  std::mutex mutex_;
  std::condition_variable ready_;
  std::deque<Job> jobs_;  // of a search that learns
  std::uint64_t prepared_ = 0;
  std::map<std::uint64_t, RunDone> waiting_;
  std::atomic<bool> ended_{false};
  Sum sum_;
};

/// A search that is nothing but a function.
class PureSeeker final : public Seeker {
 public:
  explicit PureSeeker(const ScenarioOf& scenario_of) : scenario_of_(scenario_of) {}
  Scenario next(std::uint64_t seed) override { return scenario_of_(seed); }

 private:
  const ScenarioOf& scenario_of_;
};

}  // namespace

PropertyCount count_of(const SweepResult& result, std::string_view property) {
  for (const auto& [name, count] : result.properties) {
    if (name == property) return count;
  }
  return {};
}

const Scenario* kept_scenario(const SweepResult& result, std::uint64_t seed) {
  for (const Scenario& scenario : result.kept) {
    if (scenario.seed == seed) return &scenario;
  }
  return nullptr;
}

SweepResult sweep(const ScenarioOf& scenario_of, const SweepOptions& options) {
  PureSeeker seeker(scenario_of);
  return sweep(seeker, false, options);
}

SweepResult sweep(Seeker& seeker, bool learns, const SweepOptions& options) {
  unsigned workers = options.workers;
  if (workers == 0) workers = std::max(1u, std::thread::hardware_concurrency());
  Joiner joiner(seeker, learns, options);
  const auto work = [&joiner, &options] {
    while (std::optional<Joiner::Job> job = joiner.take()) {
      joiner.put(job->place, run_by_origin(job->scenario, options.bounds));
    }
  };
  {
    std::vector<std::jthread> threads;
    for (unsigned i = 1; i < workers; ++i) threads.emplace_back(work);
    work();
  }
  return joiner.finish();
}

}  // namespace lockstep
