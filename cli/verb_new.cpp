// lockstep new: a small project with a lock, workload, fault or model of one's own.
#include <fmt/core.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "cli/new_project.hpp"
#include "cli/shell_word.hpp"
#include "cli/verbs.hpp"
#include "formats/json_writer.hpp"

namespace lockstep {
namespace {

namespace fs = std::filesystem;

tl::unexpected<Complaint> cannot_write(const std::string& folder, const std::string& why) {
  return complain({ExitCode::bad_file,
                   fmt::format("the project can't be written: {}", why),
                   folder,
                   {},
                   "nothing was kept; name another folder with -o"});
}

bool write_files(const fs::path& folder, const std::vector<OutputFile>& files) {
  std::error_code failed;
  for (const OutputFile& file : files) {
    const fs::path path = folder / file.name;
    fs::create_directories(path.parent_path(), failed);
    std::ofstream out(path, std::ios::binary);
    out << file.content;
    out.close();
    if (!out) return false;
  }
  return true;
}

/// All of it or nothing: written beside the folder, and given its name at the end.
Checked<void> write_project(const std::string& folder, const std::vector<OutputFile>& files) {
  std::error_code failed;
  if (fs::exists(folder, failed) && !fs::is_empty(folder, failed)) {
    return complain({ExitCode::bad_file,
                     "there is something already",
                     folder,
                     {},
                     "name another folder with -o, or remove it"});
  }
  const fs::path path = fs::absolute(folder).lexically_normal();
  const fs::path whole = path.has_filename() ? path : path.parent_path();
  const fs::path beside =
      whole.parent_path() / fmt::format(".{}.{}", whole.filename().string(), ::getpid());
  errno = 0;
  bool written = write_files(beside, files);
  if (written) {
    fs::remove(whole, failed);
    written = ::rename(beside.c_str(), whole.c_str()) == 0;
  }
  if (written) return {};
  const std::string why = std::strerror(errno);
  fs::remove_all(beside, failed);
  return cannot_write(folder, why);
}

void tell(const NewRequest& request, const std::string& folder,
          const std::vector<OutputFile>& files, Terminal& terminal) {
  terminal.out << fmt::format("{}: {}, and a test\n", folder, files.front().name);
  if (terminal.quiet) return;
  std::string library = "lib" + files.front().name;
  library.replace(library.rfind('.'), std::string::npos, ".so");
  terminal.out << fmt::format("\n  cd {}\n  cmake -B build && cmake --build build\n",
                              shell_word(folder));
  if (request.what == "lock") {
    terminal.out << fmt::format("  lockstep sweep --plugin build/{} {} --faults {}\n", library,
                                request.name, faults_that_find(request.what, request.on));
  } else {
    terminal.out << fmt::format("  lockstep list --plugin build/{}\n  ctest --test-dir build\n",
                                library);
  }
}

}  // namespace

Checked<ExitCode> write_new(const NewRequest& request, VerbContext context) {
  const Checked<std::vector<OutputFile>> files =
      new_project(request.what, request.name, request.on);
  if (!files) return complain(files.error());
  const std::string folder = request.output.empty() ? request.name : request.output;
  if (const Checked<void> written = write_project(folder, *files); !written) {
    return complain(written.error());
  }
  if (!context.json) {
    tell(request, folder, *files, context.terminal);
    return ExitCode::met;
  }
  JsonWriter json;
  json.object().field("schema_version", 1).field("verb", "new").field("folder", folder);
  json.key("files").array();
  for (const OutputFile& file : *files) json.value(file.name);
  json.end().end();
  context.terminal.out << json.text() << "\n";
  return ExitCode::met;
}

}  // namespace lockstep
