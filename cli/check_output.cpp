#include "cli/check_output.hpp"

#include <fstream>

#include "cli/output_file.hpp"

namespace lockstep {

Checked<void> check_machines(const std::string& junit, const std::string& made) {
  return junit.empty() || lies_in(junit, made) ? Checked<void>() : check_output_file(junit);
}

Checked<void> tell_machines(const reports::CheckSuite& suite, const std::string& junit,
                            Terminal& terminal) {
  if (terminal.environment && terminal.environment("GITHUB_ACTIONS") == "true") {
    terminal.err << reports::github_annotations(suite) << std::flush;
    if (const auto summary = terminal.environment("GITHUB_STEP_SUMMARY")) {
      std::ofstream(*summary, std::ios::app) << reports::step_summary(suite);
    }
  }
  return junit.empty() ? Checked<void>() : write_whole_file(junit, reports::junit_xml(suite));
}

}  // namespace lockstep
