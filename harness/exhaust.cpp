#include "harness/exhaust.hpp"

#include <algorithm>
#include <mutex>
#include <set>
#include <thread>
#include <tuple>

#include "backends/backend.hpp"
#include "harness/draw.hpp"
#include "harness/run.hpp"

namespace lockstep {
namespace {

/// Where in a run a fault can come next.
struct Point {
  WorldTime at{};
  std::string node;
  std::string peer{};  // of a message that is sent then; else empty
  friend auto operator<=>(const Point&, const Point&) = default;
};

/// The event points at or after the last fault of the run's Scenario. Two on one node at one
/// instant are one.
std::set<Point> points_of(const Outcome& outcome) {
  WorldTime from{};
  for (const Fault& fault : outcome.scenario.faults) from = std::max(from, fault.when.at);
  std::set<Point> points;
  const Trace& trace = outcome.trace;
  for (const TraceEntry& entry : trace.entries) {
    if (entry.at < from || entry.at >= outcome.record.healed_at) continue;
    const bool message = entry.kind == TraceKind::send;
    if (!message && entry.kind != TraceKind::receive && entry.kind != TraceKind::step) continue;
    points.insert({entry.at, trace.nodes[entry.node]});
    if (message && entry.peer != entry.node) {
      points.insert({entry.at, trace.nodes[entry.node], trace.nodes[entry.peer]});
    }
  }
  return points;
}

/// Makes the faults that can come at a point.
class Placing {
 public:
  Placing(const Scenario& scenario, const std::vector<std::string>& kinds)
      : names_(node_names(scenario)), lease_(cluster_of(scenario).lease), kinds_(kinds) {}

  void append(std::vector<Fault>& faults, const Point& point) const {
    if (!point.peer.empty()) return append_message_faults(faults, point);
    const bool client = is_in(names_.clients, point.node);
    const bool server = is_in(names_.servers, point.node);
    if (!client && !server) return;  // the resource is what is protected
    if (wanted("pause")) put(faults, point, "gc-pause", lease_ * 2);
    if (wanted("crash")) put(faults, point, "crash", client ? Duration(0) : lease_ / 10);
    if (!wanted("clock")) return;
    for (const Duration by : {lease_ * 2, -lease_ * 2}) {
      put(faults, point, "clock-jump", Duration(0));
      faults.back().amount = by.count();
    }
  }

 private:
  static bool is_in(const std::vector<std::string>& names, const std::string& name) {
    return std::find(names.begin(), names.end(), name) != names.end();
  }
  bool wanted(std::string_view kind) const {
    return kinds_.empty() || std::find(kinds_.begin(), kinds_.end(), kind) != kinds_.end();
  }

  void put(std::vector<Fault>& faults, const Point& point, std::string kind, Duration lasts) const {
    Fault fault;
    fault.kind = std::move(kind);
    fault.targets = {point.node};
    if (!point.peer.empty()) fault.targets.push_back(point.peer);
    fault.when.at = point.at;
    fault.lasts = lasts;
    faults.push_back(std::move(fault));
  }

  void append_message_faults(std::vector<Fault>& faults, const Point& point) const {
    if (wanted("late")) {
      put(faults, point, "delay", 1ns);  // as long as it takes to send it
      faults.back().detail = "one-way";
      faults.back().amount = (lease_ * 3).count();
    }
    if (wanted("lost")) {
      put(faults, point, "partition", lease_ * 2);
      faults.back().detail = "pair-one-way";
    }
  }

  NodeNames names_;
  Duration lease_;
  const std::vector<std::string>& kinds_;
};

/// What takes an event point away comes after what leaves it there, so that each set of faults at
/// one instant is placed in one order.
int rank_of(const Fault& fault) {
  static constexpr std::string_view in_order[] = {"clock-jump", "delay", "partition", "crash",
                                                  "gc-pause"};
  const auto* at = std::find(std::begin(in_order), std::end(in_order), fault.kind);
  return static_cast<int>(at - std::begin(in_order));
}

bool placed_before(const Fault& a, const Fault& b) {
  const auto key = [](const Fault& fault) {
    return std::make_tuple(fault.when.at, rank_of(fault), fault.targets, fault.amount);
  };
  return key(a) < key(b);
}

using Faults = std::vector<Fault>;

/// One level of the search: all placements with one fault more than their parents have.
class Level {
 public:
  Level(const ExhaustOptions& options, std::size_t number, const std::vector<Faults>& parents)
      : options_(options),
        number_(number),
        parents_(parents),
        jobs_(number == 0 ? 1 : parents.size()) {}

