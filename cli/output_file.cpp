#include "cli/output_file.hpp"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "cli/descriptor.hpp"

namespace lockstep {
namespace {

namespace fs = std::filesystem;

tl::unexpected<Complaint> cannot_write(const std::string& path, const std::string& why,
                                       const std::string& advice) {
  return complain(
      {ExitCode::bad_file, fmt::format("this file can't be written: {}", why), path, {}, advice});
}

tl::unexpected<Complaint> cannot_write(const std::string& path, int error) {
  return cannot_write(path, std::strerror(error), "name another place, or make room there");
}

/// Where the last of a chain of symbolic links leads, be there something or not.
fs::path without_links(const std::string& path) {
  constexpr int longest_chain = 40;
  fs::path place = path;
  std::error_code problem;
  for (int i = 0; i < longest_chain && fs::is_symlink(place, problem); ++i) {
    const fs::path next = fs::read_symlink(place, problem);
    if (problem) break;
    place = place.parent_path() / next;
  }
  return place;
}

/// The standard output or error, where the path leads to one of them, into a file though it may
/// be: that file may not be replaced under the program's other words. Otherwise -1.
int stream_at(const std::string& path) {
  struct stat named{};
  if (::stat(path.c_str(), &named) != 0) return -1;
  for (const int stream : {STDOUT_FILENO, STDERR_FILENO}) {
    struct stat open{};
    const bool is_open = ::fstat(stream, &open) == 0;
    if (is_open && open.st_dev == named.st_dev && open.st_ino == named.st_ino) return stream;
  }
  return -1;
}

/// Where the content is written before it takes the file's name.
fs::path beside(const fs::path& place) {
  const fs::path folder = place.has_parent_path() ? place.parent_path() : fs::path(".");
  return folder / fmt::format(".{}.{}", place.filename().string(), ::getpid());
}

Checked<void> check_folder(const std::string& path, const fs::path& place) {
  const fs::path folder = place.parent_path();
  std::error_code problem;
  if (!place.has_filename()) {
    return cannot_write(path, "it names a folder", "name a file in it");
  }
  if (folder.empty() || fs::is_directory(folder, problem)) return {};
  const bool there = fs::exists(folder, problem);
  return cannot_write(path,
                      there ? fmt::format("{} is no folder", folder.string())
                            : fmt::format("there is no folder {}", folder.string()),
                      there ? "name another place" : "make it first, or name another place");
}

enum class Kind { file, folder, stream };  // stream: written to as it stands

/// What is there, if anything, behind all links.
Kind kind_of(const std::string& path) {
  std::error_code problem;
  const fs::file_status status = fs::status(path, problem);
  if (fs::is_directory(status)) return Kind::folder;
  const bool special = fs::exists(status) && !fs::is_regular_file(status);
  return special || stream_at(path) >= 0 ? Kind::stream : Kind::file;
}

bool write_through(const std::string& path, const std::string& content) {
  if (const int stream = stream_at(path); stream >= 0) return write_all(stream, content);
  const Descriptor target(::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOCTTY));
  return target.number() >= 0 && write_all(target.number(), content);
}

bool replace(const fs::path& place, const std::string& content) {
  const fs::path fresh = beside(place);
  std::error_code absent;
  fs::remove(fresh, absent);
  const fs::file_status before = fs::status(place, absent);
  errno = 0;
  bool written = write_new_file(fresh.string(), content);
  if (written && fs::exists(before)) {
    written = ::chmod(fresh.c_str(), static_cast<mode_t>(before.permissions())) == 0;
  }
  written = written && ::rename(fresh.c_str(), place.c_str()) == 0;
  if (written) return true;
  const int why = errno;
  fs::remove(fresh, absent);
  errno = why;
  return false;
}

}  // namespace

Checked<void> check_output_file(const std::string& path) {
  switch (kind_of(path)) {
    case Kind::folder: return cannot_write(path, "it is a folder", "name a file in it");
    case Kind::stream:
      if (stream_at(path) >= 0 || ::access(path.c_str(), W_OK) == 0) return {};
      return cannot_write(path, errno);
    case Kind::file: break;
  }
  const fs::path place = without_links(path);
  if (Checked<void> ok = check_folder(path, place); !ok) return ok;
  const fs::path trial = beside(place);
  std::error_code absent;
  fs::remove(trial, absent);
  if (!write_new_file(trial.string(), {})) return cannot_write(path, errno);
  fs::remove(trial, absent);
  return {};
}

bool lies_in(const std::string& path, const std::string& folder) {
  if (path.empty() || folder.empty()) return false;
  const auto plain = [](const fs::path& place) { return fs::absolute(place).lexically_normal(); };
  return plain(path).parent_path() == plain(fs::path(folder) / "file").parent_path();
}

Checked<void> write_whole_file(const std::string& path, const std::string& content) {
  const Kind kind = kind_of(path);
  if (kind == Kind::folder) return cannot_write(path, "it is a folder", "name a file in it");
  if (kind == Kind::stream) {
    if (write_through(path, content)) return {};
    return cannot_write(path, errno);
  }
  const fs::path place = without_links(path);
  if (Checked<void> ok = check_folder(path, place); !ok) return ok;
  if (replace(place, content)) return {};
  return cannot_write(path, errno);
}

}  // namespace lockstep
