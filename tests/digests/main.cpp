// Prints the digest of each of many random Scenarios, so that two builds can be compared line by
// line: running twice in one build proves little. `./dev digests` compares all that it can build.
#include <fmt/core.h>

#include <array>
#include <cstdlib>
#include <map>
#include <mutex>
#include <string>

#include "backends/backend.hpp"
#include "core/digest.hpp"
#include "harness/draw.hpp"
#include "harness/sweep.hpp"
#include "nemesis/fault_kind.hpp"
#include "workloads/workload.hpp"

namespace lockstep {
namespace {

constexpr std::array policies = {ResourcePolicy::none, ResourcePolicy::fence_writes,
                                 ResourcePolicy::fence_all, ResourcePolicy::compare_version};

Scenario random_scenario(std::uint64_t seed) {
  Random random(seed, "digests");
  DrawOptions options;
  options.base.lock = std::string(random.pick(all_backends()).name);
  const Workload& workload = random.pick(all_workloads());
  options.base.workload = std::string(workload.name);
  // Readers and writers need a lock that tells them apart.
  if (workload.needs_readers && !find_backend(options.base.lock)->claims.readers) {
    options.base.workload = "counter";
  }
  options.base.resource = random.pick(policies);
  options.base.clients = random.between(1, 6);
  options.base.duration = random.scale_between(200ms, 10s);
  for (const FaultKind& kind : all_fault_kinds()) options.faults.emplace_back(kind.name);
  return draw(options, seed);
}

/// The run's own digest, and with it all that the checkers made of it.
std::uint64_t digest_of(const Outcome& outcome) {
  Digest digest;
  digest.fold(outcome.digest);
  digest.fold(outcome.stats.events);
  digest.fold(outcome.failure);
  for (const Verdict& verdict : outcome.verdicts) {
    digest.fold(verdict.property);
    digest.fold(name_of(verdict.status));
    digest.fold(verdict.explanation);
    for (const Evidence& evidence : verdict.witness) digest.fold(evidence.text);
  }
  return digest.value();
}

void print_digests(std::uint64_t runs, unsigned workers) {
  std::mutex guard;
  std::map<std::uint64_t, std::string> lines;
  SweepOptions options;
  options.runs = runs;
  options.workers = workers;
  options.met = [&](const Outcome& outcome) {
    const Scenario& s = outcome.scenario;
    std::string line = fmt::format("{:016x}  seed {}: {} under {} on {}, {} clients, {} faults\n",
                                   digest_of(outcome), s.seed, s.lock, s.workload,
                                   name_of(s.resource), s.clients, s.faults.size());
    const std::lock_guard lock(guard);
    lines[s.seed] = std::move(line);
    return true;
  };
  const SweepResult result = sweep(random_scenario, options);
  for (const auto& [seed, line] : lines) fmt::print("{}", line);
  fmt::print("{:016x}  all {}\n", result.digest, result.runs);
}

}  // namespace
}  // namespace lockstep

int main(int argc, char** argv) {
  if (argc != 3) {
    fmt::print(stderr, "usage: lockstep_digests RUNS WORKERS\n");
    return 64;
  }
  lockstep::print_digests(std::strtoull(argv[1], nullptr, 10),
                          static_cast<unsigned>(std::strtoul(argv[2], nullptr, 10)));
}
