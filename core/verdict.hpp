#pragma once
// What a checker says of a property, and why.

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/time.hpp"

namespace lockstep {

enum class Status : std::uint8_t { holds, unknown, violated };
constexpr std::string_view name_of(Status status) {
  switch (status) {
    case Status::holds: return "holds";
    case Status::unknown: return "unknown";
    case Status::violated: return "violated";
  }
  return "?";
}
/// The worse of two: violated, then unknown, then holds.
constexpr Status worse(Status a, Status b) {
  return std::max(a, b);
}

/// One thing that happened and matters for a verdict; a witness is a list of them in time order.
struct Evidence {
  WorldTime at{};
  std::string who;       // a client, a server, the resource, "nemesis"
  std::string text;      // "believes it holds lock-1 (token 7)"
  std::int64_t op = -1;  // index into the history, where there is one
};

/// What became of one property in one run.
struct Verdict {
  std::string property;  // "belief-exclusion", ...; `lockstep list properties`
  Status status = Status::unknown;
  bool claimed = true;            // does the lock promise this, under this scenario?
  std::string explanation;        // one sentence; for unknown, what ran out
  std::vector<Evidence> witness;  // empty unless violated
  std::optional<WorldTime> at{};  // when it was first violated
  /// The holds that were tried, as the run counts them: those begun up to the violation, all where
  /// the property holds, none where that is unknown.
  std::uint64_t tried = 0;
};

}  // namespace lockstep
