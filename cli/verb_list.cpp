// lockstep list: what there is, from the tables of contents.
#include <fmt/core.h>

#include <algorithm>

#include "backends/backend.hpp"
#include "checker/model.hpp"
#include "checker/property.hpp"
#include "cli/verbs.hpp"
#include "core/scenario.hpp"
#include "formats/json_writer.hpp"
#include "nemesis/fault_kind.hpp"
#include "reports/report.hpp"
#include "workloads/workload.hpp"

namespace lockstep {
namespace {

struct Listed {
  std::string_view name;
  std::string_view summary;
  std::vector<Parameter> parameters{};
};

struct Shelf {
  std::string_view name;  // "locks"
  std::vector<Listed> entries;
};

template <class Table>
std::vector<Listed> plain(const Table& table) {
  std::vector<Listed> entries;
  for (const auto& entry : table) entries.push_back({entry.name, entry.summary});
  return entries;
}

template <class Table>
std::vector<Listed> with_parameters(const Table& table) {
  std::vector<Listed> entries;
  for (const auto& entry : table) {
    entries.push_back({entry.name, entry.summary, entry.parameters});
  }
  return entries;
}

std::vector<Listed> policies() {
  std::vector<Listed> entries;
  for (const ResourcePolicy policy :
       {ResourcePolicy::none, ResourcePolicy::fence_writes, ResourcePolicy::fence_all,
        ResourcePolicy::compare_version, ResourcePolicy::same_store}) {
    entries.push_back({name_of(policy), meaning_of(policy)});
  }
  return entries;
}

std::vector<Shelf> shelves() {
  return {
      {"locks", with_parameters(all_backends())}, {"workloads", with_parameters(all_workloads())},
      {"faults", plain(all_fault_kinds())},       {"resources", policies()},
      {"properties", plain(all_properties())},    {"models", plain(all_models())},
      {"reports", plain(all_reports())}};
}

void tell(const std::vector<Shelf>& chosen, bool parameters, Terminal& terminal) {
  for (const Shelf& shelf : chosen) {
    std::size_t width = 0;
    for (const Listed& entry : shelf.entries) width = std::max(width, entry.name.size());
    if (chosen.size() > 1) terminal.out << terminal.paint(shelf.name, "1") << "\n";
    for (const Listed& entry : shelf.entries) {
      terminal.out << fmt::format("  {:<{}}  {}\n", entry.name, width, entry.summary);
      if (!parameters) continue;
      for (const Parameter& parameter : entry.parameters) {
        terminal.out << fmt::format("  {:<{}}    --set {}={}  {}\n", "", width, parameter.name,
                                    to_text(parameter.fallback), parameter.meaning);
      }
    }
  }
}

void tell_json(const std::vector<Shelf>& chosen, Terminal& terminal) {
  JsonWriter json;
  json.object();
  for (const Shelf& shelf : chosen) {
    json.key(shelf.name).array();
    for (const Listed& entry : shelf.entries) {
      json.object().field("name", entry.name).field("summary", entry.summary);
      json.key("parameters").array();
      for (const Parameter& parameter : entry.parameters) {
        json.object().field("name", parameter.name);
        json.field("default", to_text(parameter.fallback)).field("meaning", parameter.meaning);
        json.end();
      }
      json.end().end();
    }
    json.end();
  }
  json.end();
  terminal.out << json.text() << "\n";
}

}  // namespace

Checked<ExitCode> list(const ListRequest& request, VerbContext context) {
  std::vector<Shelf> chosen;
  std::vector<std::string> known;
  for (const Shelf& shelf : shelves()) {
    known.emplace_back(shelf.name);
    const bool wanted =
        request.what.empty() || shelf.name == request.what || shelf.name == request.what + "s";
    if (wanted) chosen.push_back(shelf);
  }
  if (chosen.empty()) {
    const std::string near = did_you_mean(request.what, known);
    return wrong_usage(fmt::format("there is nothing called \"{}\" to list", request.what), {},
                       near.empty() ? "see: lockstep list --help" : near);
  }
  if (context.json) {
    tell_json(chosen, context.terminal);
  } else {
    tell(chosen, !request.what.empty(), context.terminal);
  }
  return ExitCode::met;
}

}  // namespace lockstep
