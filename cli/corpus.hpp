#pragma once
// What once failed a check of lockstep.json: scenarios in a folder per check, to be tried first.

#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "cli/ci_file.hpp"
#include "core/outcome.hpp"

namespace lockstep {

class Corpus {
 public:
  explicit Corpus(std::filesystem::path folder) : folder_(std::move(folder)) {}

  std::string folder_of(const CiCheck& check) const { return (folder_ / check.name).string(); }
  /// The files of a check, by name.
  std::vector<std::string> files_of(const CiCheck& check) const;
  /// What lies where no check of that file looks for it, by name.
  std::vector<std::string> idle(const CiFile& file) const;

  /// From now on these kinds of failure are known.
  void remember(const CiCheck& check, const Outcome& outcome,
                const std::vector<const Verdict*>& violations);
  /// Saves a run that violates the property, made small, and gives the file; no file when the kind
  /// of failure is known, or the run does not violate it.
  Checked<std::string> add(const CiCheck& check, const Scenario& scenario,
                           const std::string& property);

 private:
  std::filesystem::path folder_;
  std::set<std::string> known_;  // "check pattern"
};

}  // namespace lockstep
