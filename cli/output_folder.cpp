#include "cli/output_folder.hpp"

#include <fcntl.h>
#include <fmt/core.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <stdexcept>

#include "cli/descriptor.hpp"
#include "reports/report.hpp"

namespace lockstep {
namespace {

namespace fs = std::filesystem;

const std::vector<std::string>& our_files() {
  static const std::vector<std::string> names = {
      "scenario.toml", "outcome.json",  "history.jsonl",   "history.pb",   "timeline.html",
      "report.txt",    "sweep.json",    "matrix.json",     "index.html",   "found.toml",
      "shrink.json",   "envelope.json", "envelope.html",   "safe.toml",    "unsafe.toml",
      "broken.html",   "broken.toml",   "fixed.html",      "fixed.toml",   "versus.html",
      "versus.json",   "a.toml",        "b.toml",          "odds.json",    "odds.html",
      "base.toml",     "exhaust.json",  "scoreboard.json", "scoreboard.md"};
  return names;
}

/// Without a slash at its end, and absolute.
fs::path folder_path(const std::string& folder) {
  fs::path path = fs::absolute(folder).lexically_normal();
  return path.has_filename() ? path : path.parent_path();
}

tl::unexpected<Complaint> cannot_write(const std::string& folder, const std::string& why) {
  return complain({ExitCode::bad_file,
                   fmt::format("the folder can't be written: {}", why),
                   "-o " + folder,
                   {},
                   "nothing was kept; name another folder with -o"});
}

std::string last_error() {
  return std::strerror(errno);
}

bool sync_folder(const fs::path& path) {
  const Descriptor folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  return folder.number() >= 0 && ::fsync(folder.number()) == 0;
}

/// Gives `fresh` the name `path`; what had that name is gone afterwards.
bool take_name(const fs::path& fresh, const fs::path& path) {
  if (::rename(fresh.c_str(), path.c_str()) == 0) return true;  // absent, or empty
  if (errno != ENOTEMPTY && errno != EEXIST) return false;
  if (::renameat2(AT_FDCWD, fresh.c_str(), AT_FDCWD, path.c_str(), RENAME_EXCHANGE) != 0) {
    return false;
  }
  std::error_code ignored;
  fs::remove_all(fresh, ignored);
  return true;
}

bool is_ours(const fs::path& file) {
  const std::vector<std::string>& names = our_files();
  const std::string name = file.filename().string();
  // One of the many counterexamples of a matrix.
  const bool cell =
      name.starts_with("cell.") && (name.ends_with(".html") || name.ends_with(".toml"));
  const bool failure =  // of a campaign
      name.starts_with("failure.") && (name.ends_with(".html") || name.ends_with(".toml"));
  const bool first = name.starts_with("first.") && name.ends_with(".toml");  // of a property
  const bool report =
      std::ranges::find(all_reports(), name, &Report::file_name) != all_reports().end();
  return cell || failure || first || report ||
         std::find(names.begin(), names.end(), name) != names.end();
}

Checked<void> holds_only_ours(const std::string& folder);

/// A folder of pages about a failure, which a campaign's page tells how to make in its own.
bool is_our_folder(const fs::path& folder) {
  const std::string name = folder.filename().string();
  const bool made = name.ends_with(".odds") || name.ends_with(".envelope");
  return made && name.starts_with("failure.") && holds_only_ours(folder.string());
}

/// Absent, empty, or with nothing in it but what lockstep writes.
Checked<void> holds_only_ours(const std::string& folder) {
  const fs::path path = folder_path(folder);
  std::error_code problem;
  if (path == fs::current_path(problem) || path == path.root_path()) {
    return wrong_usage("the output needs a folder of its own", "-o " + folder,
                       "name one that is not there yet, such as -o out/run-1");
  }
  const fs::file_status status = fs::symlink_status(path, problem);
  if (!fs::exists(status)) return {};
  if (!fs::is_directory(status)) {
    return wrong_usage("this is no folder", "-o " + folder, "name another one");
  }
  for (const auto& entry : fs::directory_iterator(path, problem)) {
    if (entry.is_regular_file(problem) && is_ours(entry.path())) continue;
    if (entry.is_directory(problem) && is_our_folder(entry.path())) continue;
    return wrong_usage(fmt::format("the folder holds \"{}\", which lockstep did not write",
                                   entry.path().filename().string()),
                       "-o " + folder, "name a folder that is new, empty, or holds an earlier run");
  }
  if (problem) return cannot_write(folder, problem.message());
  return {};
}

/// Can a new folder be made where this one is to be? There is no other way to know than to try.
Checked<void> check_place(const std::string& folder) {
  fs::path above = folder_path(folder).parent_path();
  std::error_code problem;
  while (above.has_relative_path() && !fs::exists(above, problem)) above = above.parent_path();
  const fs::path trial = above / fmt::format(".lockstep.{}", ::getpid());
  const bool made = ::mkdir(trial.c_str(), 0777) == 0 || errno == EEXIST;
  if (!made) return cannot_write(folder, last_error());
  fs::remove(trial, problem);
  return {};
}

}  // namespace

Checked<void> check_output(const std::string& folder) {
  Checked<void> ok = holds_only_ours(folder);
  return ok ? check_place(folder) : ok;
}

Checked<void> write_output(const std::string& folder, const std::vector<OutputFile>& files) {
  if (Checked<void> allowed = holds_only_ours(folder); !allowed) return allowed;
  for (const OutputFile& file : files) {  // or nobody could write into the same folder again
    if (!is_ours(file.name)) throw std::logic_error("output_folder.cpp does not list " + file.name);
  }
  const fs::path path = folder_path(folder);
  std::error_code problem;
  fs::create_directories(path.parent_path(), problem);
  if (problem) return cannot_write(folder, problem.message());
  const fs::path fresh =
      path.parent_path() / fmt::format(".{}.{}", path.filename().string(), ::getpid());
  fs::remove_all(fresh, problem);
  if (!fs::create_directory(fresh, problem)) return cannot_write(folder, problem.message());
  bool written = true;
  for (const OutputFile& file : files) {
    written = written && write_new_file((fresh / file.name).string(), file.content);
  }
  written = written && sync_folder(fresh) && take_name(fresh, path);
  if (!written) {
    const std::string why = last_error();
    fs::remove_all(fresh, problem);
    return cannot_write(folder, why);
  }
  sync_folder(path.parent_path());
  return {};
}

}  // namespace lockstep
