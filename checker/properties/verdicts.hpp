#pragma once
// The three answers a property can give, each in one line.

#include <string>
#include <utility>

#include "checker/properties/story.hpp"
#include "core/verdict.hpp"

namespace lockstep {

inline Verdict holds(bool claimed, std::string explanation) {
  return {{}, Status::holds, claimed, std::move(explanation), {}, {}};
}
inline Verdict unknown(bool claimed, std::string reason) {
  return {{}, Status::unknown, claimed, std::move(reason), {}, {}};
}
inline Verdict violated(bool claimed, WorldTime at, std::string explanation, Story&& story) {
  return {{}, Status::violated, claimed, std::move(explanation), std::move(story).tell(), at};
}

/// "how: what", or "what" alone when the record does not show how.
inline std::string explained(std::string what, const std::string& how) {
  return how.empty() ? what : what + ": " + how;
}

/// Effects are guarded, whatever clients believe: the resource checks rising tokens on reads and
/// writes (RP2), or it shares a transaction with the lock (RP4).
inline bool effects_guarded(const Case& judged) {
  const ResourcePolicy policy = judged.scenario.resource;
  return (policy == ResourcePolicy::fence_all && judged.claims.ordered_token) ||
         (policy == ResourcePolicy::same_store && judged.claims.guarded_store &&
          judged.claims.exclusion);
}

/// Nothing was done to this run, so an exclusive lock owes exclusion of effects by itself.
inline bool undisturbed(const Case& judged) {
  return judged.claims.exclusion && judged.record.faults.empty();
}

constexpr std::string_view no_service_log = "the record has no log of the lock service";

}  // namespace lockstep
