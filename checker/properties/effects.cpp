#include "checker/properties/effects.hpp"

#include <algorithm>

namespace lockstep {
namespace {

bool same_section(const ResourceEvent& a, const ResourceEvent& b) {
  return a.process == b.process && a.access.section == b.access.section;
}

struct Span {
  std::size_t first = 0;
  std::size_t last = 0;
};

/// The span of each section at each resource, in the order of their first events.
std::vector<Span> spans_of(const std::vector<ResourceEvent>& events) {
  std::vector<Span> spans;
  for (std::size_t i = 0; i < events.size(); ++i) {
    const ResourceEvent& event = events[i];
    if (!event.access.accepted) continue;
    // A section's events are near each other, so the search from the end is short.
    const auto at = std::find_if(spans.rbegin(), spans.rend(), [&](const Span& span) {
      return same_section(events[span.first], event) &&
             events[span.first].access.resource == event.access.resource;
    });
    if (at == spans.rend()) {
      spans.push_back({i, i});
    } else {
      at->last = i;
    }
  }
  return spans;
}

}  // namespace

std::optional<Interleaving> first_interleaving(const Record& record) {
  const auto& events = record.resource;
  const auto spans = spans_of(events);
  std::vector<const Span*> open;
  for (const Span& span : spans) {
    std::erase_if(open, [&](const Span* other) { return other->last < span.first; });
    for (const Span* other : open) {
      if (events[other->first].access.resource != events[span.first].access.resource) continue;
      const auto after =
          std::find_if(events.begin() + static_cast<std::ptrdiff_t>(span.first) + 1, events.end(),
                       [&](const ResourceEvent& e) {
                         return e.access.accepted && same_section(e, events[other->first]) &&
                                e.access.resource == events[other->first].access.resource;
                       });
      return Interleaving{&events[other->first], &events[span.first], &*after};
    }
    open.push_back(&span);
  }
  return std::nullopt;
}

std::optional<LostUpdate> first_lost_update(const Record& record) {
  const auto& events = record.resource;
  std::vector<const ResourceEvent*> writes;
  for (const ResourceEvent& event : events) {
    if (!event.access.write || !event.access.accepted) continue;
    // Versions count accepted writes, so a write based on an old one is not far from its rival.
    for (auto at = writes.rbegin(); at != writes.rend(); ++at) {
      const ResourceAccess& other = (*at)->access;
      if (other.resource != event.access.resource) continue;
      if (other.version <= event.access.based_on) break;
      if (other.based_on == event.access.based_on && !same_section(**at, event)) {
        return LostUpdate{*at, &event};
      }
    }
    writes.push_back(&event);
  }
  return std::nullopt;
}

const ResourceEvent* read_before(const Record& record, const ResourceEvent& write) {
  const ResourceEvent* found = nullptr;
  for (const ResourceEvent& event : record.resource) {
    if (&event == &write) break;
    if (event.access.write || !event.access.accepted || !same_section(event, write)) continue;
    if (event.access.resource == write.access.resource) found = &event;
  }
  return found;
}

bool resource_log_missing(const Record& record) {
  if (!record.resource.empty()) return false;
  return std::any_of(record.history.begin(), record.history.end(), [](const Op& op) {
    return op.type == OpType::ok && (op.f == "read" || op.f == "write");
  });
}

}  // namespace lockstep
