// lockstep list: what there is, from the tables of contents.
#include <fmt/format.h>

#include <algorithm>

#include "backends/backend.hpp"
#include "checker/model.hpp"
#include "checker/property.hpp"
#include "cli/saved_scenarios.hpp"
#include "cli/verbs.hpp"
#include "core/scenario.hpp"
#include "formats/json_writer.hpp"
#include "harness/strategies/strategy.hpp"
#include "nemesis/fault_kind.hpp"
#include "reports/report.hpp"
#include "workloads/workload.hpp"

namespace lockstep {
namespace {

struct Listed {
  std::string_view name;
  std::string summary;
  std::vector<Parameter> parameters{};
  std::vector<std::pair<std::string_view, std::string>> facts{};  // told when asked to be verbose
};

struct Shelf {
  std::string_view name;  // "locks"
  std::vector<Listed> entries;
};

template <class Table>
std::vector<Listed> plain(const Table& table) {
  std::vector<Listed> entries;
  for (const auto& entry : table) entries.push_back({entry.name, std::string(entry.summary)});
  return entries;
}

std::vector<Listed> locks() {
  std::vector<Listed> entries;
  for (const Backend& lock : all_backends()) {
    Listed entry{lock.name, std::string(lock.summary), lock.parameters, {}};
    const Settings defaults(lock.parameters);
    entry.facts.emplace_back("claims", told(claims_of(lock, defaults)));
    entry.facts.emplace_back("source", std::string(lock.source));
    entry.facts.emplace_back("servers",
                             fmt::format("{}", fmt::join(server_names(lock, defaults), " ")));
    entry.facts.emplace_back("steps", fmt::format("{}", fmt::join(lock.steps, " ")));
    entries.push_back(std::move(entry));
  }
  return entries;
}

std::vector<Listed> workloads_with_parameters() {
  std::vector<Listed> entries;
  for (const Workload& workload : all_workloads()) {
    entries.push_back({workload.name, std::string(workload.summary), workload.parameters, {}});
  }
  return entries;
}

std::vector<Listed> properties_with_needs() {
  std::vector<Listed> entries;
  for (const Property& property : all_properties()) {
    entries.push_back({property.name, std::string(property.summary), {}, {}});
    entries.back().facts.emplace_back("needs", std::string(property.needs));
  }
  return entries;
}

std::vector<Listed> scenarios() {
  std::vector<Listed> entries;
  for (const NamedScenario& saved : named_scenarios()) {
    Listed entry{saved.name, fmt::format("{} {}", saved.about.bug, saved.about.title), {}, {}};
    if (saved.fixed) {
      entry.summary += ", prevented";
      entry.facts.emplace_back("fix", saved.about.fix);
    } else {
      entry.facts.emplace_back("story", saved.about.story);
      entry.facts.emplace_back("violates", fmt::format("{}", fmt::join(saved.about.violates, " ")));
    }
    entry.facts.emplace_back("source", saved.about.source);
    entries.push_back(std::move(entry));
  }
  return entries;
}

std::vector<Listed> strategies() {
  std::vector<Listed> entries = plain(all_strategies());
  entries.push_back(
      {"exhaustive", "every placement of up to --placed faults, as lockstep exhaust does", {}, {}});
  return entries;
}

std::vector<Listed> policies() {
  std::vector<Listed> entries;
  for (const ResourcePolicy policy :
       {ResourcePolicy::none, ResourcePolicy::fence_writes, ResourcePolicy::fence_all,
        ResourcePolicy::compare_version, ResourcePolicy::same_store}) {
    entries.push_back({name_of(policy), std::string(meaning_of(policy))});
  }
  return entries;
}

std::vector<Shelf> shelves() {
  return {{"locks", locks()},
          {"scenarios", scenarios()},
          {"workloads", workloads_with_parameters()},
          {"faults", plain(all_fault_kinds())},
          {"resources", policies()},
          {"properties", properties_with_needs()},
          {"models", plain(all_models())},
          {"strategies", strategies()},
          {"reports", plain(all_reports())}};
}

void tell_details(const Listed& entry, std::size_t indent, Terminal& terminal) {
  const std::string margin(indent, ' ');
  for (const auto& [name, text] : entry.facts) {
    if (text.empty()) continue;
    terminal.out << fmt::format("{}{:<9} {}\n", margin, name, text);
  }
  for (const Parameter& parameter : entry.parameters) {
    terminal.out << fmt::format("{}--set {}={}  {}\n", margin, parameter.name,
                                to_text(parameter.fallback), parameter.meaning);
  }
}

void tell(const std::vector<Shelf>& chosen, bool verbose, Terminal& terminal) {
  for (const Shelf& shelf : chosen) {
    std::size_t width = 0;
    for (const Listed& entry : shelf.entries) width = std::max(width, entry.name.size());
    if (chosen.size() > 1) terminal.out << terminal.paint(shelf.name, "1") << "\n";
    for (const Listed& entry : shelf.entries) {
      terminal.out << fmt::format("  {:<{}}  {}\n", entry.name, width, entry.summary);
      if (verbose) tell_details(entry, 6, terminal);
    }
  }
}

void tell_json(const std::vector<Shelf>& chosen, Terminal& terminal) {
  JsonWriter json;
  json.object().field("schema_version", 1).field("verb", "list");
  for (const Shelf& shelf : chosen) {
    json.key(shelf.name).array();
    for (const Listed& entry : shelf.entries) {
      json.object().field("name", entry.name).field("summary", entry.summary);
      for (const auto& [name, text] : entry.facts) json.field(name, text);
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
    const bool wanted = request.what.empty() || shelf.name == request.what ||
                        shelf.name == request.what + "s" ||
                        (request.what == "strategy" && shelf.name == "strategies");
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
    tell(chosen, request.verbose, context.terminal);
  }
  return ExitCode::met;
}

}  // namespace lockstep
