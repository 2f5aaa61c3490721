#include "cli/plug_in.hpp"

#include <dlfcn.h>
#include <fmt/core.h>

#include <filesystem>
#include <optional>

#include "formats/detect.hpp"
#include "include/lockstep/plugin.hpp"

namespace lockstep {
namespace {

namespace fs = std::filesystem;
using Entrance = void (*)(PlugIn&);

tl::unexpected<Complaint> refuse(const std::string& file, std::string what,
                                 std::string advice = {}) {
  return complain({ExitCode::bad_file, std::move(what), file, {}, std::move(advice)});
}

/// Reads it out of the file's bytes: nothing of a library that does not fit is ever run.
std::optional<std::string> stamp_in(const std::string& bytes) {
  const std::string_view mark = LOCKSTEP_STAMP_MARK;
  const std::size_t at = bytes.find(mark);
  if (at == std::string::npos) return std::nullopt;
  const std::size_t from = at + mark.size();
  return bytes.substr(from, bytes.find('\0', from) - from);
}

/// Without the version, which says nothing that the digest of the headers does not.
std::string_view decisive_part(std::string_view stamp) {
  return stamp.substr(0, stamp.find(", Lockstep "));
}

Checked<void> check_stamp(const std::string& file) {
  const FileResult<std::string> bytes = read_file(file);
  if (!bytes) return bad_file(file, {}, bytes.error());
  const std::optional<std::string> stamp = stamp_in(*bytes);
  if (!stamp) {
    return refuse(file, "this file is no plug-in of Lockstep",
                  "a plug-in is a shared library with LOCKSTEP_PLUGIN in it: lockstep new lock "
                  "mine shows one");
  }
  if (decisive_part(*stamp) == decisive_part(LOCKSTEP_STAMP)) return {};
  return refuse(file,
                fmt::format("this plug-in was built for another Lockstep\n  it has   {}\n"
                            "  this is  {}",
                            *stamp, LOCKSTEP_STAMP),
                "build it again, from the headers and with the compiler of this Lockstep");
}

/// dlopen looks through the system's folders for a name without a slash.
std::string as_path(const std::string& file) {
  return file.find('/') == std::string::npos ? "./" + file : file;
}

Checked<void> load(const std::string& file, PlugIn& added) {
  if (const Checked<void> fits = check_stamp(file); !fits) return fits;
  void* library = dlopen(as_path(file).c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) {
    return refuse(file, fmt::format("this plug-in can't be loaded: {}", dlerror()));
  }
  const auto entrance = reinterpret_cast<Entrance>(dlsym(library, "lockstep_plugin"));
  if (entrance == nullptr) return refuse(file, "this plug-in has no function lockstep_plugin");
  try {
    entrance(added);
  } catch (const std::exception& thrown) {
    return refuse(file, fmt::format("this plug-in threw when it was loaded: {}", thrown.what()));
  }
  return {};
}

}  // namespace

Checked<void> load_plug_ins(const std::vector<std::string>& files) {
  PlugIn added;
  for (const std::string& file : files) {
    if (const Checked<void> loaded = load(file, added); !loaded) return loaded;
  }
  if (const Result<void> put = add_to_tables(added); !put) {
    return refuse(fmt::format("{}", files.back()), put.error().text);
  }
  return {};
}

std::vector<std::string> files_in(std::string_view list) {
  std::vector<std::string> files;
  while (!list.empty()) {
    const std::size_t end = std::min(list.find(':'), list.size());
    if (end > 0) files.emplace_back(list.substr(0, end));
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return files;
}

}  // namespace lockstep
