#include "checker/properties/effects.hpp"

#include <algorithm>

#include "checker/hash_index.hpp"
#include "checker/properties/ledger.hpp"
#include "core/digest.hpp"

namespace lockstep {
namespace {

bool same_section(const ResourceEvent& a, const ResourceEvent& b) {
  return a.process == b.process && a.access.section == b.access.section;
}

bool same_span(const ResourceEvent& a, const ResourceEvent& b) {
  return same_section(a, b) && a.access.resource == b.access.resource;
}

struct Span {
  std::size_t first = 0;
  std::size_t last = 0;
};

/// The span of each section at each resource, in the order of their first events.
std::vector<Span> spans_of(const std::vector<ResourceEvent>& events) {
  std::vector<Span> spans;
  HashIndex index;
  for (std::size_t i = 0; i < events.size(); ++i) {
    const ResourceEvent& event = events[i];
    if (!event.access.accepted) continue;
    Digest digest;
    digest.fold(event.access.section);
    digest.fold(static_cast<std::uint64_t>(event.process));
    const auto known = index.find(digest.value(), [&](std::uint32_t place) {
      return same_span(events[spans[place].first], event);
    });
    if (known != HashIndex::none) {
      spans[known].last = i;
      continue;
    }
    index.insert(digest.value(), static_cast<std::uint32_t>(spans.size()));
    spans.push_back({i, i});
  }
  return spans;
}

}  // namespace

std::optional<Interleaving> first_interleaving(const Record& record, std::int64_t permits) {
  const auto& events = record.resource;
  const auto spans = spans_of(events);
  const auto reader = [&record](const ResourceEvent& event) {
    const Belief* belief = belief_of(record, event.access.section);
    return belief != nullptr && belief->shared;
  };
  std::vector<const Span*> open;
  for (const Span& span : spans) {
    std::erase_if(open, [&](const Span* other) { return other->last < span.first; });
    const bool reads = reader(events[span.first]);
    const auto at_same_resource = [&](const Span* other) {
      const ResourceEvent& one = events[other->first];
      if (reads && reader(one)) return false;
      return one.access.resource == events[span.first].access.resource;
    };
    if (std::count_if(open.begin(), open.end(), at_same_resource) >= permits) {
      const Span& other = **std::find_if(open.begin(), open.end(), at_same_resource);
      const auto after =
          std::find_if(events.begin() + static_cast<std::ptrdiff_t>(span.first) + 1, events.end(),
                       [&](const ResourceEvent& e) {
                         return e.access.accepted && same_span(e, events[other.first]);
                       });
      return Interleaving{&events[other.first], &events[span.first], &*after};
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
