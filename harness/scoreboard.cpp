#include "harness/scoreboard.hpp"

#include <time.h>

#include <algorithm>
#include <set>
#include <thread>

#include "backends/backend.hpp"
#include "harness/expected_verdicts.hpp"
#include "harness/fault_class.hpp"
#include "harness/matrix_cell.hpp"
#include "harness/run.hpp"
#include "harness/strategies/strategy.hpp"
#include "harness/sweep.hpp"

namespace lockstep {
namespace {

/// A cell of the matrix that is known to show a violation.
struct WrongCell {
  const FaultClass* fault_class;
  Circumstances circumstances;
  std::string letters;  // of V, v, b and L
};

std::vector<WrongCell> wrong_cells(const ExpectedRow& row, const Backend& backend) {
  std::vector<WrongCell> cells;
  for (std::size_t i = 0; i < row.cells.size(); ++i) {
    const FaultClass& fault_class = all_fault_classes()[i];
    const Correction* better = row.correction_on(fault_class.code);
    const std::string& expected = better == nullptr ? row.cells[i] : better->expected;
    std::string letters;
    for (const char c : expected) {
      if (std::string_view("VvbL").find(c) != std::string_view::npos) letters += c;
    }
    if (letters.empty() || !can_strike(fault_class, backend)) continue;
    cells.push_back({&fault_class, circumstances_of(row, row.cells[i]), letters});
  }
  return cells;
}

/// Without those that need no fault at all, where there are others: any strategy finds them.
std::vector<WrongCell> by_faults(const std::vector<WrongCell>& cells) {
  std::vector<WrongCell> rest;
  for (const WrongCell& cell : cells) {
    if (cell.fault_class->code != "0" && cell.fault_class->code != "W") rest.push_back(cell);
  }
  return rest.empty() ? cells : rest;
}

/// Clocks that are apart from the start are how things are; every other fault is taken away.
void leave_calm(Scenario& scenario) {
  std::erase_if(scenario.faults, [](const Fault& fault) {
    const bool from_the_start = fault.when.step.empty() && fault.when.at == WorldTime{};
    return fault.kind != "clock-jump" || !from_the_start;
  });
}

Scenario staged(const Backend& backend, const WrongCell& cell, ResourcePolicy resource,
                std::uint64_t seed) {
  return aimed_scenario(backend, *cell.fault_class, resource, seed, cell.circumstances);
}

std::vector<std::string> kinds_of(const std::vector<Fault>& faults) {
  std::set<std::string> kinds;
  for (const Fault& fault : faults) kinds.insert(fault.kind);
  return {kinds.begin(), kinds.end()};
}

std::vector<std::string> properties_of(const std::vector<WrongCell>& cells) {
  std::string letters;
  for (const WrongCell& cell : cells) letters += cell.letters;
  std::vector<std::string> properties;
  if (letters.find('V') != std::string::npos || letters.find('b') != std::string::npos) {
    properties.emplace_back("belief-exclusion");
  }
  if (letters.find_first_of("Vv") != std::string::npos) {
    properties.insert(properties.end(), {"effect-exclusion", "no-lost-update"});
  }
  if (letters.find('L') != std::string::npos) properties.emplace_back("deadlock-freedom");
  return properties;
}

KnownBug bug_of(const ExpectedRow& row, const Backend& backend, std::vector<WrongCell> cells) {
  KnownBug bug;
  bug.name = row.lock;
  for (const WrongCell& cell : cells) {
    bug.faults += (bug.faults.empty() ? "" : " ") + std::string(cell.fault_class->code);
  }
  bug.properties = properties_of(cells);
  bug.options.fault_every = Duration::zero();
  std::vector<Fault> faults;
  for (const WrongCell& cell : cells) {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {  // a recipe may choose between kinds
      const Scenario scenario = staged(backend, cell, row.resource, seed);
      faults.insert(faults.end(), scenario.faults.begin(), scenario.faults.end());
    }
  }
  bug.options.faults = kinds_of(faults);
  bug.options.base_of = [&backend, resource = row.resource,
                         cells = std::move(cells)](std::uint64_t seed) {
    Random random(seed, "cell");
    Scenario scenario = staged(backend, random.pick(cells), resource, seed);
    leave_calm(scenario);
    return scenario;
  };
  bug.options.base = bug.options.base_of(1);
  return bug;
}

/// Processor time of this thread.
Duration cpu_now() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return std::chrono::seconds(now.tv_sec) + Duration(now.tv_nsec);
}

struct Spent {
  std::uint64_t runs = 0;
  Duration cpu{};
  bool found = false;
  std::string failure{};
};

Spent search(const KnownBug& bug, const Strategy& strategy, std::uint64_t repetition,
             const ScoreOptions& options) {
  const Duration begin = cpu_now();
  const auto violated = [&bug](const SweepResult& result) {
    return std::any_of(bug.properties.begin(), bug.properties.end(), [&](const auto& property) {
      return count_of(result, property).violated > 0;
    });
  };
  SweepOptions sweeping;
  sweeping.first_seed = 1 + repetition * 1'000'000;
  sweeping.runs = options.most_runs;
  sweeping.workers = 1;
  sweeping.interrupted = options.interrupted;
  sweeping.enough = [&](const SweepResult& result) {
    return violated(result) || cpu_now() - begin > options.most_cpu;
  };
  const std::unique_ptr<Seeker> seeker = strategy.begin(bug.options);
  const SweepResult result = sweep(*seeker, strategy.learns, sweeping);
  return {result.runs, cpu_now() - begin, violated(result), result.first_failure};
}

template <class T>
T median(std::vector<T> values) {
  if (values.empty()) return {};
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

Score score_of(const std::string& strategy, const std::vector<Spent>& all) {
  Score score;
  score.strategy = strategy;
  std::vector<std::uint64_t> runs;
  std::vector<Duration> cpu;
  for (const Spent& spent : all) {
    ++score.searches;
    score.found += spent.found;
    runs.push_back(spent.runs);
    cpu.push_back(spent.cpu);
    score.worst_runs = std::max(score.worst_runs, spent.runs);
    score.worst_cpu = std::max(score.worst_cpu, spent.cpu);
    if (score.failure.empty()) score.failure = spent.failure;
  }
  score.median_runs = median(runs);
  score.median_cpu = median(cpu);
  return score;
}

ScoreLine measure(const KnownBug& bug, const ScoreOptions& options) {
  const std::uint64_t searches = options.strategies.size() * options.repetitions;
  std::vector<Spent> spent(searches);
  std::atomic<std::uint64_t> next{0};
  const auto work = [&] {
    for (std::uint64_t i = next.fetch_add(1); i < searches; i = next.fetch_add(1)) {
      if (options.interrupted != nullptr && options.interrupted->load()) return;
      const std::string& name = options.strategies[i / options.repetitions];
      spent[i] = search(bug, *find_strategy(name), i % options.repetitions, options);
    }
  };
  {
    unsigned workers = options.workers;
    if (workers == 0) workers = std::max(1u, std::thread::hardware_concurrency());
    std::vector<std::jthread> threads;
    for (unsigned i = 1; i < workers; ++i) threads.emplace_back(work);
    work();
  }
  ScoreLine line{bug, {}};
  for (std::size_t i = 0; i < options.strategies.size(); ++i) {
    const auto from = spent.begin() + static_cast<std::ptrdiff_t>(i * options.repetitions);
    const auto to = from + static_cast<std::ptrdiff_t>(options.repetitions);
    line.scores.push_back(score_of(options.strategies[i], {from, to}));
  }
  return line;
}

}  // namespace

std::vector<KnownBug> known_bugs(const std::vector<std::string>& locks, bool each_cell) {
  std::vector<KnownBug> bugs;
  for (const ExpectedRow& row : expected_verdicts()) {
    const Backend* backend = find_backend(row.lock);
    if (backend == nullptr) continue;
    if (!locks.empty() && std::find(locks.begin(), locks.end(), row.lock) == locks.end()) continue;
    const std::vector<WrongCell> cells = wrong_cells(row, *backend);
    if (cells.empty()) continue;
    if (!each_cell) {
      bugs.push_back(bug_of(row, *backend, by_faults(cells)));
      continue;
    }
    for (const WrongCell& cell : cells) bugs.push_back(bug_of(row, *backend, {cell}));
  }
  return bugs;
}

KnownBug known_bug(std::string name, const Scenario& scenario,
                   std::vector<std::string> properties) {
  KnownBug bug;
  bug.name = std::move(name);
  bug.properties = std::move(properties);
  bug.options.fault_every = Duration::zero();
  bug.options.faults = kinds_of(scenario.faults);
  bug.options.base = scenario;
  bug.options.base.faults.clear();
  bug.options.base_of = [base = bug.options.base](std::uint64_t seed) {
    Scenario one = base;
    one.seed = seed;
    return one;
  };
  return bug;
}

std::vector<ScoreLine> measure_scoreboard(const std::vector<KnownBug>& bugs,
                                          const ScoreOptions& options,
                                          const std::function<void(const ScoreLine&)>& done) {
  std::vector<ScoreLine> lines;
  for (const KnownBug& bug : bugs) {
    ScoreLine line = measure(bug, options);
    if (options.interrupted != nullptr && options.interrupted->load()) break;
    lines.push_back(std::move(line));
    done(lines.back());
  }
  return lines;
}

std::vector<Standing> standings(const std::vector<ScoreLine>& lines) {
  std::vector<Standing> all;
  const std::size_t strategies = lines.empty() ? 0 : lines.front().scores.size();
  for (std::size_t i = 0; i < strategies; ++i) {
    Standing standing;
    standing.strategy = lines.front().scores[i].strategy;
    std::vector<std::uint64_t> runs;
    std::vector<std::uint64_t> times;
    std::vector<std::uint64_t> hard_times;
    std::vector<Duration> cpu;
    for (const ScoreLine& line : lines) {
      const Score& score = line.scores[i];
      ++standing.bugs;
      standing.always_found += score.found == score.searches;
      runs.push_back(score.median_runs);
      cpu.push_back(score.median_cpu);
      standing.worst_runs = std::max(standing.worst_runs, score.worst_runs);
      standing.worst_cpu = std::max(standing.worst_cpu, score.worst_cpu);
      standing.worst_median_cpu = std::max(standing.worst_median_cpu, score.median_cpu);
      for (const Score& other : line.scores) {
        if (other.strategy != "random") continue;
        times.push_back(other.median_runs * 10 / std::max<std::uint64_t>(score.median_runs, 1));
        if (other.median_runs >= 10) hard_times.push_back(times.back());
      }
    }
    standing.median_runs = median(runs);
    standing.median_cpu = median(cpu);
    standing.times_fewer_tenths = median(times);
    standing.times_fewer_hard_tenths = median(hard_times);
    standing.hard_bugs = hard_times.size();
    all.push_back(std::move(standing));
  }
  return all;
}

}  // namespace lockstep
