// lockstep new: a small project with a lock, workload, fault or model of one's own.
#include <fmt/core.h>

#include <filesystem>
#include <fstream>

#include "cli/new_project.hpp"
#include "cli/verbs.hpp"
#include "formats/json_writer.hpp"

namespace lockstep {
namespace {

namespace fs = std::filesystem;

tl::unexpected<Complaint> cannot_write(const fs::path& path) {
  return complain({ExitCode::bad_file, "this can't be written", path.string(), {}, {}});
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
  const fs::path beside = folder + ".new";
  fs::remove_all(beside, failed);
  for (const OutputFile& file : files) {
    const fs::path path = beside / file.name;
    fs::create_directories(path.parent_path(), failed);
    std::ofstream out(path, std::ios::binary);
    out << file.content;
    out.close();
    if (!out) return cannot_write(path);
  }
  fs::remove(folder, failed);
  fs::rename(beside, folder, failed);
  return failed ? Checked<void>(cannot_write(folder)) : Checked<void>();
}

void tell(const NewRequest& request, const std::string& folder,
          const std::vector<OutputFile>& files, Terminal& terminal) {
  terminal.out << fmt::format("{}: {}, and a test\n", folder, files.front().name);
  if (terminal.quiet) return;
  std::string library = "lib" + files.front().name;
  library.replace(library.rfind('.'), std::string::npos, ".so");
  terminal.out << fmt::format("\n  cd {}\n  cmake -B build && cmake --build build\n", folder);
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
