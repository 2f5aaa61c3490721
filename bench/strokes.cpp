// Which strokes break locks: for each known bug, how often each kind of stroke alone shows it. The
// figures beside the blows in harness/strategies/stroke.cpp are means of what this prints.
#include <fmt/core.h>

#include <algorithm>
#include <cstdlib>
#include <string>

#include "harness/run.hpp"
#include "harness/scoreboard.hpp"
#include "harness/strategies/stroke.hpp"

namespace lockstep {
namespace {

bool shows(const KnownBug& bug, const Outcome& outcome) {
  return std::any_of(outcome.verdicts.begin(), outcome.verdicts.end(), [&](const Verdict& verdict) {
    const auto& asked = bug.properties;
    return verdict.status == Status::violated &&
           std::find(asked.begin(), asked.end(), verdict.property) != asked.end();
  });
}

void measure(const KnownBug& bug, std::uint64_t runs) {
  const Arsenal arsenal(bug.options);
  for (std::size_t blow = 0; blow < arsenal.blows(); ++blow) {
    const std::size_t steps = arsenal.blow(blow).standing ? 1 : arsenal.steps();
    for (std::size_t step = 0; step < steps; ++step) {
      std::uint64_t found = 0;
      for (std::uint64_t i = 0; i < runs; ++i) {
        // Seeds that no search of the scoreboard uses.
        const std::uint64_t seed = 500'000'000 + (blow * 100 + step) * 1000 + i;
        const Plan plan{{step, blow, Random(seed, "stroke of the table").next()}};
        found += shows(bug, run(arsenal.with(calm_scenario(bug.options, seed), plan)));
      }
      fmt::print("{}\t{}\t{}\t{}\t{}\t{}\n", bug.name, arsenal.step(step), arsenal.blow(blow).kind,
                 arsenal.blow(blow).target, found, runs);
    }
  }
  std::uint64_t calm = 0;
  for (std::uint64_t i = 0; i < runs * 4; ++i) {
    calm += shows(bug, run(calm_scenario(bug.options, 600'000'000 + i)));
  }
  fmt::print("{}\t-\t-\t-\t{}\t{}\n", bug.name, calm, runs * 4);
  std::fflush(stdout);
}

}  // namespace
}  // namespace lockstep

/// lockstep_strokes [RUNS PER STROKE]
int main(int argc, char** argv) {
  const std::uint64_t runs = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 12;
  for (const auto& bug : lockstep::known_bugs({}, false)) lockstep::measure(bug, runs);
  return 0;
}
