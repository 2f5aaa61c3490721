// W1: no accepted update is overwritten by one that had not seen it, and a counter ends as high as
// the increments that were acknowledged.
#include <fmt/format.h>

#include <algorithm>

#include "checker/properties/effects.hpp"
#include "checker/properties/verdicts.hpp"
#include "checker/property.hpp"

namespace lockstep {
namespace {

bool is_claimed(const Case& judged) {
  return effects_guarded(judged) || undisturbed(judged) ||
         judged.scenario.resource == ResourcePolicy::compare_version;
}

void tell_section(const Case& judged, Story& story, const ResourceEvent& write) {
  if (const Belief* belief = belief_of(judged.record, write.access.section)) {
    story.believed(*belief);
  }
  if (const ResourceEvent* read = read_before(judged.record, write)) story.accessed(*read);
  story.accessed(write);
}

Verdict lost(const Case& judged, bool claimed, const LostUpdate& found) {
  const ResourceEvent& first = *found.replaced;
  const ResourceEvent& second = *found.replacing;
  Story story(judged);
  tell_section(judged, story, first);
  tell_section(judged, story, second);
  const Belief* of_first = belief_of(judged.record, first.access.section);
  const Belief* of_second = belief_of(judged.record, second.access.section);
  std::string cause;
  bool first_is_stale = false;
  if (of_first != nullptr && of_second != nullptr && of_first->lock != of_second->lock) {
    claimed = false;  // nothing kept them apart
  } else if (of_first != nullptr && of_second != nullptr) {
    const Ledger ledger(judged.record);
    first_is_stale = is_staler(ledger, *of_first, *of_second);
    cause = first_is_stale ? story.how_it_came(ledger, *of_first, *of_second, first.at)
                           : story.how_it_came(ledger, *of_second, *of_first, second.at);
  }
  if (!cause.empty()) cause += ", and then ";
  std::string what;
  if (first_is_stale) {
    what = fmt::format(
        "{0}'s stale write of {1} at {2} was accepted between {3}'s read and write, and {3}'s "
        "write of {4} at {5}, based on version {6} too, overwrote it: an update of {7} is lost",
        story.who(first.process), first.access.value, at_text(first.at), story.who(second.process),
        second.access.value, at_text(second.at), second.access.based_on, second.access.resource);
  } else {
    what = fmt::format(
        "{0}'s stale write of {1} at {2}, based on version {3}, was accepted over {4}'s write of "
        "{5} at {6}, based on version {3} too: {4}'s update of {7} is lost",
        story.who(second.process), second.access.value, at_text(second.at), second.access.based_on,
        story.who(first.process), first.access.value, at_text(first.at), second.access.resource);
  }
  return violated(claimed, second.at, cause + what, std::move(story));
}

struct Count {
  std::int64_t acknowledged = 0;
  std::int64_t indeterminate = 0;
  const Op* last = nullptr;  // the last acknowledgement
};

/// Whether writes that were acknowledged then were committed too, as the release of their section
/// does it: its process's next.
OpType fate_of(const History& history, std::size_t write) {
  for (std::size_t i = write + 1; i < history.size(); ++i) {
    const Op& op = history[i];
    if (op.process != history[write].process || op.f == "read" || op.f == "write") continue;
    if (op.f == "release" && op.type != OpType::invoke) return op.type;
  }
  return OpType::info;
}

Count committed_increments(const Record& record, const std::string& resource) {
  Count count;
  const History& history = record.history;
  for (std::size_t i = 0; i < history.size(); ++i) {
    if (history[i].f != "write" || history[i].key != resource) continue;
    if (history[i].type != OpType::invoke) continue;
    const OpType fate = fate_of(history, i);
    if (fate == OpType::info) ++count.indeterminate;
    if (fate != OpType::ok) continue;
    ++count.acknowledged;
    count.last = &history[i];
  }
  return count;
}

Count increments(const Record& record, const std::string& resource) {
  Count count;
  std::int64_t invoked = 0;
  for (const Op& op : record.history) {
    if (op.f != "write" || op.key != resource) continue;
    if (op.type == OpType::invoke) ++invoked;
    if (op.type == OpType::fail) --invoked;
    if (op.type != OpType::ok) continue;
    ++count.acknowledged;
    count.last = &op;
  }
  count.indeterminate = invoked - count.acknowledged;
  return count;
}

/// Each resource of the counter workload, by its last accepted event and the value it began with.
struct Counter {
  const ResourceEvent* last;
  std::int64_t began;
};

std::vector<Counter> counters(const Record& record) {
  std::vector<Counter> found;
  for (const ResourceEvent& event : record.resource) {
    if (!event.access.accepted) continue;
    const auto at = std::find_if(found.begin(), found.end(), [&](const Counter& counter) {
      return counter.last->access.resource == event.access.resource;
    });
    if (at == found.end()) {
      found.push_back({&event, event.access.write ? 0 : event.access.value});
    } else {
      at->last = &event;
    }
  }
  return found;
}

/// Those who share a semaphore update the same thing at once by design.
bool applies(const Case& judged) {
  return judged.claims.permits == 1;
}

Verdict judge(const Case& judged) {
  const Record& record = judged.record;
  const bool claimed = is_claimed(judged);
  if (resource_log_missing(record)) {
    return unknown(claimed, "the record has no log of the resource");
  }
  if (const auto found = first_lost_update(record)) return lost(judged, claimed, *found);
  const std::string& workload = judged.scenario.workload;
  if (workload != "counter" && workload != "session-store")
    return holds(claimed, "no update was lost");
  for (const Counter& counter : counters(record)) {
    const std::string& resource = counter.last->access.resource;
    const Count count = judged.claims.transactional ? committed_increments(record, resource)
                                                    : increments(record, resource);
    const std::int64_t risen = counter.last->access.value - counter.began;
    if (risen >= count.acknowledged && risen <= count.acknowledged + count.indeterminate) continue;
    Story story(judged);
    story.accessed(*counter.last);
    if (count.last != nullptr) story.did(*count.last);
    return violated(
        claimed, counter.last->at,
        fmt::format("{} rose by {} in the end, but {} increments were acknowledged{}",
                    counter.last->access.resource, risen, count.acknowledged,
                    count.indeterminate == 0
                        ? ""
                        : fmt::format(" and {} more may have happened", count.indeterminate)),
        std::move(story));
  }
  return holds(claimed, "no update was lost");
}

}  // namespace

Property properties::no_lost_update() {
  return {.name = "no-lost-update",
          .code = "W1",
          .summary = "no accepted update is overwritten by one that had not seen it",
          .needs = "a lock for one holder at a time",
          .applies = applies,
          .judge = judge};
}

}  // namespace lockstep
