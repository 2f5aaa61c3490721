#include "cli/check_output.hpp"

#include <fmt/core.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

namespace lockstep {

Checked<void> write_whole_file(const std::string& path, const std::string& content) {
  namespace fs = std::filesystem;
  std::error_code problem;
  const fs::path folder = fs::path(path).parent_path();
  if (!folder.empty()) fs::create_directories(folder, problem);
  const std::string fresh = fmt::format("{}.{}", path, ::getpid());
  errno = 0;
  std::ofstream file(fresh, std::ios::binary);
  file << content;
  file.close();
  if (file) fs::rename(fresh, path, problem);
  if (file && !problem) return {};
  const std::string why = problem ? problem.message() : std::strerror(errno);
  std::error_code ignored;
  fs::remove(fresh, ignored);
  return complain({ExitCode::bad_file,
                   fmt::format("this file can't be written: {}", why),
                   path,
                   {},
                   "name another place, or make room there"});
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
