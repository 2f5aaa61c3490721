#include "harness/thresholds.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <iterator>

#include "backends/backend.hpp"
#include "harness/contained.hpp"
#include "harness/shrinking.hpp"
#include "harness/witness_pattern.hpp"

namespace lockstep {
namespace {

constexpr std::int64_t three_digits = 1000;
constexpr std::int64_t ms = 1'000'000;

/// A run that did not come to its end counts as a violation: nothing is said to vanish there.
bool violates(const Scenario& scenario, const std::string& property) {
  if (!problems_of(scenario).empty()) return false;
  const Outcome outcome = run_by_origin(scenario, {}, RunOptions{.property = property});
  if (!outcome.failure.empty() || !outcome.gave_up.empty()) return true;
  return violation_of(outcome, property) != nullptr;
}

/// "pause"; "pause of fault 2" where there are several of its kind.
std::string name_of_fault(const Scenario& scenario, std::size_t index) {
  const std::string& kind = scenario.faults[index].kind;
  std::string name = kind == "gc-pause" ? "pause" : kind;
  std::replace(name.begin(), name.end(), '-', ' ');
  const auto alike = std::ranges::count(scenario.faults, kind, &Fault::kind);
  return alike > 1 ? fmt::format("{} of fault {}", name, index + 1) : name;
}

class Bisection {
 public:
  Bisection(const Scenario& scenario, const std::string& property)
      : scenario_(scenario), property_(property) {
    // A violation that only comes later is none that vanished.
    Scenario longer = scenario;
    longer.duration *= 4;
    if (violates(longer, property)) scenario_ = std::move(longer);
  }

  std::vector<Threshold> thresholds() {
    for (std::size_t i = 0; i < scenario_.faults.size(); ++i) {
      length_of_fault(i);
      amount_of_fault(i);
    }
    lease();
    work();
    return std::move(found_);
  }

 private:
  using Change = std::function<void(Scenario&, std::int64_t)>;
  using Tell = std::function<std::string(std::int64_t)>;

  bool violates_with(const Change& change, std::int64_t value) const {
    Scenario changed = scenario_;
    change(changed, value);
    return violates(changed, property_);
  }

  void add(std::string parameter, const std::string& name, std::string side, std::string value) {
    Threshold threshold;
    threshold.text =
        fmt::format("the {} is {}", name, side == "under" ? "under " + value : value + " or more");
    threshold.property = property_;
    threshold.parameter = std::move(parameter);
    threshold.side = std::move(side);
    threshold.value = std::move(value);
    found_.push_back(std::move(threshold));
  }

  using Breaks = std::function<bool(std::int64_t)>;

  /// The most of the numbers from `low` to `high`, at which it breaks, under which it holds; unless
  /// even the lowest breaks.
  void under(std::string parameter, const std::string& name, std::int64_t low, std::int64_t high,
             const Change& change, const Tell& tell) {
    const Breaks breaks = [&](std::int64_t value) { return violates_with(change, value); };
    if (high <= low || breaks(low)) return;
    const auto numbers = round_numbers(low, high, three_digits);
    const auto first = std::ranges::partition_point(numbers, std::not_fn(breaks));
    if (first == numbers.begin()) return;
    const std::int64_t held = *std::prev(first);
    std::vector<std::int64_t> below;
    for (std::int64_t value = low * 2; value < held / samples; value *= 2) below.push_back(value);
    for (int i = 1; i < samples; ++i) below.push_back(low + (held - low) / samples * i);
    if (std::ranges::any_of(below, breaks)) return;
    add(std::move(parameter), name, "under", tell(held));
  }

  /// The least of the numbers from `low`, at which it breaks, to `high` from which on it holds.
  void from(std::string parameter, const std::string& name, std::int64_t low, std::int64_t high,
            const Breaks& breaks) {
    if (breaks(high)) return;
    const auto numbers = round_numbers(low, high, three_digits);
    const auto first = std::ranges::partition_point(numbers, breaks);
    if (first == numbers.end()) return;
    std::vector<std::int64_t> above;
    for (std::int64_t value = high / 2; value > *first; value /= 2) above.push_back(value);
    if (std::ranges::any_of(above, breaks)) return;
    add(std::move(parameter), name, "from", to_text(Duration(*first)));
  }

  // A bisection finds one end of one stretch that holds. A violation that depends on a coincidence
  // comes and goes with the number, and has no threshold; so values all over that side are tried.
  static constexpr int samples = 24;

