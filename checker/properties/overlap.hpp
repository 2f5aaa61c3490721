#pragma once
// More clients that believe at once than there are permits: what P1 and W5 both ask.

#include <optional>

#include "core/case.hpp"
#include "core/verdict.hpp"

namespace lockstep {

/// The violation, told; none when beliefs never overlap more than the permits allow.
std::optional<Verdict> too_many_believe(const Case& judged);

}  // namespace lockstep
