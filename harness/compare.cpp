#include "harness/compare.hpp"

#include <algorithm>
#include <thread>

#include "checker/property.hpp"
#include "harness/contained.hpp"

namespace lockstep {
namespace {

/// What one run violated, a bit per property, and whether it failed.
struct Violations {
  std::uint64_t properties = 0;
  bool failed = false;
};

struct Pair {
  Violations a;
  Violations b;
  bool done = false;
};

Violations violations_of(const Scenario& scenario) {
  const Outcome outcome = run_by_origin(scenario);
  Violations violations;
  violations.failed = !outcome.failure.empty() || !outcome.gave_up.empty();
  for (const Verdict& verdict : outcome.verdicts) {
    if (verdict.status != Status::violated) continue;
    const auto place = find_property(verdict.property) - all_properties().data();
    violations.properties |= std::uint64_t{1} << place;
  }
  return violations;
}

Comparison sum_of(const std::vector<Pair>& pairs) {
  Comparison sum;
  for (const Pair& pair : pairs) {
    if (!pair.done) continue;
    ++sum.runs;
    sum.failures += static_cast<std::uint64_t>(pair.a.failed) + pair.b.failed;
  }
  for (std::size_t i = 0; i < all_properties().size(); ++i) {
    Pairs count;
    for (const Pair& pair : pairs) {
      if (!pair.done) continue;
      const bool a = (pair.a.properties >> i & 1) != 0;
      const bool b = (pair.b.properties >> i & 1) != 0;
      ++(a && b ? count.both : a ? count.only_a : b ? count.only_b : count.neither);
    }
    if (count.neither == sum.runs) continue;
    sum.properties.emplace_back(std::string(all_properties()[i].name), count);
  }
  return sum;
}

}  // namespace

Comparison compare(const std::function<Scenario(std::uint64_t)>& a,
                   const std::function<Scenario(std::uint64_t)>& b, const CompareOptions& options) {
  unsigned workers = options.workers;
  if (workers == 0) workers = std::max(1u, std::thread::hardware_concurrency());
  std::vector<Pair> pairs(options.runs);
  std::atomic<std::uint64_t> next{0};
  const auto interrupted = [&] {
    return options.interrupted != nullptr && options.interrupted->load();
  };
  const auto work = [&] {
    while (!interrupted()) {
      const std::uint64_t place = next.fetch_add(1);
      if (place >= pairs.size()) return;
      const std::uint64_t seed = options.first_seed + place;
      pairs[place] = {violations_of(a(seed)), violations_of(b(seed)), true};
    }
  };
  {
    std::vector<std::jthread> threads;
    for (unsigned i = 1; i < workers; ++i) threads.emplace_back(work);
    work();
  }
  Comparison sum = sum_of(pairs);
  sum.interrupted = interrupted();
  return sum;
}

}  // namespace lockstep
