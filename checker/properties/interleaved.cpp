#include "checker/properties/interleaved.hpp"

#include <fmt/format.h>

#include "checker/properties/verdicts.hpp"

namespace lockstep {
namespace {

std::string_view access_name(const ResourceEvent& event) {
  return event.access.write ? "write" : "read";
}

std::string how(const Case& judged, Story& story, const ResourceEvent& a, const ResourceEvent& b,
                WorldTime until) {
  const Belief* of_a = belief_of(judged.record, a.access.section);
  const Belief* of_b = belief_of(judged.record, b.access.section);
  if (of_a == nullptr || of_b == nullptr) return {};
  story.believed(*of_a);
  story.believed(*of_b);
  if (of_a->lock != of_b->lock) {
    return fmt::format("{} held {} and {} held {}, which are not the same lock",
                       story.who(of_a->process), of_a->lock, story.who(of_b->process), of_b->lock);
  }
  const Ledger ledger(judged.record);
  return is_staler(ledger, *of_b, *of_a) ? story.how_it_came(ledger, *of_b, *of_a, until)
                                         : story.how_it_came(ledger, *of_a, *of_b, until);
}

}  // namespace

std::string tell(const Case& judged, Story& story, const Interleaving& found) {
  const WorldTime at = found.after->at;
  const std::string cause = how(judged, story, *found.before, *found.inside, at);
  story.accessed(*found.before);
  story.accessed(*found.inside);
  story.accessed(*found.after);
  std::string what = fmt::format(
      "{}'s {} at {} fell into {}'s critical section at {}, which went from {} to {} or later",
      story.who(found.inside->process), access_name(*found.inside), at_text(found.inside->at),
      story.who(found.before->process), found.inside->access.resource, at_text(found.before->at),
      at_text(at));
  return explained(std::move(what), cause);
}

bool of_one_lock(const Record& record, const ResourceEvent& a, const ResourceEvent& b) {
  const Belief* of_a = belief_of(record, a.access.section);
  const Belief* of_b = belief_of(record, b.access.section);
  return of_a == nullptr || of_b == nullptr || of_a->lock == of_b->lock;
}

}  // namespace lockstep
