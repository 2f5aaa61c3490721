#include "harness/counterfactual.hpp"

#include <algorithm>

#include "harness/contained.hpp"
#include "harness/run.hpp"

namespace lockstep {
namespace {

constexpr std::size_t most_faults = 4;  // that are left out one by one

std::vector<std::string> with_status(const Outcome& outcome, Status status) {
  std::vector<std::string> names;
  for (const Verdict& verdict : outcome.verdicts) {
    if (verdict.status == status) names.push_back(verdict.property);
  }
  return names;
}

std::vector<std::string> violated_in(const Outcome& outcome) {
  return with_status(outcome, Status::violated);
}

/// "client-1 paused for 12 s"; the kind, where the fault never came into force.
std::string text_of(const Outcome& outcome, std::size_t fault) {
  for (const FaultSpan& span : outcome.record.faults) {
    if (span.fault == fault) return span.text;
  }
  return outcome.scenario.faults[fault].kind;
}

bool gives_tokens(const Outcome& outcome) {
  return std::ranges::any_of(outcome.record.beliefs,
                             [](const Belief& belief) { return belief.token != 0; });
}

/// What the resource refused first, in words.
std::string refusal(const Outcome& outcome) {
  for (const ResourceEvent& event : outcome.record.resource) {
    const ResourceAccess& access = event.access;
    if (access.accepted) continue;
    const auto client = static_cast<std::size_t>(event.process);
    const auto& names = outcome.record.processes;
    const std::string who = client < names.size() ? names[client] : "a client";
    return "At " + to_text(event.at) + " s the resource refuses the " +
           (access.write ? "write" : "read") + " of " + who + ": " + access.refusal + ".";
  }
  return {};
}

}  // namespace

std::vector<Alternative> alternatives(const Outcome& outcome) {
  std::vector<Alternative> found;
  if (violated_in(outcome).empty()) return found;
  const Scenario& scenario = outcome.scenario;
  const std::size_t count = scenario.faults.size();
  for (std::size_t i = 0; i < count && count <= most_faults; ++i) {
    Scenario without = scenario;
    without.faults.erase(without.faults.begin() + static_cast<std::ptrdiff_t>(i));
    found.push_back({"without \"" + text_of(outcome, i) + "\"", std::move(without)});
  }
  if (count > 1) {
    Scenario without = scenario;
    without.faults.clear();
    found.push_back({"without any fault", std::move(without)});
  }
  const bool checks = scenario.resource == ResourcePolicy::fence_all ||
                      scenario.resource == ResourcePolicy::same_store;
  if (gives_tokens(outcome) && !checks) {
    Scenario fenced = scenario;
    fenced.resource = ResourcePolicy::fence_all;
    found.push_back({"with a resource that checks fencing tokens on reads and writes (RP2)",
                     std::move(fenced)});
  }
  return found;
}

std::vector<Counterfactual> try_out(const Outcome& outcome,
                                    const std::vector<Alternative>& alternatives) {
  const std::vector<std::string> before = violated_in(outcome);
  std::vector<Counterfactual> found;
  for (const Alternative& alternative : alternatives) {
    const Outcome other = watched_run(alternative.scenario);
    if (!other.failure.empty() || !other.gave_up.empty() || !other.diverged.empty()) continue;
    Counterfactual one{.change = alternative.change, .violated = violated_in(other)};
    std::vector<std::string> perhaps = with_status(other, Status::unknown);
    perhaps.insert(perhaps.end(), one.violated.begin(), one.violated.end());
    for (const std::string& property : before) {
      if (!std::ranges::count(perhaps, property)) one.prevented.push_back(property);
    }
    if (alternative.scenario.resource != outcome.scenario.resource) one.sentence = refusal(other);
    found.push_back(std::move(one));
  }
  return found;
}

}  // namespace lockstep
