#include "checker/properties/overlap.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "checker/properties/verdicts.hpp"

namespace lockstep {
namespace {

/// The beliefs that count. Under a lock whose release commits all that was done, a hold that the
/// service ended otherwise never was: nothing of it will ever be seen.
std::vector<const Belief*> beliefs_that_count(const Case& judged) {
  const Record& record = judged.record;
  std::vector<const Belief*> beliefs;
  beliefs.reserve(record.beliefs.size());
  if (!judged.claims.transactional) {
    for (const Belief& belief : record.beliefs) beliefs.push_back(&belief);
    return beliefs;
  }
  const Ledger ledger(record);
  for (const Belief& belief : record.beliefs) {
    const Grant* grant = ledger.of(belief);
    if (grant == nullptr || !grant->taken_away()) beliefs.push_back(&belief);
  }
  return beliefs;
}

/// An owner may believe twice: it may enter a lock again. Without a name it can't. Readers bear
/// each other.
bool rivals(const Belief& a, const Belief& b) {
  if (a.shared && b.shared) return false;
  return a.lock == b.lock && (a.process != b.process || a.owner != b.owner || a.owner.empty());
}

/// The first belief, in the order of `from`, that begins while too many rivals have theirs; those
/// rivals are left in `active`. Null when there is none.
const Belief* first_too_many(const std::vector<const Belief*>& beliefs, std::int64_t permits,
                             std::vector<const Belief*>& active) {
  for (const Belief* belief : beliefs) {
    if (belief->to <= belief->from) continue;
    std::erase_if(active, [&](const Belief* other) { return other->to <= belief->from; });
    const auto count = std::count_if(active.begin(), active.end(),
                                     [&](const Belief* other) { return rivals(*other, *belief); });
    if (count >= permits) {
      std::erase_if(active, [&](const Belief* other) { return !rivals(*other, *belief); });
      return belief;
    }
    active.push_back(belief);
  }
  return nullptr;
}

}  // namespace

std::optional<Verdict> too_many_believe(const Case& judged) {
  const Record& record = judged.record;
  const bool claimed = judged.claims.exclusion;
  std::vector<const Belief*> beliefs = beliefs_that_count(judged);
  const auto earlier = [](const Belief* a, const Belief* b) { return a->from < b->from; };
  if (!std::is_sorted(beliefs.begin(), beliefs.end(), earlier)) {
    std::stable_sort(beliefs.begin(), beliefs.end(), earlier);
  }
  std::vector<const Belief*> active;
  const Belief* late = first_too_many(beliefs, judged.claims.permits, active);
  if (late == nullptr) return std::nullopt;

  Story story(judged);
  const Ledger ledger(record);
  const Belief& first = **std::min_element(
      active.begin(), active.end(),
      [&](const Belief* a, const Belief* b) { return is_staler(ledger, *a, *b); });
  const WorldTime both_until = std::min(first.to, late->to);
  const bool late_is_stale = is_staler(ledger, *late, first);
  const std::string how = late_is_stale ? story.how_it_came(ledger, *late, first, both_until)
                                        : story.how_it_came(ledger, first, *late, both_until);
  std::string others;
  for (const Belief* belief : active) {
    story.believed(*belief);
    others += (others.empty() ? "" : " and ") + story.who(belief->process);
  }
  story.believed(*late);
  std::string what =
      fmt::format("{} believed that it held {} from {} while {} still did, {}",
                  story.who(late->process), late->lock, at_text(late->from), others,
                  both_until == never ? "to the end" : "until " + at_text(both_until));
  return violated(claimed, late->from, explained(std::move(what), how), std::move(story));
}

}  // namespace lockstep
