#include "cli/new_project.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "backends/backend.hpp"
#include "checker/model.hpp"
#include "cli/saved_scenarios.hpp"
#include "nemesis/fault_kind.hpp"
#include "template_files.hpp"
#include "workloads/workload.hpp"

namespace lockstep {
namespace {

struct Ground {
  std::string_view name;
  std::string_view file;    // of templates/
  std::string_view faults;  // that find its gap
};
constexpr Ground known_grounds[] = {
    {"redis", templates::lock_on_redis_cpp, "gc-pause"},
    {"zookeeper", templates::lock_on_zookeeper_cpp, "gc-pause"},
    {"etcd", templates::lock_on_etcd_cpp, "gc-pause"},
    {"sql", templates::lock_on_sql_cpp, "crash"},
    {"raft", templates::lock_on_raft_cpp, "gc-pause"},
    {"own-server", templates::lock_on_own_server_cpp, "crash"},
};

const Ground* find_ground(const std::string& name) {
  for (const Ground& ground : known_grounds) {
    if (ground.name == name) return &ground;
  }
  return nullptr;
}

void replace_all(std::string& text, std::string_view from, const std::string& to) {
  for (std::size_t at = text.find(from); at != std::string::npos;
       at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

/// "MyLock" of "my-lock".
std::string type_name(const std::string& name) {
  std::string type;
  bool upper = true;
  for (const char c : name) {
    if (c == '-') {
      upper = true;
      continue;
    }
    type += upper && c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    upper = false;
  }
  return type;
}

bool is_name(const std::string& name) {
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  };
  return !name.empty() && name.front() >= 'a' && name.front() <= 'z' && name.back() != '-' &&
         name.find("--") == std::string::npos && std::all_of(name.begin(), name.end(), fits);
}

std::string in_snake_case(std::string name) {
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

/// "my-lock", but "class-lock" of "class": C++ and the C library use words, and these would
/// collide.
std::string name_in_code(const std::string& what, const std::string& name) {
  const std::string ending = "-" + what;
  return name.ends_with(ending) ? name : name + ending;
}

/// Whatever is built is a target of CMake, and some names of these are CMake's own.
bool is_target_of_cmake(const std::string& name) {
  constexpr std::string_view own[] = {"all",        "clean",
                                      "edit-cache", "help",
                                      "install",    "list-install-components",
                                      "package",    "package-source",
                                      "preinstall", "rebuild-cache",
                                      "test"};
  return std::ranges::find(own, name) != std::end(own);
}

bool is_taken(const std::string& what, const std::string& name) {
  if (what == "lock") return find_backend(name) != nullptr || find_named_scenario(name) != nullptr;
  if (what == "workload") return find_workload(name) != nullptr;
  if (what == "fault") return find_fault_kind(name) != nullptr;
  return what == "model" && find_model(name) != nullptr;
}

Checked<void> check_name(const std::string& what, const std::string& name) {
  if (!is_name(name)) {
    return wrong_usage(fmt::format("\"{}\" is no name for it", name), {},
                       "use small letters, digits and '-', such as my-lock");
  }
  if (is_target_of_cmake(name)) {
    return wrong_usage(fmt::format("CMake has a target \"{}\" of its own", name), {},
                       fmt::format("add to it: my-{}", name));
  }
  if (is_taken(what, name)) {
    return wrong_usage(fmt::format("there is a {} \"{}\" already", what, name), {},
                       fmt::format("a plug-in can't take its name; my-{} is free", name));
  }
  return {};
}

/// A template with the project's names in place of those that let it be compiled as it stands.
std::string filled(std::string_view text, const std::string& what, const std::string& name,
                   const std::string& faults) {
  const std::string snake = in_snake_case(name);
  const std::string own = name_in_code(what, name);
  std::string out(text);
  replace_all(out, "namespace my_lock", "namespace " + in_snake_case(own));
  replace_all(out, "my_lock::", in_snake_case(own) + "::");
  replace_all(out, "MyLock", type_name(own));
  if (!faults.empty()) replace_all(out, "gc-pause", faults);
  replace_all(out, "my-lock", name);
  replace_all(out, "my_lock", snake);
  return out;
}

struct Sources {
  std::string_view code;
  std::string_view test;
  std::string_view checks;  // its lockstep.json; empty: nothing for `lockstep ci` to check
  std::string_view readme = templates::readme_md;
};

/// The CI file, without the line that calls `lockstep ci` where there is nothing to check.
std::string ci_file(std::string_view checks) {
  std::string text(templates::ci_yml);
  if (!checks.empty()) return text;
  const std::size_t from = text.rfind('\n', text.find("lockstep ci ")) + 1;
  return text.erase(from, text.find('\n', from) + 1 - from);
}

Checked<Sources> sources_of(const std::string& what, const std::string& on) {
  if (what == "workload") {
    return Sources{templates::workload_cpp, templates::workload_test_cpp,
                   templates::workload_checks_json};
  }
  if (what == "fault") {
    return Sources{templates::fault_cpp, templates::fault_test_cpp, templates::fault_checks_json};
  }
  if (what == "model") {
    return Sources{templates::model_cpp, templates::model_test_cpp, {}};
  }
  if (what != "lock") {
    const std::string near = did_you_mean(what, {"lock", "workload", "fault", "model"});
    return wrong_usage(fmt::format("there is no new \"{}\"", what), {},
                       near.empty() ? "it is one of lock, workload, fault, model" : near);
  }
  const Ground* ground = find_ground(on);
  if (ground == nullptr) {
    const std::string near = did_you_mean(on, grounds());
    return wrong_usage(
        fmt::format("there is no lock on \"{}\" to begin with", on), "--on " + on,
        near.empty() ? fmt::format("it is one of {}", fmt::join(grounds(), ", ")) : near);
  }
  return Sources{ground->file, templates::lock_test_cpp, templates::lock_checks_json,
                 templates::lock_readme_md};
}

}  // namespace

std::vector<std::string> grounds() {
  std::vector<std::string> names;
  for (const Ground& ground : known_grounds) names.emplace_back(ground.name);
  return names;
}

std::string faults_that_find(const std::string& what, const std::string& on) {
  const Ground* ground = what == "lock" ? find_ground(on) : nullptr;
  return ground == nullptr ? std::string() : std::string(ground->faults);
}

Checked<std::vector<OutputFile>> new_project(const std::string& what, const std::string& name,
                                             const std::string& on) {
  if (const Checked<void> ok = check_name(what, name); !ok) return complain(ok.error());
  const Checked<Sources> sources = sources_of(what, on);
  if (!sources) return complain(sources.error());
  const std::string faults = faults_that_find(what, on);
  const auto fill = [&](std::string_view text) { return filled(text, what, name, faults); };
  std::vector<OutputFile> files{
      {fill("my_lock.cpp"), fill(sources->code)},
      {fill("my_lock_test.cpp"), fill(sources->test)},
      {"CMakeLists.txt", fill(templates::project_cmake)},
      {"README.md", fill(sources->readme)},
      {".github/workflows/lockstep.yml", fill(ci_file(sources->checks))},
      {".gitignore", "/build/\n/out/\n"},
  };
  if (!sources->checks.empty()) files.push_back({"lockstep.json", fill(sources->checks)});
  return files;
}

}  // namespace lockstep
