#include "harness/matrix.hpp"

#include <algorithm>

#include "backends/backend.hpp"
#include "harness/expected_verdicts.hpp"
#include "harness/fault_class.hpp"
#include "harness/sweep.hpp"

namespace lockstep {
namespace {

bool wanted(const std::vector<std::string>& list, std::string_view name) {
  return list.empty() || std::find(list.begin(), list.end(), name) != list.end();
}

/// The violations that a cell's code says can happen, of V, v and L.
std::string violations_in(std::string_view code) {
  std::string letters;
  for (const char c : code) {
    if (c == 'V' || c == 'v' || c == 'L') letters += c;
  }
  return letters;
}

std::string observed_in(const SweepResult& result) {
  std::string letters;
  if (count_of(result, "belief-exclusion").violated > 0) {
    letters += 'V';
  } else if (count_of(result, "effect-exclusion").violated > 0) {
    letters += 'v';
  }
  if (count_of(result, "deadlock-freedom").violated > 0) letters += 'L';
  return letters;
}

bool contains_all(const std::string& letters, const std::string& wanted_letters) {
  return std::all_of(wanted_letters.begin(), wanted_letters.end(),
                     [&](char c) { return letters.find(c) != std::string::npos; });
}

std::optional<std::uint64_t> seed_of_worst(const SweepResult& result) {
  for (const char* property : {"belief-exclusion", "effect-exclusion", "deadlock-freedom"}) {
    const PropertyCount count = count_of(result, property);
    if (count.first_seed) return count.first_seed;
  }
  return std::nullopt;
}

MatrixCell measure(const Backend& backend, const FaultClass& fault_class, std::string_view sources,
                   const MatrixOptions& options) {
  MatrixCell cell;
  cell.lock = std::string(backend.name);
  cell.fault = std::string(fault_class.code);
  cell.sources = std::string(sources);
  const Disagreement* better = disagreement_on(cell.lock, cell.fault);
  const std::string_view expected = better == nullptr ? sources : better->measured;
  cell.expected = std::string(expected);
  if (better != nullptr) cell.why = std::string(better->why);
  const bool unequal_leases = sources.find('1') != std::string_view::npos;
  const ScenarioOf scenario_of = [&](std::uint64_t seed) {
    return aimed_scenario(backend, fault_class, options.resource, seed, unequal_leases);
  };
  const std::string hunted = violations_in(expected);
  SweepOptions sweeping;
  sweeping.workers = options.workers;
  sweeping.interrupted = options.interrupted;
  sweeping.met = fault_class.met;
  if (!hunted.empty()) {
    sweeping.runs = better == nullptr ? options.hunt : std::max(options.hunt, better->hunt);
    sweeping.enough = [&](const SweepResult& r) { return contains_all(observed_in(r), hunted); };
  } else {
    // Not every run meets its fault: go on until enough have, within reason.
    sweeping.runs = options.quiet * 20;
    sweeping.enough = [&](const SweepResult& r) { return r.overlapping_runs >= options.quiet; };
  }
  const SweepResult result = sweep(scenario_of, sweeping);
  cell.observed = observed_in(result);
  cell.agrees = hunted.empty() ? cell.observed.empty() : contains_all(cell.observed, hunted);
  cell.enough = !hunted.empty() || result.overlapping_runs >= options.quiet;
  cell.runs = result.runs;
  cell.overlapping_runs = result.overlapping_runs;
  cell.belief_violations = count_of(result, "belief-exclusion").violated;
  cell.effect_violations = count_of(result, "effect-exclusion").violated;
  cell.liveness_violations = count_of(result, "deadlock-freedom").violated;
  cell.failures = result.failures;
  if (cell.failures > 0) cell.agrees = false;
  cell.seed = seed_of_worst(result);
  if (cell.seed) cell.scenario = scenario_of(*cell.seed);
  if (cell.observed.empty()) cell.observed = ".";
  return cell;
}

}  // namespace

std::vector<MatrixCell> measure_matrix(const MatrixOptions& options,
                                       const std::function<void(const MatrixCell&)>& done) {
  std::vector<MatrixCell> cells;
  for (const ExpectedRow& row : expected_verdicts()) {
    const Backend* backend = find_backend(row.lock);
    if (backend == nullptr || !wanted(options.locks, row.lock)) continue;
    for (std::size_t i = 0; i < row.cells.size(); ++i) {
      const FaultClass& fault_class = all_fault_classes()[i];
      if (!wanted(options.faults, fault_class.code)) continue;
      if (options.interrupted != nullptr && options.interrupted->load()) return cells;
      cells.push_back(measure(*backend, fault_class, row.cells[i], options));
      done(cells.back());
    }
  }
  return cells;
}

}  // namespace lockstep
