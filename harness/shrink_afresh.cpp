// A second search, for what is as small as single steps make it and still more than a person likes
// to read: the same bug is hunted anew with fewer clients, or with fewer faults.
#include <algorithm>
#include <array>
#include <deque>

#include "core/random.hpp"
#include "harness/shrinking.hpp"

namespace lockstep {
namespace {

constexpr std::int64_t few_clients = 2;
constexpr std::size_t few_faults = 3;

/// Removes clients, whichever the numbers say, until so many are left; of a semaphore sometimes as
/// many permits.
Scenario with_clients(Scenario scenario, std::int64_t left, Random& random) {
  Settings& lock = scenario.lock_settings;
  const std::int64_t gone = scenario.clients - left;
  if (lock.contains("permits") && random.below(2) == 0) {
    lock.put("permits", std::max<std::int64_t>(1, lock.number("permits") - gone));
  }
  while (scenario.clients > left) {
    scenario = without_client(scenario, random.between(1, scenario.clients));
  }
  return scenario;
}

/// Joins to the fault what can be joined to it, while there are more than `most`.
void gather(Scenario& scenario, std::size_t fault, std::size_t most) {
  for (std::size_t i = scenario.faults.size(); i-- > 0 && scenario.faults.size() > most;) {
    if (i == fault) continue;
    const auto joined = joined_fault(scenario.faults[fault], scenario.faults[i]);
    if (!joined) continue;
    scenario.faults[fault] = *joined;
    scenario = without_fault(scenario, i);
    if (i < fault) --fault;
  }
}

/// Takes faults away, or joins them, until there are no more than `most`.
void thin_out(Scenario& scenario, std::size_t most, Random& random) {
  while (scenario.faults.size() > most) {
    const std::size_t before = scenario.faults.size();
    const auto one = static_cast<std::size_t>(random.below(before));
    if (random.below(2) == 0) gather(scenario, one, most);
    if (scenario.faults.size() == before) scenario = without_fault(scenario, one);
  }
}

/// By a little, or by much.
Duration varied(Duration length, Random& random) {
  if (random.below(2) == 0) return length / 64 * random.between(56, 72);
  return length / 4 * random.between(1, 8);
}

/// Other moments, lengths and strengths: who is fewer comes by at other times.
void vary(Fault& fault, Random& random) {
  const std::uint64_t what = random.below(4);
  if (what == 0) return;
  if (!fault.when.step.empty() && random.below(2) == 0) {
    fault.when.occurrence = static_cast<std::uint32_t>(random.between(1, 4));
  }
  if (what == 1) return;
  fault.when.after = varied(fault.when.after, random);
  fault.lasts = varied(fault.lasts, random);
  if (what == 3) fault.amount = fault.amount / 4 * random.between(2, 12);
}

/// How long an attempt lasts, and how long its clients work: what it costs depends on that.
struct Length {
  std::int64_t work = 1;  // times as long as before
  bool of_found = false;  // else of the smallest
  std::int64_t times = 1;
};

constexpr Length all_lengths[] = {{1, false, 1},   {1, false, 2},  {1, true, 1},  {1, true, 4},
                                  {16, false, 1},  {16, false, 2}, {16, true, 1}, {16, true, 4},
                                  {256, false, 1}, {256, true, 4}};

/// Who is fewer meets more often when each is busier, gives up sooner, or is farther away (what is
/// on its way for longer crosses more of what others sent), and in the end in a longer run.
void keep_busy(Scenario& scenario, std::int64_t longer, Random& random) {
  Settings& work = scenario.workload_settings;
  if (random.below(2) == 0) work.put("operations", std::int64_t{0});
  work.put("work_max", longer * work.duration("work_max"));
  if (random.below(2) == 0) work.put("think_max", work.duration("think_min"));
  if (random.below(2) == 0) return;
  const std::int64_t sooner = std::int64_t{1} << (3 * random.below(3));  // 1, 8, 64 times
  work.put("patience", work.duration("patience") / sooner);
  scenario.network.latency_max *= std::int64_t{1} << random.below(10);
}

struct Aim {
  std::int64_t clients;  // at most so many
  std::size_t faults;
};

/// The n-th attempt.
Scenario attempt(const Shrinking& shrinking, const Aim& aim, const Length& length,
                 std::uint64_t n) {
  Random random(n, "shrink afresh");
  const bool from_found = random.below(2) == 0;
  Scenario scenario = from_found ? shrinking.found() : shrinking.smallest();
  const Scenario& as_long = length.of_found ? shrinking.found() : shrinking.smallest();
  scenario.duration = as_long.duration * length.times;
  const std::int64_t left = random.between(std::min(aim.clients, few_clients), aim.clients);
  scenario = with_clients(std::move(scenario), left, random);
  thin_out(scenario, aim.faults, random);
  const bool other_faults = random.below(2) == 0;
  for (Fault& fault : scenario.faults) {
    if (other_faults) vary(fault, random);
  }
  const bool fewer_clients = scenario.clients < shrinking.smallest().clients;
  if (fewer_clients || length.work > 1 || random.below(2) == 0)
    keep_busy(scenario, length.work, random);
  scenario.seed = n;
  return scenario;
}

/// What broke the same property in another way: the bug is nearer there than elsewhere.
class NearMisses {
 public:
  bool empty() const { return some_.empty(); }

