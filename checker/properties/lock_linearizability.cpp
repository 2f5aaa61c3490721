// P5: the clients' acquires and releases of a lock, with the expiries that the service reports as
// actions of its own, are linearizable as a mutex with owners and leases (lease_mutex.hpp).
//
// Only expiry is a lease's right: a grant that was evicted, forgotten or released by another is
// still held here, and an acquire that succeeds meanwhile cannot be explained.
#include <fmt/format.h>

#include <algorithm>

#include "checker/properties/lease_mutex.hpp"
#include "checker/properties/verdicts.hpp"
#include "checker/property.hpp"

namespace lockstep {
namespace {

constexpr std::string_view it_fits = "acquires and releases fit a mutex whose leases expire";

/// What took the holder's grant away although no lease had expired, up to `until`; told.
std::string taken_away(const Record& record, Story& story, const Operation& holder,
                       const std::string& lock, WorldTime until) {
  std::string told;
  const WorldTime since =
      holder.completed != nullptr ? holder.completed->time : holder.invoked->time;
  for (const ServiceEvent& event : record.service) {
    if (event.at < since || event.at > until) continue;
    if (event.lock != lock || event.owner != holder.owner()) continue;
    if (event.change == GrantChange::granted) told.clear();  // read back from its disk
    const bool foreign = event.change == GrantChange::released && event.by != event.holder;
    if (foreign) {
      told += fmt::format(" (the service let {} release it at {})", story.by_whom(event),
                          at_text(event.at));
    } else if (event.change == GrantChange::evicted || event.change == GrantChange::forgotten) {
      told += fmt::format(" ({} {} it at {})", event.server,
                          event.change == GrantChange::evicted ? "evicted" : "forgot",
                          at_text(event.at));
    } else {
      continue;
    }
    story.happened(event);
  }
  return told;
}

Verdict not_linearizable(const Case& judged, bool claimed, const LeaseFinding& found) {
  Story story(judged);
  const Op& stuck = *found.stuck->completed;
  story.did(stuck);
  std::string held = "is free";
  if (found.holder != nullptr) {
    const Op& since =
        found.holder->completed != nullptr ? *found.holder->completed : *found.holder->invoked;
    story.did(since);
    held = fmt::format("is held by {} (op {}) within its lease{}", story.who(since.process),
                       since.index,
                       taken_away(judged.record, story, *found.holder, found.lock, stuck.time));
  }
  std::string what =
      fmt::format("no order explains {}'s {} at {} (op {}): {} {} then", story.who(stuck.process),
                  stuck.f, at_text(stuck.time), stuck.index, found.lock, held);
  return violated(claimed, stuck.time, std::move(what), std::move(story));
}

/// The shortest lease that a client of this scenario asked for; zero where locks have none.
Duration lease_of(const Scenario& scenario) {
  const Settings& lock = scenario.lock_settings;
  const Settings& workload = scenario.workload_settings;
  if (!lock.contains("lease")) return Duration::zero();
  const Duration lease = lock.duration("lease");
  const Duration odd =
      workload.contains("odd_lease") ? workload.duration("odd_lease") : Duration::zero();
  return odd > Duration::zero() ? std::min(lease, odd) : lease;
}

bool applies(const Case& judged) {
  const bool exclusive = judged.claims.permits == 1 && !judged.claims.readers;
  return exclusive && judged.claims.knows_owners;
}

/// Under a lock whose release commits all that was done, a grant that a server forgot has simply
/// ended: nothing of its transaction is left.
Record with_forgotten_as_ended(Record record) {
  for (ServiceEvent& event : record.service) {
    if (event.change == GrantChange::forgotten) event.change = GrantChange::expired;
  }
  return record;
}

bool forgot_any(const Record& record) {
  return std::any_of(record.service.begin(), record.service.end(), [](const ServiceEvent& event) {
    return event.change == GrantChange::forgotten;
  });
}

Verdict judge_record(const Case& judged) {
  const Record& record = judged.record;
  const bool claimed = judged.claims.exclusion;
  const auto operations = operations_of(record.history);
  if (!operations) return unknown(claimed, "no history: " + operations.error().text);
  if (fits_at_a_glance(record)) return holds(claimed, std::string(it_fits));
  const LeaseFinding found =
      search_leases(record, *operations, lease_of(judged.scenario), 2'000'000);
  if (found.status == Status::holds) return holds(claimed, std::string(it_fits));
  if (found.status == Status::unknown) {
    return unknown(claimed, fmt::format("the budget ran out after {} steps", found.steps));
  }
  if (record.service.empty()) {
    return unknown(claimed, std::string(no_service_log) + ", so leases may have expired");
  }
  return not_linearizable(judged, claimed, found);
}

Verdict judge(const Case& judged) {
  if (!judged.claims.transactional || !forgot_any(judged.record)) {
    return judge_record(judged);
  }
  const Record ended = with_forgotten_as_ended(judged.record);
  const Case as_ended{judged.scenario, ended, judged.claims, judged.liveness_bound};
  return judge_record(as_ended);
}

}  // namespace

Property properties::lock_linearizability() {
  return {.name = "linearizable",
          .code = "P5",
          .summary = "acquires, releases and expiries fit a mutex with owners and leases",
          .needs = "a lock for one holder at a time whose service knows whose a grant is",
          .applies = applies,
          .judge = judge};
}

}  // namespace lockstep
