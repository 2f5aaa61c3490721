#pragma once
// What reached a protected resource: sections that interleave there, and updates that were lost.

#include <optional>
#include <string>
#include <vector>

#include "core/record.hpp"

namespace lockstep {

/// Sections that interleave at a resource: `inside` lies between two events of another one, or of
/// as many others as the lock has permits, of which the first is told.
struct Interleaving {
  const ResourceEvent* before = nullptr;
  const ResourceEvent* inside = nullptr;
  const ResourceEvent* after = nullptr;  // of the same section as `before`
};

/// The first, in the resource's order, that has more sections at once than there are permits, where
/// not all of them are readers'. Only what was accepted counts: a refusal has no effect.
std::optional<Interleaving> first_interleaving(const Record& record, std::int64_t permits = 1);

/// Two accepted writes of different sections that are based on the same version.
struct LostUpdate {
  const ResourceEvent* replaced = nullptr;  // the earlier write: its update is lost
  const ResourceEvent* replacing = nullptr;
};

/// The first, in the resource's order.
std::optional<LostUpdate> first_lost_update(const Record& record);

/// What a section had read last before `write`; null when the record has no such read.
const ResourceEvent* read_before(const Record& record, const ResourceEvent& write);

/// True when clients read or wrote a resource and the record has nothing from the resource.
bool resource_log_missing(const Record& record);

}  // namespace lockstep
