// What can be wrong with a Scenario, said so that a person knows where and how to go on.

#include <fmt/format.h>

#include <algorithm>

#include "backends/backend.hpp"
#include "backends/limits.hpp"
#include "core/suggest.hpp"
#include "harness/run.hpp"
#include "nemesis/fault_kind.hpp"
#include "workloads/workload.hpp"

namespace lockstep {
namespace {

std::string did_you_mean(const std::string& typed, const std::vector<std::string>& known) {
  const std::string nearest = nearest_name(typed, known);
  return nearest.empty() ? std::string() : fmt::format("; did you mean \"{}\"?", nearest);
}

bool may_say(const Parameter& parameter, const SettingValue& value) {
  const auto* word = std::get_if<std::string>(&value);
  const auto& words = parameter.words;
  return word == nullptr || words.empty() ||
         std::find(words.begin(), words.end(), *word) != words.end();
}

void check_settings(std::vector<Problem>& out, const std::string& section, const Settings& settings,
                    const std::vector<Parameter>& parameters, std::string_view owner) {
  for (const Settings::Entry& entry : settings.entries()) {
    const std::string where = section + "." + entry.name;
    const auto at = std::find_if(parameters.begin(), parameters.end(),
                                 [&](const Parameter& p) { return p.name == entry.name; });
    if (at == parameters.end()) {
      out.push_back({where, fmt::format("{} has no setting \"{}\"{}", owner, entry.name,
                                        did_you_mean(entry.name, names_in(parameters)))});
      continue;
    }
    if (at->fallback.index() != entry.value.index()) {
      out.push_back(
          {where, fmt::format("{} should be like {}", entry.name, to_text(at->fallback))});
      continue;
    }
    const Duration* length = std::get_if<Duration>(&entry.value);
    const auto* number = std::get_if<std::int64_t>(&entry.value);
    if ((length != nullptr && *length < Duration::zero()) || (number != nullptr && *number < 0)) {
      out.push_back({where, fmt::format("{} can't be negative", entry.name)});
    } else if (!may_say(*at, entry.value)) {
      out.push_back({where, fmt::format("{} is one of {}, not \"{}\"", entry.name,
                                        fmt::join(at->words, ", "), to_text(entry.value))});
    } else if (const auto broken = limit_broken_by(entry)) {
      out.push_back({where, *broken});
    }
  }
}

/// What to write instead of `typed`; no list of the command line shows the names of nodes.
std::string known_nodes(const std::string& typed, const NodeNames& names,
                        const std::vector<std::string>& nodes) {
  if (typed == "self") return ": self is the client that reached the fault's `step`";
  const std::string near = did_you_mean(typed, nodes);
  if (!near.empty()) return near;
  return fmt::format("; the nodes are client-1 to {}, {}, {}", names.clients.back(),
                     fmt::join(names.servers, ", "), fmt::join(names.resources, ", "));
}

void check_amount(std::vector<Problem>& out, const std::string& where, const FaultKind& kind,
                  const Fault& fault) {
  const auto refuse = [&](std::string what) {
    out.push_back({where + ".amount", std::move(what)});
  };
  if (kind.amount.empty()) return;
  if (fault.amount == 0) {
    refuse(fmt::format("a {} of 0 does nothing; give its amount: {}", fault.kind, kind.amount));
  }
  constexpr std::int64_t century = std::chrono::nanoseconds(24h * 36525).count();
  const bool length = fault.kind == "clock-jump" || fault.kind == "delay";
  if (length && (fault.amount > century || fault.amount < -century)) {
    refuse("is in nanoseconds, and at most a century");
  }
  if (fault.kind == "clock-drift" &&
      (fault.amount <= -1'000'000'000 || fault.amount > 1'000'000'000'000)) {
    refuse(
        "a clock runs at more than nothing and at most 1000 times "
        "true speed: above -1e9, at most 1e12 parts per billion");
  }
  const bool share = fault.kind == "loss" || fault.kind == "duplicate" || fault.kind == "reorder";
  if (share && (fault.amount < 0 || fault.amount > 1'000'000)) {
    refuse("is a share of a million: 0 to 1000000");
  }
  if (fault.kind == "delay" && fault.amount < 0) refuse("a delay can't be negative");
}

/// A trigger that nothing can pull would leave a fault out, and the run calm.
void check_trigger(std::vector<Problem>& out, const std::string& where, const Trigger& when,
                   const std::vector<std::string>& clients, const std::vector<std::string>& steps) {
  if (when.after < Duration::zero()) out.push_back({where + ".after", "can't be negative"});
  if (when.at < WorldTime{}) out.push_back({where + ".at", "can't be negative"});
  if (when.step.empty()) return;
  if (std::find(steps.begin(), steps.end(), when.step) == steps.end()) {
    out.push_back({where + ".step", fmt::format("no client takes a step \"{}\"; the steps are {}",
                                                when.step, fmt::join(steps, ", "))});
  }
  if (!when.client.empty() &&
      std::find(clients.begin(), clients.end(), when.client) == clients.end()) {
    out.push_back({where + ".client", fmt::format("there is no client \"{}\"{}", when.client,
                                                  did_you_mean(when.client, clients))});
  }
}

void check_fault(std::vector<Problem>& out, const std::string& where, const Fault& fault,
                 const NodeNames& names, const std::vector<std::string>& nodes) {
  const FaultKind* kind = find_fault_kind(fault.kind);
  if (kind == nullptr) {
    out.push_back(
        {where + ".kind", fmt::format("there is no fault \"{}\"{}", fault.kind,
                                      did_you_mean(fault.kind, names_in(all_fault_kinds())))});
    return;
  }
  if (fault.targets.size() < kind->targets_min || fault.targets.size() > kind->targets_max) {
    out.push_back({where + ".targets",
                   fmt::format("{} takes {} to {} targets, not {}", fault.kind, kind->targets_min,
                               kind->targets_max, fault.targets.size())});
  }
  for (std::size_t i = 0; i < fault.targets.size(); ++i) {
    const std::string& target = fault.targets[i];
    if (target == "self" && !fault.when.step.empty()) continue;
    if (std::find(nodes.begin(), nodes.end(), target) != nodes.end()) continue;
    out.push_back(
        {fmt::format("{}.targets[{}]", where, i),
         fmt::format("there is no node \"{}\"{}", target, known_nodes(target, names, nodes))});
  }
  if (!fault.detail.empty() &&
      std::find(kind->details.begin(), kind->details.end(), fault.detail) == kind->details.end()) {
    out.push_back({where + ".detail", fmt::format("{} knows no \"{}\"", fault.kind, fault.detail)});
  }
  if (fault.lasts < Duration::zero()) out.push_back({where + ".lasts", "can't be negative"});
  check_amount(out, where, *kind, fault);
}

void check_numbers(std::vector<Problem>& out, const Scenario& scenario) {
  if (scenario.clients < 1 || scenario.clients > 10'000) {
    out.push_back({"clients", fmt::format("takes 1 to 10000, not {}", scenario.clients)});
  }
  if (scenario.duration <= Duration::zero() || scenario.duration > 24h * 365) {
    out.push_back({"duration", "is a length of time above 0, up to a year"});
  }
  if (scenario.step_max < 1us) out.push_back({"step_max", "is at least 1us"});
  const NetworkProfile& network = scenario.network;
  if (network.latency_min < Duration::zero()) {
    out.push_back({"network.latency_min", "can't be negative"});
  }
  if (network.latency_max < network.latency_min) {
    out.push_back({"network.latency_max", "is less than latency_min"});
  }
  if (network.loss_millionths >= 1'000'000) {
    out.push_back({"network.loss_millionths", "is less than a million: else nothing ever arrives"});
  }
}

}  // namespace

std::vector<Problem> problems_of(const Scenario& scenario) {
  std::vector<Problem> out;
  const Backend* backend = find_backend(scenario.lock);
  if (backend == nullptr) {
    out.push_back({"lock", fmt::format("there is no lock \"{}\"{}", scenario.lock,
                                       did_you_mean(scenario.lock, names_in(all_backends())))});
  }
  const Workload* workload = find_workload(scenario.workload);
  if (workload == nullptr) {
    out.push_back(
        {"workload", fmt::format("there is no workload \"{}\"{}", scenario.workload,
                                 did_you_mean(scenario.workload, names_in(all_workloads())))});
  }
  check_numbers(out, scenario);
  if (backend == nullptr || workload == nullptr) return out;
  check_settings(out, "lock_settings", scenario.lock_settings, backend->parameters, backend->name);
  check_settings(out, "workload_settings", scenario.workload_settings, workload->parameters,
                 workload->name);
  if (scenario.resource == ResourcePolicy::same_store && !backend->claims.guarded_store) {
    out.push_back(
        {"resource", fmt::format("{} has no store of its own: RP4 needs one", backend->name)});
  }
  if (workload->needs_readers && !backend->claims.readers) {
    out.push_back({"workload", fmt::format("{} knows no readers: {} needs a read-write lock",
                                           backend->name, workload->name)});
  }
  if (scenario.clients < 1 || scenario.clients > 10'000) return out;
  const NodeNames names = node_names(scenario);
  std::vector<std::string> nodes = names.clients;
  nodes.insert(nodes.end(), names.servers.begin(), names.servers.end());
  nodes.insert(nodes.end(), names.resources.begin(), names.resources.end());
  // The workloads' own (workloads/session.cpp), and those of the lock's client.
  std::vector<std::string> steps = {"acquiring", "granted", "read",
                                    "checked",   "wrote",   "releasing"};
  steps.insert(steps.end(), backend->steps.begin(), backend->steps.end());
  for (std::size_t i = 0; i < scenario.faults.size(); ++i) {
    const std::string where = fmt::format("faults[{}]", i);
    check_fault(out, where, scenario.faults[i], names, nodes);
    check_trigger(out, where, scenario.faults[i].when, names.clients, steps);
  }
  return out;
}

}  // namespace lockstep
