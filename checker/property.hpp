#pragma once
// What is asked of a finished run, and the table of contents of checker/properties/.
// docs/verdicts.md says what each property means and on what it is judged.

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/case.hpp"
#include "core/verdict.hpp"

namespace lockstep {

/// A property of locks (lock-algorithms.md, section C). A property that does not apply to a case
/// says nothing of it; whether it applies depends on the scenario and the claims alone, so that
/// every run of a sweep has the same verdicts.
struct Property {
  std::string_view name;
  std::string_view code;  // of section C: "P1", "P1s", ...
  std::string_view summary;
  std::string_view needs{};  // where it applies: "the workload job"; empty: everywhere
  bool (*applies)(const Case&);
  Verdict (*judge)(const Case&);
};

// The table of contents: one line per property, in the order in which `lockstep list` shows them.
#define LOCKSTEP_PROPERTIES(X) \
  X(belief_exclusion)          \
  X(service_exclusion)         \
  X(effect_exclusion)          \
  X(fenced_safety)             \
  X(token_order)               \
  X(lock_linearizability)      \
  X(release_rights)            \
  X(deadlock_freedom)          \
  X(wait_cycle)                \
  X(bounded_wait)              \
  X(loss_detection)            \
  X(no_lost_update)            \
  X(job_once)                  \
  X(no_overselling)            \
  X(money)                     \
  X(document)                  \
  X(writer_starvation)         \
  X(leader_per_term)           \
  X(deposed_leader)            \
  X(permits)

namespace properties {
#define LOCKSTEP_DECLARE(name) Property name();
LOCKSTEP_PROPERTIES(LOCKSTEP_DECLARE)
#undef LOCKSTEP_DECLARE

inline bool always(const Case&) {
  return true;
}
}  // namespace properties

const std::vector<Property>& all_properties();
/// Null when there is none of that name.
const Property* find_property(std::string_view name);
/// "job-once is never judged here: it needs the workload job". Needs a known name.
std::string why_never_judged(std::string_view name);

/// The verdicts of all properties that apply, in the order of the table.
std::vector<Verdict> judge_all(const Case& judged);

}  // namespace lockstep
