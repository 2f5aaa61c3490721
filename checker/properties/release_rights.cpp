// P6: a release ends only the grant that its own caller holds by it: nobody unlocks another, and
// no late release of an earlier hold ends a later one.
#include <fmt/format.h>

#include <algorithm>

#include "checker/properties/verdicts.hpp"
#include "checker/property.hpp"

namespace lockstep {
namespace {

/// The belief that rests on this owner's grant and goes on after it was released; null if none.
const Belief* believed_after(const Record& record, const ServiceEvent& released) {
  // The owner's last belief began shortly before its release: look backwards from there.
  auto at = std::upper_bound(record.beliefs.begin(), record.beliefs.end(), released.at,
                             [](WorldTime time, const Belief& b) { return time < b.from; });
  while (at != record.beliefs.begin()) {
    --at;
    const bool its = at->owner == released.owner && at->lock == released.lock;
    if (its && at->process == released.holder) return at->to > released.at ? &*at : nullptr;
  }
  return nullptr;
}

/// Permits without owners are all alike: a client's late release harms it only when it leaves the
/// client fewer than it believes it has.
bool has_another(const Ledger& ledger, const ServiceEvent& released) {
  if (!released.owner.empty()) return false;
  return std::any_of(ledger.grants().begin(), ledger.grants().end(), [&](const Grant& grant) {
    return grant.begun->holder == released.holder && grant.lock() == released.lock &&
           grant.begun < &released && (grant.ended == nullptr || grant.ended > &released);
  });
}

bool has_called_release(const Record& record, std::int64_t process, const ServiceEvent& released) {
  return std::any_of(record.history.begin(), record.history.end(), [&](const Op& op) {
    return op.process == process && op.f == "release" && op.type == OpType::invoke &&
           op.key == released.lock && op.time <= released.at;
  });
}

/// Whose command it was. The service knows the node, which another process may have taken over
/// since: a command that this one did not give was on its way when its holder crashed.
std::int64_t sender(const Record& record, const ServiceEvent& released) {
  const auto name = [&](std::int64_t process) {
    return record.processes.at(static_cast<std::size_t>(process));
  };
  const bool same_node =
      released.by != released.holder && name(released.by) == name(released.holder);
  if (!same_node || has_called_release(record, released.by, released)) return released.by;
  return has_called_release(record, released.holder, released) ? released.holder : released.by;
}

Verdict judge(const Case& judged) {
  const Record& record = judged.record;
  const bool claimed = judged.claims.exclusion;
  if (service_log_missing(record)) return unknown(claimed, std::string(no_service_log));
  const Ledger ledger(record);
  bool unnamed = false;
  for (const ServiceEvent& event : record.service) {
    if (event.change != GrantChange::released) continue;
    if (event.by < 0 || event.holder < 0) {
      unnamed = true;
      continue;
    }
    const std::int64_t by = sender(record, event);
    const bool foreign = by != event.holder;
    const Belief* belief = believed_after(record, event);
    if (!foreign && (belief == nullptr || has_another(ledger, event))) continue;
    Story story(judged);
    if (belief != nullptr) story.believed(*belief);
    story.happened(event);
    for (const Op& op : record.history) {
      const bool its_call = op.process == by && op.f == "release" && op.time <= event.at;
      if (its_call && op.type == OpType::invoke && op.key == event.lock) story.did(op);
    }
    std::string what =
        foreign ? fmt::format("{} released {} at {} though it was {}'s grant", story.who(by),
                              event.lock, at_text(event.at), story.who(event.holder))
                : fmt::format("a late release of {0} ended {0}'s newer hold of {1} at {2}",
                              story.who(by), event.lock, at_text(event.at));
    return violated(claimed, event.at, std::move(what), std::move(story));
  }
  if (unnamed) return unknown(claimed, "the service's log does not name who released what");
  return holds(claimed, "every release ended the releaser's own grant");
}

}  // namespace

Property properties::release_rights() {
  return {.name = "release-rights",
          .code = "P6",
          .summary = "a release ends only its caller's own grant",
          .applies = always,
          .judge = judge};
}

}  // namespace lockstep