  void add(Scenario scenario) {
    if (some_.size() == most) some_.pop_front();
    some_.push_back(std::move(scenario));
  }

  /// One of them under another seed, and perhaps with other faults. Needs one.
  Scenario once_more(std::uint64_t n) const {
    Random random(n, "shrink afresh, near misses");
    Scenario scenario = some_[static_cast<std::size_t>(random.below(some_.size()))];
    const bool other_faults = random.below(2) == 0;
    for (Fault& fault : scenario.faults) {
      if (other_faults) vary(fault, random);
    }
    scenario.seed = n;
    return scenario;
  }

 private:
  static constexpr std::size_t most = 8;

  std::deque<Scenario> some_;  // the last ones
};

/// Attempts of all lengths, each of which gets the same share of events: short ones are the most.
/// A quarter of all events is for near misses.
bool hunt(Shrinking& shrinking, const Aim& aim) {
  std::array<std::uint64_t, std::size(all_lengths)> spent{};
  std::uint64_t spent_near = 0;
  NearMisses near;
  const std::uint64_t begin = shrinking.events();
  const std::uint64_t end = begin + shrinking.options().events_afresh;
  for (std::uint64_t n = 1; shrinking.events() < end && !shrinking.ended(); ++n) {
    const auto least = std::min_element(spent.begin(), spent.end());
    const Length& length = all_lengths[least - spent.begin()];
    const std::uint64_t before = shrinking.events();
    const bool again = !near.empty() && spent_near <= (before - begin) / 4;
    const Scenario candidate = again ? near.once_more(n) : attempt(shrinking, aim, length, n);
    const Likeness seen = shrinking.judge(candidate);
    if (seen == Likeness::same_bug) {
      shrinking.trim();
      shrinking.allow_more_luck();
      return true;
    }
    if (seen == Likeness::same_property && !again) near.add(candidate);
    (again ? spent_near : *least) += std::max<std::uint64_t>(shrinking.events() - before, 1);
  }
  return false;
}

/// Two faults become one that does at least what both did, in the run that there is.
bool keep_joined(Shrinking& shrinking) {
  const std::size_t count = shrinking.smallest().faults.size();
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t j = 0; j < count; ++j) {
      const std::vector<Fault>& faults = shrinking.smallest().faults;
      if (i == j) continue;
      const auto joined = joined_fault(faults[i], faults[j]);
      if (!joined) continue;
      Scenario fewer = shrinking.smallest();
      fewer.faults[i] = *joined;
      if (shrinking.keep(without_fault(fewer, j))) return true;
    }
  }
  return false;
}

}  // namespace

bool reductions::afresh(Shrinking& shrinking) {
  const std::int64_t clients = shrinking.smallest().clients;
  const std::size_t faults = shrinking.smallest().faults.size();
  if (clients > few_clients && hunt(shrinking, {clients - 1, few_faults})) return true;
  if (faults <= few_faults) return false;
  return keep_joined(shrinking) || hunt(shrinking, {clients, faults - 1});
}

}  // namespace lockstep
