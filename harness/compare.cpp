#include "harness/compare.hpp"

#include <algorithm>
#include <mutex>
#include <thread>

#include "checker/property.hpp"

namespace lockstep {
namespace {

void count(OddRuns& odd, const std::string& text, char side, std::uint64_t seed) {
  if (text.empty()) return;
  const bool first = odd.count == 0 || seed < odd.seed || (seed == odd.seed && side < odd.side);
  ++odd.count;
  if (!first) return;
  odd.seed = seed;
  odd.side = side;
  odd.text = text;
}

void count(SideCount& side, const Verdict* verdict) {
  if (verdict == nullptr) return;
  ++side.judged;
  side.decided += verdict->status != Status::unknown;
  side.violated += verdict->status == Status::violated;
}

const Verdict* verdict_on(const Outcome& outcome, std::string_view property) {
  const auto at = std::ranges::find(outcome.verdicts, property, &Verdict::property);
  return at == outcome.verdicts.end() ? nullptr : &*at;
}

/// Counts pairs of runs as they come: the sums are the same in any order.
class Sum {
 public:
  Sum() {
    for (const Property& property : all_properties()) {
      properties_.push_back({std::string(property.name), {}, {}, {}});
    }
  }

  void add(std::uint64_t seed, const Outcome& a, const Outcome& b) {
    const std::lock_guard guard(mutex_);
    ++result_.runs;
    for (const auto& [outcome, side] : {std::pair(&a, 'A'), std::pair(&b, 'B')}) {
      count(result_.failures, outcome->failure, side, seed);
      count(result_.given_up, outcome->gave_up, side, seed);
      count(result_.diverged, outcome->diverged, side, seed);
    }
    for (ComparedProperty& property : properties_) add(property, a, b);
  }

  Comparison finish() {
    for (ComparedProperty& property : properties_) {
      const std::uint64_t judged = std::max(property.a.judged, property.b.judged);
      const bool open = property.one_sided() ? property.a.decided + property.b.decided < judged
                                             : property.pairs.total() < judged;
      const bool violated = property.a.violated + property.b.violated > 0;
      if (open || violated) result_.properties.push_back(std::move(property));
    }
    return std::move(result_);
  }

 private:
  static void add(ComparedProperty& property, const Outcome& a, const Outcome& b) {
    const Verdict* of_a = verdict_on(a, property.name);
    const Verdict* of_b = verdict_on(b, property.name);
    count(property.a, of_a);
    count(property.b, of_b);
    const auto open = [](const Verdict* verdict) {
      return verdict == nullptr || verdict->status == Status::unknown;
    };
    if (open(of_a) || open(of_b)) return;
    const bool in_a = of_a->status == Status::violated;
    const bool in_b = of_b->status == Status::violated;
    Pairs& pairs = property.pairs;
    ++(in_a && in_b ? pairs.both : in_a ? pairs.only_a : in_b ? pairs.only_b : pairs.neither);
  }

  std::mutex mutex_;
  Comparison result_;
  std::vector<ComparedProperty> properties_;
};

}  // namespace

Comparison compare(const std::function<Scenario(std::uint64_t)>& a,
                   const std::function<Scenario(std::uint64_t)>& b, const CompareOptions& options) {
  unsigned workers = options.workers;
  if (workers == 0) workers = std::max(1u, std::thread::hardware_concurrency());
  Sum sum;
  std::atomic<std::uint64_t> next{0};
  const auto interrupted = [&] {
    return options.interrupted != nullptr && options.interrupted->load();
  };
  const auto work = [&] {
    while (!interrupted()) {
      const std::uint64_t place = next.fetch_add(1);
      if (place >= options.runs) return;
      const std::uint64_t seed = options.first_seed + place;
      const Outcome of_a = run_by_origin(a(seed), options.bounds);
      sum.add(seed, of_a, run_by_origin(b(seed), options.bounds));
    }
  };
  {
    std::vector<std::jthread> threads;
    for (unsigned i = 1; i < workers; ++i) threads.emplace_back(work);
    work();
  }
  Comparison result = sum.finish();
  result.interrupted = interrupted();
  return result;
}

}  // namespace lockstep
