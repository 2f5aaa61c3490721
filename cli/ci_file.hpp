#pragma once
// lockstep.json: what must hold in a user's repository, and what must break
// (docs/lockstep.schema.json).

#include <optional>
#include <string>
#include <vector>

#include "cli/complaint.hpp"
#include "harness/draw.hpp"

namespace lockstep {

struct CiCheck {
  std::string name;
  DrawOptions options;
  std::string strategy = "swarm";
  bool violation_expected = false;
  /// What it is about; empty: whatever the lock promises, or whatever is violated.
  std::vector<std::string> properties;
  std::optional<std::uint64_t> runs;  // at most
};

struct CiFile {
  std::optional<Duration> budget;
  std::string corpus = "corpus";  // a folder beside the file
  std::vector<CiCheck> checks;
};

/// Errors point into the file.
Checked<CiFile> load_ci_file(const std::string& path);

}  // namespace lockstep
