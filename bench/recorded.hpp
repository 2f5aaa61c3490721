#pragma once
// Histories that others recorded, to be judged beside the checkers that they came with.

#include <filesystem>

namespace lockstep::bench {

/// Judges etcd_*.log (cas-register) and c*.txt (kv; c10 also as one object) anywhere below the
/// folder, and tells the seconds that each sort took, without reading.
void judge_recorded(const std::filesystem::path& folder);

}  // namespace lockstep::bench
