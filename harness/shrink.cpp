// The judge of candidates, and the loop over the table of reductions.
#include "harness/shrink.hpp"

#include <algorithm>

#include "harness/contained.hpp"
#include "harness/shrinking.hpp"
#include "harness/witness_pattern.hpp"

namespace lockstep {
namespace {

// In the order in which they are tried.
constexpr Reduction all_reductions[] = {
    {"clients", reductions::fewer_clients},
    {"operations", reductions::fewer_operations},
    {"faults", reductions::fewer_faults},
    {"length of faults", reductions::shorter_faults},
    {"detail of faults", reductions::simpler_faults},
    {"servers", reductions::fewer_servers},
    {"network", reductions::constant_latency},
    {"workload", reductions::usual_workload},
    {"times", reductions::rounder_times},
};

/// Can any one fault, client or operation still go?
bool is_minimal(Shrinking& shrinking) {
  const std::vector<Scenario> smaller = smaller_by_one(shrinking.smallest());
  return std::none_of(smaller.begin(), smaller.end(),
                      [&](const Scenario& one) { return shrinking.keep(one); });
}

/// False when it ended before that.
bool make_minimal(Shrinking& shrinking) {
  while (!shrinking.ended()) {
    bool changed = false;
    for (const Reduction& reduction : all_reductions) changed |= reduction.apply(shrinking);
    if (!changed && is_minimal(shrinking)) return !shrinking.ended();
  }
  return false;
}

}  // namespace

Shrinking::Shrinking(Scenario scenario, const Verdict& violation, std::string pattern,
                     const ShrinkOptions& options)
    : options_(options),
      found_(std::move(scenario)),
      smallest_(found_),
      property_(violation.property),
      pattern_(std::move(pattern)),
      claimed_(violation.claimed),
      last_shown_(violation.at.value_or(WorldTime{} + smallest_.duration)),
      luck_until_(options.events) {}

bool Shrinking::ended() const {
  return events_ > options_.most_events ||
         (options_.interrupted != nullptr && options_.interrupted->load());
}

Likeness Shrinking::judge(const Scenario& candidate) {
  if (ended() || !problems_of(candidate).empty()) return Likeness::none;
  const Outcome outcome = watched_run(candidate, RunOptions{.property = property_});
  ++runs_;
  events_ += outcome.stats.events;
  const Verdict* verdict = violation_of(outcome, property_);
  if (verdict == nullptr || !outcome.failure.empty()) return Likeness::none;
  if (verdict->claimed < claimed_ || witness_pattern(outcome, *verdict) != pattern_) {
    return Likeness::same_property;
  }
  last_shown_ = verdict->at.value_or(WorldTime{} + candidate.duration);
  smallest_ = candidate;
  return Likeness::same_bug;
}

bool Shrinking::keep(const Scenario& candidate) {
  return candidate != smallest_ && judge(candidate) == Likeness::same_bug;
}

bool Shrinking::keep_with_luck(Scenario candidate, std::int64_t longer) {
  if (keep(candidate)) return true;
  const std::uint64_t own = candidate.seed;
  candidate.duration = found_.duration * longer;
  for (std::uint64_t seed = 0; seed <= options_.other_seeds && may_try_seeds(); ++seed) {
    candidate.seed = seed == 0 ? own : seed;
    if (!keep(candidate)) continue;
    trim();
    return true;
  }
  return false;
}

/// What comes after a violation cannot undo it: most runs may end right there.
bool Shrinking::trim() {
  const std::int64_t needed = nanos(last_shown_) + 1;
  for (const std::int64_t length : round_numbers(needed, smallest_.duration.count())) {
    Scenario shorter = smallest_;
    shorter.duration = Duration(length);
    return keep(shorter);
  }
  return false;
}

Shrunk Shrinking::result(bool minimal) const {
  return {smallest_, property_, pattern_, minimal, runs_, events_};
}

std::vector<std::int64_t> round_numbers(std::int64_t low, std::int64_t high, std::int64_t most) {
  std::vector<std::int64_t> numbers;
  std::int64_t unit = 1;
  while (unit <= low / most) unit *= 10;
  for (std::int64_t digits = (low + unit - 1) / unit; digits * unit < high; ++digits) {
    if (digits == most) digits = most / 10, unit *= 10;
    if (digits * unit < high) numbers.push_back(digits * unit);
  }
  return numbers;
}

bool keep_least(const std::vector<std::int64_t>& values,
                const std::function<bool(std::int64_t)>& keeps) {
  bool kept = false;
  std::size_t low = 0;
  std::size_t high = values.size();
  while (low < high) {
    const std::size_t middle = low + (high - low) / 2;
    if (keeps(values[middle])) {
      kept = true;
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return kept;
}

std::vector<Scenario> smaller_by_one(const Scenario& scenario) {
  std::vector<Scenario> smaller;
  for (std::size_t i = 0; i < scenario.faults.size(); ++i) {
    smaller.push_back(without_fault(scenario, i));
  }
  for (std::int64_t i = 1; i <= scenario.clients && scenario.clients > 1; ++i) {
    smaller.push_back(without_client(scenario, i));
  }
  const std::int64_t operations = scenario.workload_settings.number("operations");
  if (operations > 1) {
    smaller.push_back(scenario);
    smaller.back().workload_settings.put("operations", operations - 1);
  }
  return smaller;
}

std::optional<Shrunk> shrink(const Scenario& scenario, const ShrinkOptions& options) {
  const Outcome outcome = watched_run(scenario, RunOptions{.property = options.property});
  const Verdict* violation = options.property.empty() ? first_violation_of(outcome)
                                                      : violation_of(outcome, options.property);
  if (violation == nullptr || !outcome.failure.empty()) return std::nullopt;
  Shrinking shrinking(scenario, *violation, witness_pattern(outcome, *violation), options);
  shrinking.trim();
  bool minimal = make_minimal(shrinking);
  while (minimal && reductions::afresh(shrinking)) minimal = make_minimal(shrinking);
  return shrinking.result(minimal && !shrinking.ended());
}

}  // namespace lockstep
