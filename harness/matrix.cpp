#include "harness/matrix.hpp"

#include <algorithm>

#include "backends/backend.hpp"
#include "harness/expected_verdicts.hpp"
#include "harness/fault_class.hpp"
#include "harness/matrix_cell.hpp"
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

/// Nothing may go wrong in this column of the row: there it is a correct lock.
bool must_stay_quiet(const Backend& backend, const ExpectedRow& row, std::size_t column) {
  const std::string& name = matrix_columns()[column].code;
  const Correction* better = row.correction_on(name);
  const auto expected = [&](const std::string& sources) {
    return better == nullptr ? sources : better->expected;
  };
  if (name == "RP1") return expected(row.fence_writes) == "ok";
  if (name == "RP2") return expected(row.fence_all) == "ok";
  if (name == "FIFO") return expected(row.fifo) == "yes";
  return can_strike(all_fault_classes()[column], backend) &&
         violations_in(expected(row.cells[column])).empty();
}

MatrixCell blank_cell(const ExpectedRow& row, std::size_t column) {
  MatrixCell cell;
  cell.lock = row.lock;
  cell.group = row.group;
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

MatrixCell left_out(const ExpectedRow& row, std::size_t column) {
  MatrixCell cell;
  cell.lock = row.lock;
  cell.group = row.group;
  cell.fault = matrix_columns()[column].code;
  cell.resource = row.resource;
  cell.agrees = cell.enough = true;
  return cell;
}

/// A column of one fault class.
MatrixCell measure(const Backend& backend, const ExpectedRow& row, std::size_t column,
                   const MatrixOptions& options) {
  const FaultClass& fault_class = all_fault_classes()[column];
  MatrixCell cell = blank_cell(row, column);
  if (!can_strike(fault_class, backend)) {
    cell.observed = "-";
    cell.agrees = cell.enough = true;
    return cell;
  }
  const Circumstances needed = circumstances_of(row, cell.sources);
  const ScenarioOf scenario_of = [&](std::uint64_t seed) {
    return aimed_scenario(backend, fault_class, row.resource, seed, needed);
  };
  const std::string hunted = violations_in(cell.expected);
  const Correction* better = row.correction_on(cell.fault);
  const std::uint64_t runs =
      better == nullptr ? options.hunt : std::max(options.hunt, better->hunt);
  const auto shown = [&](const SweepResult& r) {
    return contains_all(observed_in(r, row.resource), hunted);
  };
  const std::uint64_t known = hunted.empty() ? 0 : row.first_seed(cell.fault);
  const ScenarioOf known_scenario = [&](std::uint64_t) { return scenario_of(known); };
  SweepResult result;
  if (known != 0) result = hunt(known_scenario, options, 1, fault_class.met, shown);
  const bool found = known != 0 && shown(result);
  if (hunted.empty()) {
    result = watch(scenario_of, options, fault_class.met);
  } else if (!found) {
    result = hunt(scenario_of, options, runs, fault_class.met, shown);
  }
  put_counts(cell, result);
  cell.observed = observed_in(result, cell.resource);
  cell.agrees = hunted.empty() ? cell.observed.empty() : contains_all(cell.observed, hunted);
  cell.agrees = cell.agrees && result.failures == 0;
  cell.enough = !hunted.empty() || result.overlapping_runs >= options.quiet;
  if (cell.observed.empty()) cell.observed = ".";
  cell.seed = found ? known : seed_of_worst(result);
  if (cell.seed) cell.scenario = scenario_of(*cell.seed);
  return cell;
}

}  // namespace

const std::vector<MatrixColumn>& matrix_columns() {
  static const std::vector<MatrixColumn> columns = [] {
    std::vector<MatrixColumn> all;
    for (const FaultClass& fault_class : all_fault_classes()) {
      all.push_back({std::string(fault_class.code), std::string(fault_class.summary)});
    }
    all.push_back({"RP1", "a resource that checks tokens on writes, under what breaks the lock"});
    all.push_back({"RP2", "a resource that checks tokens on reads, too"});
    all.push_back({"FIFO", "who asked first is served first"});
    return all;
  }();
  return columns;
}

Circumstances circumstances_of(const ExpectedRow& row, std::string_view expected) {
  Circumstances needed;
  needed.unequal_leases = expected.find('1') != std::string_view::npos;
  const bool hunted = expected.find('V') != std::string_view::npos;
  needed.clocks_apart = hunted && row.has_note('8');
  needed.workload = row.workload;
  needed.begin_together = expected.find('9') != std::string_view::npos;
  return needed;
}

bool can_strike(const FaultClass& fault_class, const Backend& backend) {
  return fault_class.code != "Fo" || backend.fail_over != nullptr;
}

SweepResult hunt(const ScenarioOf& scenario_of, const MatrixOptions& options, std::uint64_t runs,
                 std::function<bool(const Outcome&)> met,
                 std::function<bool(const SweepResult&)> shown) {
  SweepOptions sweeping;
  sweeping.workers = options.workers;
  sweeping.interrupted = options.interrupted;
  sweeping.met = std::move(met);
  sweeping.runs = runs;
  sweeping.enough = std::move(shown);
  return sweep(scenario_of, sweeping);
}

SweepResult watch(const ScenarioOf& scenario_of, const MatrixOptions& options,
                  std::function<bool(const Outcome&)> met) {
  SweepOptions sweeping;
  sweeping.workers = options.workers;
  sweeping.interrupted = options.interrupted;
  sweeping.met = std::move(met);
  sweeping.runs = options.quiet * 20;  // not every run meets its fault
  sweeping.enough = [&](const SweepResult& r) { return r.overlapping_runs >= options.quiet; };
  return sweep(scenario_of, sweeping);
}

void put_counts(MatrixCell& cell, const SweepResult& result) {
  cell.runs += result.runs;
  cell.overlapping_runs += result.overlapping_runs;
  cell.belief_violations += count_of(result, "belief-exclusion").violated;
  cell.effect_violations += count_of(result, "effect-exclusion").violated;
  cell.liveness_violations += count_of(result, "deadlock-freedom").violated;
  cell.failures += result.failures;
}

std::vector<MatrixCell> measure_matrix(const MatrixOptions& options,
                                       const std::function<void(const MatrixCell&)>& done) {
  std::vector<MatrixCell> cells;
  const std::size_t faults = all_fault_classes().size();
  for (const ExpectedRow& row : expected_verdicts()) {
    const Backend* backend = find_backend(row.lock);
    if (backend == nullptr || !wanted(options.locks, row.lock)) continue;
    for (std::size_t i = 0; i < matrix_columns().size(); ++i) {
      const std::string& column = matrix_columns()[i].code;
      if (!wanted(options.faults, column)) continue;
      if (options.quiet_only && !must_stay_quiet(*backend, row, i)) {
        cells.push_back(left_out(row, i));
      } else if (i < faults) {
        cells.push_back(measure(*backend, row, i, options));
      } else if (const auto policy = resource_policy_named(column)) {
        cells.push_back(measure_fencing(*backend, row, *policy, options));
      } else {
        cells.push_back(measure_fairness(*backend, row, options));
      }
      if (options.interrupted != nullptr && options.interrupted->load()) {
        cells.pop_back();  // cut short, it would say too little
        return cells;
      }
      done(cells.back());
    }
  }
  return cells;
}

}  // namespace lockstep