  void run_all() {
    unsigned workers = options_.workers;
    if (workers == 0) workers = std::max(1u, std::thread::hardware_concurrency());
    std::vector<std::jthread> threads;
    for (unsigned i = 1; i < workers; ++i) threads.emplace_back([this] { work(); });
    work();
  }

  /// The level's share of the result; `children` gets its placements, as parents of the next.
  void put_into(ExhaustResult& result, std::vector<Faults>& children) {
    std::uint64_t count = 0;
    for (Job& job : jobs_) {
      count += job.runs;
      result.undecided += job.undecided;
      if (result.failure.empty()) result.failure = std::move(job.failure);
      if (result.diverged.empty()) result.diverged = std::move(job.diverged);
      if (number_ == 0) result.unjudged = std::move(job.unjudged);
      if (job.violation) {
        result.violation = std::move(job.violation);
        result.property = std::move(job.property);
        break;
      }
      std::move(job.children.begin(), job.children.end(), std::back_inserter(children));
    }
    result.placements.push_back(count);
    result.runs += count;
  }

 private:
  struct Job {
    std::uint64_t runs = 0;
    std::uint64_t undecided = 0;
    std::vector<Faults> children{};  // but for the last level
    std::vector<std::string> unjudged{};
    std::optional<Scenario> violation{};
    std::string property{};
    std::string failure{};
    std::string diverged{};
  };

  bool interrupted() const {
    return options_.interrupted != nullptr && options_.interrupted->load();
  }

  void work() {
    for (std::size_t i = next_.fetch_add(1); i < jobs_.size(); i = next_.fetch_add(1)) {
      if (interrupted()) return;
      // Whatever comes after a violation can't be the first.
      if (i > first_violation_.load()) continue;
      extend(i);
    }
  }

  /// Runs a parent again, to see where the next fault can come, and then each of its children.
  void extend(std::size_t place) {
    Job& job = jobs_[place];
    Scenario scenario = options_.base;
    if (number_ == 0) {  // nothing strikes
      announce(0, 1);
      job.runs = 1;
      job.children.emplace_back();
      violates(job, scenario);
      return announce(1, 0);
    }
    scenario.faults = parents_[place];
    const Outcome parent = watched_run(scenario, {.trace = true, .judge = false}, options_.bounds);
    const Faults next = next_faults(parent, options_.kinds);
    announce(0, next.size());
    for (const Fault& fault : next) {
      if (interrupted()) return;
      scenario.faults.push_back(fault);
      ++job.runs;
      if (number_ < options_.faults) job.children.push_back(scenario.faults);
      if (violates(job, scenario)) {
        std::size_t first = first_violation_.load();
        while (place < first && !first_violation_.compare_exchange_weak(first, place)) {
        }
        return;
      }
      scenario.faults.pop_back();
      announce(1, 0);
    }
  }

  /// Runs a placement; true when it violates what was asked, and then the job says so.
  bool violates(Job& job, const Scenario& scenario) const {
    const Outcome outcome = run_by_origin(scenario, options_.bounds);
    if (job.failure.empty()) job.failure = outcome.failure;
    if (job.diverged.empty()) job.diverged = outcome.diverged;
    if (number_ == 0) job.unjudged = without_verdict(outcome);
    bool open = !outcome.gave_up.empty();
    for (const Verdict* verdict : asked(outcome)) {
      open |= verdict->status == Status::unknown;
      if (verdict->status != Status::violated) continue;
      job.violation = scenario;
      job.property = verdict->property;
      return true;
    }
    job.undecided += open;
    return false;
  }

  std::vector<const Verdict*> asked(const Outcome& outcome) const {
    std::vector<const Verdict*> verdicts;
    for (const Verdict& verdict : outcome.verdicts) {
      if (std::ranges::count(options_.properties, verdict.property)) verdicts.push_back(&verdict);
    }
    return verdicts;
  }

  std::vector<std::string> without_verdict(const Outcome& outcome) const {
    std::vector<std::string> names = options_.properties;
    for (const Verdict* verdict : asked(outcome)) std::erase(names, verdict->property);
    return names;
  }

