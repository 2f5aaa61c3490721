// W5: permits neither come nor go. No more clients hold one than there are (P1 with several
// permits), the service that they guard never has more users, and once the run is healed and all
// that can expire has expired, a client is only turned away while all of them are held: a client
// that is turned away earlier shows that some have leaked.
#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "checker/operation.hpp"
#include "checker/properties/effects.hpp"
#include "checker/properties/overlap.hpp"
#include "checker/properties/verdicts.hpp"
#include "checker/property.hpp"

namespace lockstep {
namespace {

/// A stretch in which a permit may have been taken.
struct Taken {
  WorldTime from{};
  WorldTime to = never;
};

class Permits {
 public:
  Permits(const Case& judged, const Operations& operations)
      : judged_(judged), record_(judged.record), operations_(operations) {}

  /// The first client that was turned away, or waited to the end, for no reason.
  const Operation* turned_away() const {
    const WorldTime since = record_.healed_at + judged_.liveness_bound;
    for (const Operation& attempt : operations_) {
      if (attempt.f() != "acquire" || attempt.invoked->time < since) continue;
      const bool over = attempt.completed != nullptr && attempt.outcome() == OpType::fail;
      if (over && most_taken(attempt) < judged_.claims.permits) return &attempt;
    }
    return nullptr;
  }

  /// How many permits may have been taken at one instant of an attempt, at most.
  std::int64_t most_taken(const Operation& attempt) const {
    const WorldTime from = attempt.invoked->time;
    const WorldTime to = attempt.completed->time;
    std::vector<Taken> taken = held(attempt.key(), from, to);
    std::int64_t most = 0;
    // The count rises only where a stretch begins.
    for (const Taken& one : taken) {
      const WorldTime at = std::max(one.from, from);
      most = std::max<std::int64_t>(
          most, std::count_if(taken.begin(), taken.end(), [at](const Taken& other) {
            return other.from <= at && at <= other.to;
          }));
    }
    return most;
  }

 private:
  /// Holds and what leads to them and away from them, as far as they touch a stretch of time.
  std::vector<Taken> held(const std::string& lock, WorldTime from, WorldTime to) const {
    std::vector<Taken> taken;
    const auto add = [&](Taken one) {
      if (one.from <= to && one.to >= from) taken.push_back(one);
    };
    for (const Belief& belief : record_.beliefs) {
      if (belief.lock == lock) add({asked_at(belief), given_back_at(belief)});
    }
    for (const Operation& other : operations_) {
      // Nobody knows what came of it: it may have taken one.
      const bool open = other.f() == "acquire" && other.key() == lock && other.ret == forever;
      if (open && other.completed == nullptr) add({other.invoked->time, never});
    }
    return taken;
  }

  WorldTime asked_at(const Belief& belief) const {
    for (const Operation& operation : operations_) {
      if (operation.completed != nullptr && operation.completed->index == belief.op) {
        return operation.invoked->time;
      }
    }
    return belief.from;
  }

  /// The answer to its release, or the end of the belief.
  WorldTime given_back_at(const Belief& belief) const {
    for (const Operation& operation : operations_) {
      const bool its = operation.f() == "release" && operation.process() == belief.process &&
                       operation.owner() == belief.owner && operation.key() == belief.lock;
      if (!its || operation.invoked->time < belief.from) continue;
      return operation.completed != nullptr ? operation.completed->time : never;
    }
    return belief.to;
  }

  const Case& judged_;
  const Record& record_;
  const Operations& operations_;
};

/// The first access at which the service had more users than there are permits.
const ResourceEvent* too_many_users(const Case& judged) {
  if (judged.scenario.workload != "throttled") return nullptr;
  for (const ResourceEvent& event : judged.record.resource) {
    const ResourceAccess& access = event.access;
    if (access.write && access.accepted && access.value > judged.claims.permits) return &event;
  }
  return nullptr;
}

Verdict crowded(const Case& judged, const ResourceEvent& event) {
  Story story(judged);
  const auto& events = judged.record.resource;
  std::int64_t told = 0;
  for (const ResourceEvent* one = &event; told <= judged.claims.permits; --one, ++told) {
    story.accessed(*one);
    if (one == events.data()) break;
  }
  std::string what =
      fmt::format("{} had {} users at {}, and there are {} permits", event.access.resource,
                  event.access.value, at_text(event.at), judged.claims.permits);
  return violated(undisturbed(judged), event.at, std::move(what), std::move(story));
}

Verdict leaked(const Case& judged, const Permits& permits, const Operation& attempt) {
  Story story(judged);
  story.did(*attempt.invoked);
  story.did(*attempt.completed);
  const std::int64_t taken = permits.most_taken(attempt);
  std::string what = fmt::format(
      "{} of {} permits leaked: {} asked for one from {} to {}, long after the heal at {}, and was "
      "turned away though no more than {} were held",
      judged.claims.permits - taken, judged.claims.permits, story.who(attempt.process()),
      at_text(attempt.invoked->time), at_text(attempt.completed->time),
      at_text(judged.record.healed_at), taken);
  const bool claimed = judged.claims.expires || judged.record.faults.empty();
  return violated(claimed, attempt.completed->time, std::move(what), std::move(story));
}

Verdict judge(const Case& judged) {
  const bool claimed = judged.claims.exclusion;
  if (auto found = too_many_believe(judged)) return std::move(*found);
  const auto operations = operations_of(judged.record.history);
  if (!operations) return unknown(claimed, "no history: " + operations.error().text);
  const Permits permits(judged, *operations);
  if (const Operation* attempt = permits.turned_away()) return leaked(judged, permits, *attempt);
  if (const ResourceEvent* event = too_many_users(judged)) return crowded(judged, *event);
  return holds(claimed, fmt::format("no more than {} held a permit, and none leaked",
                                    judged.claims.permits));
}

bool applies(const Case& judged) {
  return judged.claims.permits > 1 || judged.scenario.workload == "throttled";
}

}  // namespace

Property properties::permits() {
  return {.name = "permits-conserved",
          .code = "W5",
          .summary = "no more permits are held than there are, and in the end none has leaked",
          .needs = "a semaphore or the workload throttled",
          .applies = applies,
          .judge = judge};
}

}  // namespace lockstep
