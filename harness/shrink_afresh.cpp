// A second search, for what is as small as single steps make it and still more than a person likes
// to read: the same bug is hunted anew with fewer clients, or with fewer faults.
#include <algorithm>
#include <array>

#include "core/random.hpp"
#include "harness/shrinking.hpp"

namespace lockstep {
namespace {

constexpr std::int64_t few_clients = 2;
constexpr std::size_t few_faults = 3;

bool is_about_links(const Fault& fault) {
  return fault.kind == "delay" || fault.kind == "loss" || fault.kind == "duplicate" ||
         fault.kind == "reorder";
}

bool names(const Fault& fault, const std::string& node) {
  return std::ranges::find(fault.targets, node) != fault.targets.end();
}

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

/// Joins to the fault all that can be joined to it.
void gather(Scenario& scenario, std::size_t fault) {
  for (std::size_t i = scenario.faults.size(); i-- > 0;) {
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
    if (random.below(2) == 0) gather(scenario, one);
    if (scenario.faults.size() == before) scenario = without_fault(scenario, one);
  }
}

Duration varied(Duration length, Random& random) {
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

/// Who is fewer meets more often when each is busier, gives up sooner, or is farther away, and in
/// the end in a longer run.
void keep_busy(Scenario& scenario, std::int64_t longer, Random& random) {
  Settings& work = scenario.workload_settings;
  if (random.below(2) == 0) work.put("operations", std::int64_t{0});
  work.put("work_max", longer * work.duration("work_max"));
  if (random.below(2) == 0) work.put("think_max", work.duration("think_min"));
  if (random.below(2) == 0) return;
  const std::int64_t sooner = std::int64_t{1} << (3 * random.below(3));  // 1, 8, 64 times
  work.put("patience", work.duration("patience") / sooner);
  scenario.network.latency_max *= std::int64_t{1} << (3 * random.below(3));
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

/// Attempts of all lengths, each of which gets the same share of events: short ones are the most.
bool hunt(Shrinking& shrinking, const Aim& aim) {
  std::array<std::uint64_t, std::size(all_lengths)> spent{};
  const std::uint64_t end = shrinking.events() + shrinking.options().events_afresh;
  for (std::uint64_t n = 1; shrinking.events() < end && !shrinking.ended(); ++n) {
    const auto least = std::min_element(spent.begin(), spent.end());
    const Length& length = all_lengths[least - spent.begin()];
    const std::uint64_t before = shrinking.events();
    if (shrinking.keep(attempt(shrinking, aim, length, n))) {
      shrinking.trim();
      shrinking.allow_more_luck();
      return true;
    }
    *least += std::max<std::uint64_t>(shrinking.events() - before, 1);
  }
  return false;
}

}  // namespace

std::optional<Fault> joined_fault(const Fault& a, const Fault& b) {
  const bool pairs = a.kind == "partition" && a.detail.starts_with("pair");
  if (a.kind != b.kind || (!is_about_links(a) && !pairs)) return std::nullopt;
  const bool same_side = a.targets.front() == b.targets.front();
  if (pairs && (a.detail != b.detail || !same_side)) return std::nullopt;
  Fault joined = a;
  joined.lasts =
      a.lasts == Duration(0) || b.lasts == Duration(0) ? Duration(0) : std::max(a.lasts, b.lasts);
  joined.amount = std::max(a.amount, b.amount);
  if (pairs) {
    for (const std::string& node : b.targets) {
      if (!names(joined, node)) joined.targets.push_back(node);
    }
    return joined;
  }
  const auto common =
      std::ranges::find_if(a.targets, [&b](const std::string& node) { return names(b, node); });
  if (common == a.targets.end()) return std::nullopt;
  joined.targets = {std::string(*common)};
  joined.detail.clear();
  return joined;
}

bool reductions::afresh(Shrinking& shrinking) {
  const std::int64_t clients = shrinking.smallest().clients;
  const std::size_t faults = shrinking.smallest().faults.size();
  if (clients > few_clients && hunt(shrinking, {clients - 1, few_faults})) return true;
  return faults > few_faults && hunt(shrinking, {clients, faults - 1});
}

}  // namespace lockstep
