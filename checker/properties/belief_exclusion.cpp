// P1: no more clients believe that they hold a lock than it has permits. A belief may begin at the
// instant at which another ends.
#include <fmt/format.h>

#include "checker/properties/overlap.hpp"
#include "checker/properties/verdicts.hpp"
#include "checker/property.hpp"

namespace lockstep {
namespace {

bool applies(const Case& judged) {
  return judged.claims.exclusion;
}

Verdict judge(const Case& judged) {
  if (auto found = too_many_believe(judged)) return std::move(*found);
  const std::int64_t permits = judged.claims.permits;
  return holds(judged.claims.exclusion,
               permits == 1 ? std::string("no two clients believed at once")
                            : fmt::format("no more than {} clients believed at once", permits));
}

}  // namespace

Property properties::belief_exclusion() {
  return {.name = "belief-exclusion",
          .code = "P1",
          .summary = "no two clients believe at once that they hold the lock",
          .needs = "a lock that promises exclusion",
          .applies = applies,
          .judge = judge};
}

}  // namespace lockstep
