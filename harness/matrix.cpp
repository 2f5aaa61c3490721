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

/// The violations that a cell's code says can happen.
std::string violations_in(std::string_view code) {
  std::string letters;
  for (const char c : code) {
    if (std::string_view("VvbL").find(c) != std::string_view::npos) letters += c;
  }
  return letters;
}

std::string observed_in(const SweepResult& result, ResourcePolicy resource) {
  std::string letters;
  const bool effects = count_of(result, "effect-exclusion").violated > 0 ||
                       count_of(result, "no-lost-update").violated > 0;
  if (count_of(result, "belief-exclusion").violated > 0) {
    const bool guarded = resource == ResourcePolicy::same_store && !effects;
    letters += guarded ? 'b' : 'V';
  } else if (effects) {
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
  for (const char* property :
       {"belief-exclusion", "effect-exclusion", "no-lost-update", "deadlock-freedom"}) {
    const PropertyCount count = count_of(result, property);
    if (count.first_seed) return count.first_seed;
  }
  return std::nullopt;
}

/// What the row's footnotes say that this cell needs.
Circumstances circumstances_of(const ExpectedRow& row, std::string_view expected) {
  Circumstances needed;
  needed.unequal_leases = expected.find('1') != std::string_view::npos;
  const bool hunted = expected.find('V') != std::string_view::npos;
  needed.clocks_apart = hunted && row.has_note('8');
  return needed;
}

MatrixCell blank_cell(const ExpectedRow& row, std::size_t column) {
  MatrixCell cell;
  cell.lock = row.lock;
  cell.fault = std::string(all_fault_classes()[column].code);
  cell.sources = row.cells[column];
  cell.expected = cell.sources;
  cell.source = row.source;
  cell.resource = row.resource;
  if (const Correction* better = row.correction_on(cell.fault)) {
    cell.expected = better->expected;
    cell.why = better->why;
  }
  return cell;
}

void fill(MatrixCell& cell, const SweepResult& result, const std::string& hunted) {
  cell.observed = observed_in(result, cell.resource);
  cell.agrees = hunted.empty() ? cell.observed.empty() : contains_all(cell.observed, hunted);
  cell.runs = result.runs;
  cell.overlapping_runs = result.overlapping_runs;
  cell.belief_violations = count_of(result, "belief-exclusion").violated;
  cell.effect_violations = count_of(result, "effect-exclusion").violated;
  cell.liveness_violations = count_of(result, "deadlock-freedom").violated;
  cell.failures = result.failures;
  if (cell.failures > 0) cell.agrees = false;
  cell.seed = seed_of_worst(result);
  if (cell.observed.empty()) cell.observed = ".";
}

MatrixCell measure(const Backend& backend, const ExpectedRow& row, std::size_t column,
                   const MatrixOptions& options) {
  const FaultClass& fault_class = all_fault_classes()[column];
  MatrixCell cell = blank_cell(row, column);
  if (cell.fault == "Fo" && backend.fail_over == nullptr) {
    cell.observed = "-";
    cell.agrees = cell.enough = true;
    return cell;
  }
  const Circumstances needed = circumstances_of(row, cell.sources);
  const ScenarioOf scenario_of = [&](std::uint64_t seed) {
    return aimed_scenario(backend, fault_class, row.resource, seed, needed);
  };
  const std::string hunted = violations_in(cell.expected);
  SweepOptions sweeping;
  sweeping.workers = options.workers;
  sweeping.interrupted = options.interrupted;
  sweeping.met = fault_class.met;
  if (!hunted.empty()) {
    const Correction* better = row.correction_on(cell.fault);
    sweeping.runs = better == nullptr ? options.hunt : std::max(options.hunt, better->hunt);
    sweeping.enough = [&](const SweepResult& r) {
      return contains_all(observed_in(r, row.resource), hunted);
    };
  } else {
    // Not every run meets its fault: go on until enough have, within reason.
    sweeping.runs = options.quiet * 20;
    sweeping.enough = [&](const SweepResult& r) { return r.overlapping_runs >= options.quiet; };
  }
  const SweepResult result = sweep(scenario_of, sweeping);
  fill(cell, result, hunted);
  cell.enough = !hunted.empty() || result.overlapping_runs >= options.quiet;
  if (cell.seed) cell.scenario = scenario_of(*cell.seed);
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
      cells.push_back(measure(*backend, row, i, options));
      done(cells.back());
    }
  }
  return cells;
}

}  // namespace lockstep
