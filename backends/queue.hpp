#pragma once
// Contenders in line at a service that grants a lock to who stands first (ZooKeeper's sequential
// nodes, etcd's create revisions): how the service tells its line, and who holds.

#include <compare>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "backends/backend.hpp"

namespace lockstep {

/// One who stands in line. Texts hold no tab and no line break.
struct Contender {
  std::string owner;        // as in Lease::owner
  NodeId client = no_node;  // whose session it is
  std::string kind{};       // "read" or "write", where that matters
  friend auto operator<=>(const Contender&, const Contender&) = default;
};

/// The text that a service puts into KeyChange::before and after; none for an empty line.
std::optional<std::string> queue_text(const std::vector<Contender>& line);
std::vector<Contender> queue_in(const std::optional<std::string>& text);

/// Reads a change of a line at the key "<prefix><lock>": the first `permits` in line hold, and so
/// do readers (kind "read") whom nobody but readers precedes. Appends an expiry or release for each
/// who no longer does, then a grant for each who now does.
void interpret_line(const KeyChange& change, std::string_view prefix, std::int64_t permits,
                    std::vector<GrantNote>& out);
/// Who joined and who left the line.
void interpret_line_queue(const KeyChange& change, std::string_view prefix,
                          std::vector<QueueNote>& out);

}  // namespace lockstep
