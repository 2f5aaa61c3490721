#pragma once
// "Did you mean": the known name nearest to a mistyped one.

#include <string>
#include <string_view>
#include <vector>

namespace lockstep {

/// The nearest of `known` by edit distance (Damerau, adjacent swaps count one), or "" when none is
/// near enough to be worth saying (more than a third of the letters differ).
std::string nearest_name(std::string_view typed, const std::vector<std::string>& known);

/// The names of a table's entries, in its order.
template <class Table>
std::vector<std::string> names_in(const Table& table) {
  std::vector<std::string> names;
  for (const auto& entry : table) names.emplace_back(entry.name);
  return names;
}

}  // namespace lockstep