  void length_of_fault(std::size_t i) {
    const Duration lasts = scenario_.faults[i].lasts;
    if (lasts == Duration::zero()) return;
    under(
        fmt::format("faults[{}].lasts", i), name_of_fault(scenario_, i), ms, lasts.count(),
        [i](Scenario& s, std::int64_t ns) { s.faults[i].lasts = Duration(ns); },
        [](std::int64_t ns) { return to_text(Duration(ns)); });
  }

  void amount_of_fault(std::size_t i) {
    const Fault& fault = scenario_.faults[i];
    const std::int64_t sign = fault.amount < 0 ? -1 : 1;
    under(
        fmt::format("faults[{}].amount", i), "size of the " + name_of_fault(scenario_, i), 1,
        fault.amount * sign,
        [i, sign](Scenario& s, std::int64_t size) { s.faults[i].amount = size * sign; },
        [&](std::int64_t size) { return told_amount(fault.kind, size); });
  }

  void lease() {
    const std::string name(find_backend(scenario_.lock)->lease);
    if (!scenario_.lock_settings.contains(name)) return;
    const std::int64_t now = scenario_.lock_settings.duration(name).count();
    const Duration duration = scenario_.duration;
    const Change change = [&](Scenario& s, std::int64_t ns) {
      s.lock_settings.put(name, Duration(ns));
      s.duration = std::max(duration, duration / now * ns);
    };
    if (now <= 0) return;
    from("lock_settings." + name, name, now, now * 32,
         [&](std::int64_t ns) { return violates_with(change, ns); });
  }

  void work() {
    const Settings& work = scenario_.workload_settings;
    if (!work.contains("work_max")) return;
    const Duration shortest = work.duration("work_min");
    under(
        "workload_settings.work_max", "work", ms, work.duration("work_max").count(),
        [shortest](Scenario& s, std::int64_t ns) {
          s.workload_settings.put("work_max", Duration(ns));
          s.workload_settings.put("work_min", std::min(shortest, Duration(ns)));
        },
        [](std::int64_t ns) { return to_text(Duration(ns)); });
  }

  Scenario scenario_;
  const std::string& property_;
  std::vector<Threshold> found_;
};

/// What a resource can prevent: the property itself, or the harm that two holders did.
std::string harm_in(const Scenario& scenario, const std::string& property) {
  if (property != "belief-exclusion" && property != "service-exclusion") return property;
  const Outcome outcome = run_by_origin(scenario);
  for (const char* harm : {"no-lost-update", "effect-exclusion"}) {
    if (violation_of(outcome, harm) != nullptr) return harm;
  }
  return {};
}

void ask_resource(const Scenario& scenario, const std::string& property,
                  std::vector<Threshold>& found) {
  if (scenario.resource != ResourcePolicy::none) return;
  Scenario longer = scenario;
  longer.duration *= 4;
  const std::string harm = harm_in(longer, property);
  if (harm.empty() || !violates(longer, harm)) return;
  for (const ResourcePolicy policy :
       {ResourcePolicy::fence_writes, ResourcePolicy::fence_all, ResourcePolicy::compare_version}) {
    longer.resource = policy;
    if (violates(longer, harm)) continue;
    const std::string value(name_of(policy));
    const char* checks = policy == ResourcePolicy::fence_writes ? "the tokens of writes"
                         : policy == ResourcePolicy::fence_all  ? "tokens"
                                                                : "versions";
    found.push_back(
        {harm, "resource", "is", value, fmt::format("the resource checks {} ({})", checks, value)});
    if (policy != ResourcePolicy::compare_version) return;
  }
}

}  // namespace

std::string told_amount(const std::string& kind, std::int64_t amount) {
  if (kind == "clock-jump" || kind == "delay") return to_text(Duration(amount));
  if (kind == "clock-drift") return fmt::format("{:.3g} %", static_cast<double>(amount) / 1e7);
  if (kind == "loss" || kind == "duplicate" || kind == "reorder") {
    return fmt::format("{:.3g} %", static_cast<double>(amount) / 1e4);
  }
  return std::to_string(amount);
}

std::vector<Threshold> thresholds_of(const Scenario& scenario, const std::string& property) {
  if (!violates(scenario, property)) return {};
  std::vector<Threshold> found = Bisection(scenario, property).thresholds();
  ask_resource(scenario, property, found);
  return found;
}

}  // namespace lockstep
