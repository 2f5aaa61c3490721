// How small the counterexamples of the zoo become, and how long that takes: one line per cell of
// the verdict matrix that expects two holders, and their summary.
#include <fmt/core.h>

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <string>

#include "backends/backend.hpp"
#include "harness/expected_verdicts.hpp"
#include "harness/fault_class.hpp"
#include "harness/matrix_cell.hpp"
#include "harness/run.hpp"
#include "harness/shrink.hpp"
#include "harness/witness_pattern.hpp"

namespace lockstep {
namespace {

struct Cell {
  std::string name;
  Shrunk shrunk;
  double seconds = 0;
};

double cpu_seconds() {
  return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

/// The first violating run of a cell, or nothing within `most` runs.
std::optional<Scenario> find(const Backend& backend, const ExpectedRow& row, std::size_t column,
                             std::uint64_t most) {
  const FaultClass& fault_class = all_fault_classes()[column];
  const Circumstances needed = circumstances_of(row, row.cells[column]);
  for (std::uint64_t seed = 1; seed <= most; ++seed) {
    Scenario scenario = aimed_scenario(backend, fault_class, row.resource, seed, needed);
    const Outcome outcome = run(scenario, RunOptions{.property = "belief-exclusion"});
    if (violation_of(outcome, "belief-exclusion") != nullptr) return scenario;
  }
  return std::nullopt;
}

void tell(const Cell& cell) {
  const Scenario& small = cell.shrunk.scenario;
  fmt::print("{:<34} {:2} clients {:2} faults {:3} operations {:5} runs {:7.2f} s  {}{}\n",
             cell.name, small.clients, small.faults.size(),
             small.workload_settings.number("operations"), cell.shrunk.runs, cell.seconds,
             cell.shrunk.pattern, cell.shrunk.minimal ? "" : "  NOT MINIMAL");
}

void sum_up(std::vector<Cell> cells) {
  if (cells.empty()) return;
  const auto large = [](const Cell& cell) {
    return cell.shrunk.scenario.clients > 2 || cell.shrunk.scenario.faults.size() > 3;
  };
  std::sort(cells.begin(), cells.end(),
            [](const Cell& a, const Cell& b) { return a.seconds < b.seconds; });
  fmt::print(
      "{} cells, median {:.2f} CPU seconds, worst {:.2f} s ({}), {} with more than 2 clients or 3 "
      "faults, {} not minimal\n",
      cells.size(), cells[cells.size() / 2].seconds, cells.back().seconds, cells.back().name,
      std::count_if(cells.begin(), cells.end(), large),
      std::count_if(cells.begin(), cells.end(),
                    [](const Cell& cell) { return !cell.shrunk.minimal; }));
}

int measure(const std::string& locks, std::uint64_t most) {
  std::vector<Cell> cells;
  for (const ExpectedRow& row : expected_verdicts()) {
    const Backend* backend = find_backend(row.lock);
    if (backend == nullptr || row.lock.find(locks) == std::string::npos) continue;
    for (std::size_t i = 0; i < row.cells.size(); ++i) {
      const std::string fault(all_fault_classes()[i].code);
      const Correction* better = row.correction_on(fault);
      const std::string& expected = better != nullptr ? better->expected : row.cells[i];
      const bool hunted = expected.find_first_of("Vb") != std::string::npos;
      if (!hunted || !can_strike(all_fault_classes()[i], *backend)) continue;
      const std::optional<Scenario> found = find(*backend, row, i, most);
      if (!found) {
        fmt::print("{:<34} not found in {} runs\n", row.lock + " " + fault, most);
        continue;
      }
      const double begin = cpu_seconds();
      const auto shrunk = shrink(*found, {.property = "belief-exclusion"});
      cells.push_back({row.lock + " " + fault, *shrunk, cpu_seconds() - begin});
      tell(cells.back());
      std::fflush(stdout);
    }
  }
  sum_up(std::move(cells));
  return 0;
}

}  // namespace
}  // namespace lockstep

/// lockstep_shrinking [PART OF A LOCK'S NAME [RUNS PER CELL]]
int main(int argc, char** argv) {
  return lockstep::measure(argc > 1 ? argv[1] : "",
                           argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 300);
}
