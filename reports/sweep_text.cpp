// Many runs summed up on a terminal: how often each property broke, and which seed shows it.
#include "reports/sweep_text.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "reports/ink.hpp"
#include "reports/plain.hpp"
#include "reports/question.hpp"

namespace lockstep::reports {
namespace {

std::string outcome_of(const SweepProperty& property, const SweepSummary& sweep) {
  const std::uint64_t runs = sweep.runs;
  std::string text;
  if (property.violated > 0) {
    text = fmt::format("{} of {}", grouped(property.violated), counted(runs, "run"));
    if (property.first_seed) text += fmt::format(", first at seed {}", *property.first_seed);
  } else {
    text = fmt::format("{} of {}", grouped(property.holds), counted(runs, "run"));
  }
  if (!property.odds.empty() && (property.violated > 0 || sweep.untested.empty())) {
    text += (property.violated > 0 ? "; " : "; violations ") + property.odds;
  }
  if (property.unknown > 0) text += fmt::format("; {} undecided", grouped(property.unknown));
  if (!property.claimed && property.violated > 0) text += " (not promised by this lock)";
  return text;
}

std::string label(const Ink& ink, Status status) {
  switch (status) {
    case Status::violated: return ink.red("FAIL   ");
    case Status::unknown: return ink.yellow("UNKNOWN");
    case Status::holds: break;
  }
  return ink.green("PASS   ");
}

void add_properties(std::string& out, const Ink& ink, const SweepSummary& sweep) {
  std::size_t width = 0;
  for (const SweepProperty& property : sweep.properties) {
    width = std::max(width, columns(printable(property.property)));
  }
  for (const Question question : questions) {
    bool first = true;
    for (const SweepProperty& property : sweep.properties) {
      if (question_of(property.property) != question) continue;
      if (first) {
        out += fmt::format("\n{}  {}\n", ink.bold(name_of(question)), meaning_of(question));
      }
      first = false;
      out += fmt::format("  {}  {}  {}\n", label(ink, status_of(property, sweep)),
                         padded(printable(property.property), width), outcome_of(property, sweep));
    }
  }
}

std::string told(std::string what, const std::string& first) {
  if (!first.empty()) what += "; " + printable(first);
  return what;
}

/// "200 runs, seeds 1 to 200, 12279.539 s simulated in 0.286 s: 697 runs/s".
std::string extent_of(const SweepSummary& sweep) {
  std::string text = fmt::format("{}, {}, {} s simulated", counted(sweep.runs, "run"),
                                 seeds_told(sweep), to_text(WorldTime(sweep.simulated)));
  if (sweep.earlier > 0)
    text += fmt::format("; {} of them now,", grouped(sweep.runs - sweep.earlier));
  return text + fmt::format(" in {} s: {} runs/s\n", to_text(WorldTime(sweep.wall)),
                            grouped(runs_per_second(sweep)));
}

}  // namespace

Status status_of(const SweepProperty& property, const SweepSummary& sweep) {
  if (property.violated > 0) return Status::violated;
  const bool tested = sweep.untested.empty() && property.holds > 0;
  return property.unknown > 0 || !tested ? Status::unknown : Status::holds;
}

std::vector<std::string> doubts(const SweepSummary& sweep) {
  std::vector<std::string> all;
  if (sweep.interrupted) all.push_back("interrupted: these are the runs that were complete");
  if (sweep.failures > 0) {
    all.push_back(
        told(counted(sweep.failures, "run") + " ended early by a bug", sweep.first_failure));
  }
  if (sweep.given_up > 0) {
    all.push_back(told(counted(sweep.given_up, "run") + " gave up", sweep.first_given_up));
  }
  if (sweep.diverged > 0) {
    all.push_back(told(counted(sweep.diverged, "run") + " diverged", sweep.first_divergence));
  }
  if (!sweep.untested.empty()) {
    all.push_back(sweep.untested);
  } else if (sweep.with_faults && sweep.overlapping_runs < sweep.runs) {
    all.push_back(fmt::format("in {} of {} no fault met a hold: they tested nothing",
                              grouped(sweep.runs - sweep.overlapping_runs),
                              counted(sweep.runs, "run")));
  }
  const auto unknown = [&](const SweepProperty& one) {
    return status_of(one, sweep) == Status::unknown;
  };
  if (std::ranges::any_of(sweep.properties, unknown)) {
    all.emplace_back("UNKNOWN is never a pass");
  }
  return all;
}

std::string seeds_told(const SweepSummary& sweep) {
  if (sweep.runs == 0) return "no seed";
  return sweep.runs == 1 ? fmt::format("seed {}", sweep.first_seed)
                         : fmt::format("seeds {} to {}", sweep.first_seed, sweep.last_seed);
}

std::uint64_t runs_per_second(const SweepSummary& sweep) {
  const auto wall_us = static_cast<std::uint64_t>(std::max<std::int64_t>(
      std::chrono::duration_cast<std::chrono::microseconds>(sweep.wall).count(), 0));
  return wall_us == 0 ? 0 : (sweep.runs - sweep.earlier) * 1'000'000 / wall_us;
}

std::string tell(const SweepSummary& sweep, bool colour, const std::string& see) {
  const Ink ink(colour);
  std::string out = ink.bold(printable(sweep.what)) + "\n";
  out += extent_of(sweep);
  if (sweep.with_faults) {
    out += fmt::format("a fault met a hold in {} of them\n", grouped(sweep.overlapping_runs));
  } else if (sweep.runs > 0) {
    out += "without faults: what breaks locks was not tried\n";
  }
  add_properties(out, ink, sweep);
  const std::vector<std::string> all = doubts(sweep);
  if (!all.empty()) out += '\n';
  for (const std::string& doubt : all) out += ink.yellow("warning") + "  " + doubt + "\n";
  if (!see.empty()) out += fmt::format("\n  see one   {}\n", printable(see));
  return out;
}

}  // namespace lockstep::reports
