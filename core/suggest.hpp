#pragma once
// "Did you mean": the known name nearest to a mistyped one.

#include <string>
#include <string_view>
#include <vector>

namespace lockstep {

/// The nearest of `known` by edit distance (Damerau, adjacent swaps count one), or "" when none is
/// near enough to be worth saying (more than a third of the letters differ).
std::string nearest_name(std::string_view typed, const std::vector<std::string>& known);

}  // namespace lockstep
