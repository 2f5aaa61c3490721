// lockstep doctor: what works here, one line per capability.
#include <fmt/core.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <sstream>
#include <thread>

#include "backends/backend.hpp"
#include "cli/build.hpp"
#include "cli/run_files.hpp"
#include "cli/verbs.hpp"
#include "formats/json_writer.hpp"
#include "harness/run.hpp"

namespace lockstep {
namespace {

struct Capability {
  std::string name;
  bool present = false;
  std::string detail;
};

/// Is a program of that name on the PATH?
std::string found_program(const std::string& name) {
  const char* path = std::getenv("PATH");
  std::istringstream folders(path == nullptr ? "" : path);
  for (std::string folder; std::getline(folders, folder, ':');) {
    const std::string file = folder + "/" + name;
    if (::access(file.c_str(), X_OK) == 0) return file;
  }
  return {};
}

/// Runs one small scenario of every lock twice, the second time with the trace on.
Capability deterministic_runs() {
  std::size_t same = 0;
  std::string different;
  for (const Backend& backend : all_backends()) {
    Scenario scenario;
    scenario.lock = backend.name;
    scenario.duration = 2s;
    fill_defaults(scenario);
    const bool equal = run(scenario).digest == run(scenario, RunOptions{.trace = true}).digest;
    if (equal) ++same;
    if (!equal) different += fmt::format(" {}", backend.name);
  }
  return {"deterministic runs", different.empty(),
          different.empty() ? fmt::format("each of {} locks ran twice with the same digest", same)
                            : "not equal when run twice:" + different};
}

Capability output_folders() {
  const std::string folder =
      (std::filesystem::temp_directory_path() / fmt::format("lockstep-doctor-{}", ::getpid()))
          .string();
  const Checked<void> written = write_output(folder, {{"report.txt", "works\n"}});
  std::error_code ignored;
  std::filesystem::remove_all(folder, ignored);
  return {"output folders", written.has_value(),
          written ? "written whole: new folder, sync, rename" : written.error().what};
}

Capability real_redis() {
  const std::string server = found_program("redis-server");
  return {"real redis", !server.empty(),
          server.empty() ? "for ./dev test --real: apt-get install redis-server"
                         : "for ./dev test --real: " + server};
}

std::vector<Capability> capabilities(const Terminal& terminal) {
  std::vector<Capability> all;
  all.push_back({"build", true, fmt::format("lockstep {}, {}", build_version(), build_compiler())});
  all.push_back(deterministic_runs());
  const unsigned cores = std::thread::hardware_concurrency();
  all.push_back(
      {"parallel sweeps", cores > 1, fmt::format("{} core{}", cores, cores == 1 ? "" : "s")});
  all.push_back({"histories", true, "read and written: JSON Lines, EDN, Protocol Buffers"});
  all.push_back(output_folders());
  all.push_back(real_redis());
  all.push_back({"colours", terminal.colours_on_out(),
                 terminal.out_is_terminal
                     ? (terminal.no_colour_wanted ? "off: NO_COLOR is set" : "a terminal")
                     : "off: the output is no terminal"});
  return all;
}

void tell_json(const std::vector<Capability>& all, Terminal& terminal) {
  JsonWriter json;
  json.object().field("schema_version", 1).field("verb", "doctor");
  json.key("capabilities").array();
  for (const Capability& one : all) {
    json.object().field("name", one.name).field("present", one.present);
    json.field("detail", one.detail).end();
  }
  json.end().end();
  terminal.out << json.text() << "\n";
}

}  // namespace

Checked<ExitCode> doctor(const DoctorRequest&, VerbContext context) {
  Terminal& terminal = context.terminal;
  const std::vector<Capability> all = capabilities(terminal);
  if (context.json) {
    tell_json(all, terminal);
  } else {
    for (const Capability& one : all) {
      terminal.out << fmt::format("{}  {:<19} {}\n",
                                  one.present ? terminal.paint("yes", Status::holds) : "no ",
                                  one.name, one.detail);
    }
  }
  const bool sound = all[1].present && all[4].present;
  return sound ? ExitCode::met : ExitCode::internal;
}

}  // namespace lockstep