  void announce(std::uint64_t done, std::uint64_t known) {
    const std::lock_guard guard(mutex_);
    done_ += done;
    known_ += known;
    if (options_.progress) options_.progress(number_, done_, known_);
  }

  const ExhaustOptions& options_;
  const std::size_t number_;
  const std::vector<Faults>& parents_;
  std::vector<Job> jobs_;
  std::atomic<std::size_t> next_{0};
  std::atomic<std::size_t> first_violation_{static_cast<std::size_t>(-1)};
  std::mutex mutex_;
  std::uint64_t done_ = 0;
  std::uint64_t known_ = 0;
};

}  // namespace

const std::vector<ExhaustKind>& exhaustive_kinds() {
  static const std::vector<ExhaustKind> all{
      {"clock", "the wall clock of a client or server jumps two leases ahead or back"},
      {"late", "a message takes one and a half to three leases longer, as do those behind it"},
      {"lost", "a message and all after it on its way are held up for two leases"},
      {"crash", "a client dies for good, or a server for a tenth of a lease, its disk intact"},
      {"pause", "a client or server stops for two leases"},
  };
  return all;
}

std::vector<Fault> next_faults(const Outcome& outcome, const std::vector<std::string>& kinds) {
  const Placing placing(outcome.scenario, kinds);
  std::vector<Fault> faults;
  for (const Point& point : points_of(outcome)) placing.append(faults, point);
  if (!outcome.scenario.faults.empty()) {
    const Fault& last = outcome.scenario.faults.back();
    std::erase_if(faults, [&](const Fault& fault) { return !placed_before(last, fault); });
  }
  std::stable_sort(faults.begin(), faults.end(), placed_before);
  return faults;
}

void make_small(Scenario& scenario, const std::vector<std::string>& keep) {
  const Duration lease = 1s;
  const auto put = [&keep](Settings& settings, std::string_view name, SettingValue value) {
    const bool kept = std::find(keep.begin(), keep.end(), name) != keep.end();
    if (!kept && settings.contains(name)) settings.put(name, std::move(value));
  };
  Settings& lock = scenario.lock_settings;
  put(lock, find_backend(scenario.lock)->lease, lease);
  put(lock, "request_timeout", lease * 4);  // a reply can come after the lease
  put(lock, "connect_timeout", lease);
  put(lock, "retry_min", lease / 4);
  put(lock, "retry_max", lease / 2);
  put(lock, "wait", lease / 4);
  put(lock, "persistence", std::string("aof"));
  put(lock, "appendfsync", std::string("always"));
  Settings& work = scenario.workload_settings;
  put(work, "operations", std::int64_t{2});
  put(work, "think_min", Duration(1ms));
  put(work, "think_max", Duration(5ms));
  put(work, "work_min", lease / 10);
  put(work, "work_max", lease / 5);
  put(work, "patience", lease * 60);  // who waits is still there when all is healed
  put(work, "resource_timeout", lease * 4);
  if (std::find(keep.begin(), keep.end(), "clients") == keep.end()) scenario.clients = 2;
  // With a permit for everybody nobody could have one too many.
  put(lock, "permits", std::max<std::int64_t>(scenario.clients - 1, 1));
  if (std::find(keep.begin(), keep.end(), "duration") == keep.end()) scenario.duration = lease * 15;
}

std::vector<std::string> exhaustive_properties(const Scenario& scenario) {
  std::vector<std::string> properties{"no-lost-update", "deadlock-freedom"};
  if (scenario.resource != ResourcePolicy::compare_version) {
    properties.emplace_back("effect-exclusion");
  }
  switch (scenario.resource) {
    case ResourcePolicy::none: properties.emplace_back("belief-exclusion"); break;
    case ResourcePolicy::fence_writes:
    case ResourcePolicy::fence_all: properties.emplace_back("fenced-safety"); break;
    case ResourcePolicy::compare_version:
    case ResourcePolicy::same_store: break;
  }
  return properties;
}

ExhaustResult exhaust(const ExhaustOptions& options) {
  ExhaustResult result;
  std::vector<Faults> parents;
  for (std::size_t level = 0; level <= options.faults; ++level) {
    Level placements(options, level, parents);
    placements.run_all();
    std::vector<Faults> children;
    placements.put_into(result, children);
    parents = std::move(children);
    result.interrupted = options.interrupted != nullptr && options.interrupted->load();
    if (result.violation || result.interrupted) break;
  }
  return result;
}

}  // namespace lockstep
