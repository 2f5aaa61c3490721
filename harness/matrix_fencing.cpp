// The matrix's columns RP1, RP2 and FIFO: fencing under every fault that breaks the lock, and
// fairness.
#include <algorithm>
#include <sstream>

#include "backends/backend.hpp"
#include "harness/matrix_cell.hpp"

namespace lockstep {
namespace {

using Classes = std::vector<const FaultClass*>;

/// "ok, Rn Fo: F": a code, and another one under some of the faults.
struct FencingCode {
  std::string code;
  std::string but_code;
  Classes but;
};

FencingCode fencing_code(const std::string& text) {
  FencingCode read;
  const std::size_t comma = text.find(',');
  const std::size_t colon = text.find(':');
  read.code = text.substr(0, comma);
  if (comma == std::string::npos || colon == std::string::npos) return read;
  std::istringstream faults(text.substr(comma + 1, colon - comma - 1));
  for (std::string code; faults >> code;) read.but.push_back(find_fault_class(code));
  read.but_code = text.substr(text.find_first_not_of(' ', colon + 1));
  return read;
}

/// The codes that can be measured; any other says why the column does not apply.
bool is_measured(std::string_view code) {
  return code == "f" || code == "F" || code == "d" || code == "ok";
}

/// The classes under which an unfenced effect goes wrong, without `but`.
Classes breaking_classes(const Backend& backend, const ExpectedRow& row, const Classes& but) {
  Classes classes;
  for (std::size_t i = 0; i < row.cells.size(); ++i) {
    const FaultClass& fault_class = all_fault_classes()[i];
    const Correction* better = row.correction_on(fault_class.code);
    const std::string& expected = better == nullptr ? row.cells[i] : better->expected;
    const bool breaks = expected.find_first_of("Vvb") != std::string::npos;
    const bool left_out = std::find(but.begin(), but.end(), &fault_class) != but.end();
    if (breaks && !left_out && can_strike(fault_class, backend)) classes.push_back(&fault_class);
  }
  return classes;
}

std::uint64_t violated_of(const SweepResult& result, std::string_view code) {
  const bool refused = code == "d";
  return count_of(result, refused ? "fenced-safety" : "no-lost-update").violated;
}

/// One code under one list of classes, which take turns with the seeds.
void measure_code(MatrixCell& cell, const Backend& backend, const ExpectedRow& row,
                  const Classes& classes, const std::string& code, const MatrixOptions& options) {
  const Circumstances needed = circumstances_of(row, "V");
  const auto class_of = [&](std::uint64_t seed) { return classes[seed % classes.size()]; };
  const ScenarioOf scenario_of = [&](std::uint64_t seed) {
    return aimed_scenario(backend, *class_of(seed), cell.resource, seed, needed);
  };
  const auto met = [&](const Outcome& outcome) {
    return class_of(outcome.scenario.seed)->met(outcome);
  };
  SweepResult result;
  std::string observed = code;
  if (code == "ok") {
    result = watch(scenario_of, options, met);
    cell.enough = cell.enough && result.overlapping_runs >= options.quiet;
    if (violated_of(result, "F") > 0) observed = "F";
  } else {
    // Several classes take turns, and each has its rare cells.
    const std::uint64_t runs = options.hunt * std::min<std::uint64_t>(classes.size(), 4);
    const auto shown = [&](const SweepResult& r) { return violated_of(r, code) > 0; };
    const std::uint64_t known = row.first_seed(cell.fault);
    const ScenarioOf known_scenario = [&](std::uint64_t) { return scenario_of(known); };
    if (known != 0) result = hunt(known_scenario, options, 1, met, shown);
    const bool found = known != 0 && shown(result);
    if (found) cell.seed = known;
    if (!found) result = hunt(scenario_of, options, runs, met, shown);
    if (!shown(result)) observed = "ok";
  }
  cell.agrees = cell.agrees && observed == code && result.failures == 0;
  cell.observed = observed;
  put_counts(cell, result);
  const PropertyCount count =
      count_of(result, observed == "d" ? "fenced-safety" : "no-lost-update");
  if (count.first_seed && !cell.seed) cell.seed = count.first_seed;
  if (count.first_seed && !cell.scenario) cell.scenario = scenario_of(*cell.seed);
}

MatrixCell blank_cell(const ExpectedRow& row, std::string column, const std::string& sources) {
  MatrixCell cell;
  cell.lock = row.lock;
  cell.group = row.group;
  cell.fault = std::move(column);
  cell.sources = sources;
  cell.expected = sources;
  cell.source = row.source;
  if (const Correction* better = row.correction_on(cell.fault)) {
    cell.expected = better->expected;
    cell.why = better->why;
  }
  cell.agrees = cell.enough = true;
  return cell;
}

}  // namespace

MatrixCell measure_fencing(const Backend& backend, const ExpectedRow& row, ResourcePolicy policy,
                           const MatrixOptions& options) {
  const bool writes_only = policy == ResourcePolicy::fence_writes;
  MatrixCell cell =
      blank_cell(row, std::string(name_of(policy)), writes_only ? row.fence_writes : row.fence_all);
  cell.resource = policy;
  const FencingCode code = fencing_code(cell.expected);
  if (!is_measured(code.code)) {
    cell.observed = "-";
    return cell;
  }
  const Classes classes = breaking_classes(backend, row, code.but);
  if (!classes.empty()) measure_code(cell, backend, row, classes, code.code, options);
  if (code.but.empty()) return cell;
  const std::string first = cell.observed;
  Classes but;
  std::string names;
  for (const FaultClass* fault_class : code.but) {
    if (!can_strike(*fault_class, backend)) continue;
    but.push_back(fault_class);
    names += std::string(fault_class->code) + " ";
  }
  if (but.empty()) return cell;
  measure_code(cell, backend, row, but, code.but_code, options);
  names.pop_back();
  cell.observed = first + ", " + names + ": " + cell.observed;
  return cell;
}

MatrixCell measure_fairness(const Backend& backend, const ExpectedRow& row,
                            const MatrixOptions& options) {
  MatrixCell cell = blank_cell(row, "FIFO", row.fifo);
  if (!cell.expected.starts_with("yes")) {
    cell.observed = cell.expected;  // it claims no order
    cell.agrees = !backend.claims.fifo;
    return cell;
  }
  const FaultClass& calm = *find_fault_class("0");
  const ScenarioOf in_calm = [&](std::uint64_t seed) {
    return aimed_scenario(backend, calm, row.resource, seed, {});
  };
  const SweepResult result = watch(in_calm, options, calm.met);
  put_counts(cell, result);
  const PropertyCount count = count_of(result, "bounded-wait");
  cell.enough = result.overlapping_runs >= options.quiet;
  cell.agrees = result.failures == 0 && count.holds > 0 && count.violated == 0 && count.open == 0;
  cell.observed = count.violated > 0 ? "no" : "yes";
  if (count.first_seed) {
    cell.seed = count.first_seed;
    cell.scenario = in_calm(*count.first_seed);
  }
  if (cell.expected != "yes*" || !cell.agrees) return cell;
  Classes faults;
  for (const FaultClass& fault_class : all_fault_classes()) {
    if (can_strike(fault_class, backend)) faults.push_back(&fault_class);
  }
  const ScenarioOf struck = [&](std::uint64_t seed) {
    return aimed_scenario(backend, *faults[seed % faults.size()], row.resource, seed, {});
  };
  const auto broken = [](const SweepResult& r) { return count_of(r, "bounded-wait").violated > 0; };
  const SweepResult hunted = hunt(struck, options, options.hunt * 4, {}, broken);
  put_counts(cell, hunted);
  cell.agrees = broken(hunted) && hunted.failures == 0;
  if (!cell.agrees) return cell;
  cell.observed = "yes*";
  cell.seed = count_of(hunted, "bounded-wait").first_seed;
  cell.scenario = struck(*cell.seed);
  return cell;
}

}  // namespace lockstep
