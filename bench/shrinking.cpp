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
#include "harness/shrinking.hpp"
#include "harness/witness_pattern.hpp"

namespace lockstep {
namespace {

struct Cell {
  std::string name;
  Shrunk shrunk;
  double seconds = 0;
  const NeededClients* needed = nullptr;  // where two clients are not enough

  std::int64_t clients_allowed() const { return needed == nullptr ? 2 : needed->clients; }
  bool large() const {
    return shrunk.scenario.clients > clients_allowed() || shrunk.scenario.faults.size() > 3;
  }
};

double cpu_seconds() {
  return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

/// Does this run break belief-exclusion?
bool breaks(const Scenario& scenario) {
  const Outcome outcome = run(scenario, RunOptions{.property = "belief-exclusion"});
  return violation_of(outcome, "belief-exclusion") != nullptr;
}

/// A violating run of a cell: the one that its row names, the first of `most` others, or nothing.
std::optional<Scenario> find(const Backend& backend, const ExpectedRow& row, std::size_t column,
                             std::uint64_t most) {
  const FaultClass& fault_class = all_fault_classes()[column];
  const Circumstances needed = circumstances_of(row, row.cells[column]);
  const std::uint64_t known = row.first_seed(std::string(fault_class.code));
  for (std::uint64_t seed = known > 0 ? 0 : 1; seed <= most; ++seed) {
    Scenario scenario =
        aimed_scenario(backend, fault_class, row.resource, seed == 0 ? known : seed, needed);
    if (breaks(scenario)) return scenario;
  }
  return std::nullopt;
}

/// Of `most` runs with one client less than the cell needs, how many break it all the same.
std::uint64_t broken_by_fewer(const Backend& backend, const ExpectedRow& row, std::size_t column,
                              std::int64_t clients, std::uint64_t most) {
  std::uint64_t broken = 0;
  for (std::uint64_t seed = 1; seed <= most; ++seed) {
    Scenario scenario = aimed_scenario(backend, all_fault_classes()[column], row.resource, seed,
                                       circumstances_of(row, row.cells[column]));
    while (scenario.clients >= clients) scenario = without_client(scenario, scenario.clients);
    broken += breaks(scenario);
  }
  return broken;
}

void tell(const Cell& cell) {
  const Scenario& small = cell.shrunk.scenario;
  fmt::print("{:<34} {:2} clients {:2} faults {:3} operations {:5} runs {:7.2f} s  {}{}\n",
             cell.name, small.clients, small.faults.size(),
             small.workload_settings.number("operations"), cell.shrunk.runs, cell.seconds,
             cell.shrunk.pattern, cell.shrunk.minimal ? "" : "  NOT MINIMAL");
  if (cell.large()) fmt::print("{:<34} TOO LARGE\n", cell.name);
}

void sum_up(std::vector<Cell> cells) {
  if (cells.empty()) return;
  std::sort(cells.begin(), cells.end(),
            [](const Cell& a, const Cell& b) { return a.seconds < b.seconds; });
  const auto count = [&cells](bool (*wanted)(const Cell&)) {
    return std::count_if(cells.begin(), cells.end(), wanted);
  };
  fmt::print("{} cells, median {:.2f} CPU seconds, worst {:.2f} s ({})\n", cells.size(),
             cells[cells.size() / 2].seconds, cells.back().seconds, cells.back().name);
  fmt::print(
      "{} with more than 3 faults or 2 clients (more than they need, for the {} that need more by "
      "nature), {} not minimal\n",
      count([](const Cell& cell) { return cell.large(); }),
      count([](const Cell& cell) { return cell.needed != nullptr; }),
      count([](const Cell& cell) { return !cell.shrunk.minimal; }));
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
      const double seconds = cpu_seconds() - begin;
      const NeededClients* const needed = row.needed_clients_on(fault);
      cells.push_back({row.lock + " " + fault, *shrunk, seconds, needed});
      tell(cells.back());
      if (needed != nullptr) {
        fmt::print("{:<34} needs {} clients: fewer broke it in {} of {} runs\n", cells.back().name,
                   needed->clients, broken_by_fewer(*backend, row, i, needed->clients, most), most);
      }
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
