#pragma once
// What --export asks for: reports that other tools read.

#include <functional>
#include <string>
#include <vector>

#include "cli/output_folder.hpp"
#include "reports/report.hpp"

namespace lockstep {

/// A report and the file that it goes to; empty: into the output folder, by its own name.
struct Export {
  const Report* report = nullptr;
  std::string file{};
};

/// What can be told: a run, or the checks of many.
enum class Told { run, checks };

/// Reads "perfetto=run.json" and the like. Without a folder each needs a file. What can't be
/// written is told now, before the run.
Checked<std::vector<Export>> exports_of(const std::vector<std::string>& asked, Told told,
                                        const std::string& folder);

/// Writes what has a file, and gives back what belongs into the folder.
using Tell = std::function<std::string(const Report& report)>;
Checked<std::vector<OutputFile>> write_exports(const std::vector<Export>& exports,
                                               const Tell& tell);

Checked<std::vector<OutputFile>> write_exports(const std::vector<Export>& exports,
                                               const Outcome& outcome);
Checked<std::vector<OutputFile>> write_exports(const std::vector<Export>& exports,
                                               const reports::CheckSuite& suite);

}  // namespace lockstep
