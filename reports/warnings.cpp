// What a run did not test, so that silence is not taken for safety.
#include "reports/warnings.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "reports/plain.hpp"

namespace lockstep::reports {
namespace {

bool meets(WorldTime from, WorldTime to, const FaultSpan& fault) {
  return from <= fault.to && fault.from <= to;
}

bool met_a_hold(const Record& record, const FaultSpan& fault) {
  return std::ranges::any_of(
      record.beliefs, [&](const Belief& belief) { return meets(belief.from, belief.to, fault); });
}

/// Was some client waiting for a lock while the fault was in force?
bool met_a_wait(const Record& record, const FaultSpan& fault) {
  for (std::size_t i = 0; i < record.history.size(); ++i) {
    const Op& call = record.history[i];
    if (call.type != OpType::invoke || call.f != "acquire") continue;
    const auto end = std::find_if(
        record.history.begin() + static_cast<std::ptrdiff_t>(i) + 1, record.history.end(),
        [&](const Op& op) { return op.process == call.process && op.type != OpType::invoke; });
    if (meets(call.time, end == record.history.end() ? never : end->time, fault)) return true;
  }
  return false;
}

void warn_of_faults(const Outcome& outcome, std::vector<std::string>& out) {
  const Record& record = outcome.record;
  std::size_t idle = 0;
  const FaultSpan* example = nullptr;
  for (const FaultSpan& fault : record.faults) {
    if (met_a_hold(record, fault) || met_a_wait(record, fault)) continue;
    ++idle;
    if (example == nullptr) example = &fault;
  }
  if (idle == 1) {
    out.push_back(fmt::format("the fault \"{}\" at {} s met no hold and no wait: it tested nothing",
                              example->text, to_text(example->from)));
  } else if (idle > 1) {
    out.push_back(
        fmt::format("{} of {} faults met no hold and no wait, and tested nothing; the "
                    "first was \"{}\" at {} s",
                    idle, record.faults.size(), example->text, to_text(example->from)));
  }
  for (std::size_t i = 0; i < outcome.scenario.faults.size(); ++i) {
    const auto struck = [&](const FaultSpan& span) { return span.fault == i; };
    if (std::ranges::any_of(record.faults, struck)) continue;
    const Fault& fault = outcome.scenario.faults[i];
    const std::string reason =
        fault.when.step.empty()
            ? fmt::format("its time, {} s, never came", to_text(fault.when.at))
            : fmt::format("no client reached the step \"{}\" often enough", fault.when.step);
    out.push_back(fmt::format("the fault {} never struck: {}", fault.kind, reason));
  }
}

}  // namespace

std::vector<std::string> warnings(const Outcome& outcome) {
  std::vector<std::string> out;
  if (!outcome.failure.empty()) {
    out.push_back("the run ended early (" + outcome.failure +
                  "): what holds here holds only up to that moment");
  }
  if (!outcome.gave_up.empty()) {
    out.push_back("the run " + outcome.gave_up + ": what holds here holds only up to that moment");
  }
  if (!outcome.diverged.empty()) {
    out.push_back("two runs of this scenario differ: nothing that is said of it can be relied on");
  }
  if (outcome.record.beliefs.empty() && outcome.stats.holds == 0) {
    out.push_back("no client ever held a lock: the run says nothing about exclusion");
  }
  warn_of_faults(outcome, out);
  const auto unknown = std::ranges::count(outcome.verdicts, Status::unknown, &Verdict::status);
  if (unknown > 0) {
    out.push_back(
        fmt::format("{} undecided: UNKNOWN is never a pass",
                    unknown == 1 ? "one property is" : fmt::format("{} properties are", unknown)));
  }
  if (outcome.verdicts.empty()) out.push_back("no property was checked");
  return out;
}

}  // namespace lockstep::reports
