// P7 over several locks: whether clients ever waited for each other in a circle, each for a lock
// that the next one believed it held, and how it ended: by patience, by an expiry that broke the
// exclusion instead, or not at all. No lock promises that they do not: it is for its users to take
// locks in one order.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>

#include "checker/properties/verdicts.hpp"
#include "checker/properties/waits_for.hpp"
#include "checker/property.hpp"

namespace lockstep {
namespace {

struct Cycle {
  const Op* closed_by = nullptr;  // the call that closed it
  std::vector<CycleStep> steps;
};

class Watch {
 public:
  explicit Watch(const Record& record) : record_(record) {
    for (const Belief& belief : record.beliefs) of_op_.insert({belief.op, &belief});
  }

  /// The first cycle; none when nobody ever waited in one.
  std::optional<Cycle> first() {
    for (const Op& op : record_.history) {
      if (op.f == "release" && op.type == OpType::invoke) let_go(op);
      if (op.f != "acquire") continue;
      if (op.type == OpType::invoke) {
        waits_[op.process] = &op;
        // A cycle is closed by somebody who begins to wait while it holds something.
        if (holds(op.process, op.time)) {
          if (auto cycle = cycle_at(op)) return cycle;
        }
        continue;
      }
      waits_.erase(op.process);
      const auto [first, last] = of_op_.equal_range(op.index);
      if (op.type != OpType::ok) continue;
      for (auto belief = first; belief != last; ++belief) held_.push_back(belief->second);
    }
    return std::nullopt;
  }

 private:
  void let_go(const Op& op) {
    std::erase_if(held_, [&](const Belief* belief) {
      return belief->process == op.process && belief->owner == op.owner && belief->lock == op.key;
    });
  }
  bool holds(std::int64_t process, WorldTime at) const {
    return std::any_of(held_.begin(), held_.end(), [&](const Belief* belief) {
      return belief->process == process && belief->to > at;
    });
  }

  std::optional<Cycle> cycle_at(const Op& now) const {
    std::vector<WaitsFor> edges;
    for (const auto& [process, call] : waits_) {
      for (const Belief* belief : held_) {
        const bool has_it =
            belief->lock == call->key && belief->from <= now.time && belief->to > now.time;
        if (has_it && belief->process != process) edges.push_back({process, belief->process});
      }
    }
    const auto processes = find_cycle(edges);
    if (processes.size() < 2) return std::nullopt;
    Cycle cycle{&now, {}};
    for (std::size_t i = 0; i < processes.size(); ++i) {
      const std::int64_t waiter = processes[i];
      cycle.steps.push_back(
          {waiter, processes[(i + 1) % processes.size()], waits_.at(waiter)->key});
    }
    return cycle;
  }

  const Record& record_;
  std::multimap<std::int64_t, const Belief*> of_op_;
  std::map<std::int64_t, const Op*> waits_;  // the call that each process waits in
  std::vector<const Belief*> held_;
};

/// What first let one of them go on.
std::string how_it_ended(const Case& judged, Story& story, const Cycle& cycle) {
  const Record& record = judged.record;
  for (const Op& op : record.history) {
    if (op.index <= cycle.closed_by->index || op.f != "acquire" || op.type == OpType::invoke) {
      continue;
    }
    const auto step = std::find_if(
        cycle.steps.begin(), cycle.steps.end(),
        [&](const CycleStep& one) { return one.waiter == op.process && one.lock == op.key; });
    if (step == cycle.steps.end()) continue;
    story.did(op);
    if (op.type != OpType::ok) {
      return fmt::format("{} gave up at {}", story.who(op.process), at_text(op.time));
    }
    const auto holder =
        std::find_if(record.beliefs.begin(), record.beliefs.end(), [&](const Belief& belief) {
          return belief.lock == step->lock && belief.process == step->holder &&
                 belief.from <= op.time && belief.to > op.time;
        });
    if (holder == record.beliefs.end()) {
      return fmt::format("{} got {} at {}", story.who(op.process), op.key, at_text(op.time));
    }
    story.believed(*holder);
    return fmt::format(
        "{} was given {} at {} while {} still believed that it held it: not the "
        "deadlock was resolved but the exclusion broken",
        story.who(op.process), op.key, at_text(op.time), story.who(step->holder));
  }
  return "it never ended";
}

/// Who holds one lock does not wait for the next, but lets go of all.
bool only_tries(const Scenario& scenario) {
  const Settings& settings = scenario.workload_settings;
  return settings.contains("order") && settings.text("order") == "trylock";
}

Verdict judge(const Case& judged) {
  if (only_tries(judged.scenario)) return holds(false, "clients that hold a lock wait for none");
  const auto cycle = Watch(judged.record).first();
  if (!cycle) return holds(false, "no clients waited for each other");
  Story story(judged);
  for (const Op& op : judged.record.history) {
    if (op.index > cycle->closed_by->index) break;
    // The last call of each is the one that it waits in.
    const bool waits = std::any_of(
        cycle->steps.begin(), cycle->steps.end(),
        [&](const CycleStep& step) { return step.waiter == op.process && step.lock == op.key; });
    const bool near = op.index + 40 > cycle->closed_by->index;
    if (waits && near && op.f == "acquire" && op.type == OpType::invoke) story.did(op);
  }
  const WorldTime at = cycle->closed_by->time;
  std::string what =
      fmt::format("a cycle at {}: {}; ", at_text(at), tell_cycle(story, cycle->steps));
  what += how_it_ended(judged, story, *cycle);
  return violated(false, at, std::move(what), std::move(story));
}

bool applies(const Case& judged) {
  return judged.locks_at_once > 1;
}

}  // namespace

Property properties::wait_cycle() {
  return {.name = "no-wait-cycle",
          .code = "P7c",
          .summary = "no clients wait for each other in a circle over several locks",
          .needs = "a workload that holds several locks at once",
          .applies = applies,
          .judge = judge};
}

}  // namespace lockstep
