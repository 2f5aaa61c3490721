#include "harness/divergence.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "harness/run.hpp"

namespace lockstep {
namespace {

std::string told(const Trace& trace, const TraceEntry& entry) {
  const std::string& node = trace.nodes.at(entry.node);
  return fmt::format("{} {} \"{}\"", node, name_of(entry.kind), entry.text);
}

bool same(const TraceEntry& one, const TraceEntry& other) {
  return one.at == other.at && one.kind == other.kind && one.node == other.node &&
         one.peer == other.peer && one.wall == other.wall && one.steady == other.steady &&
         one.text == other.text;
}

/// The first step that differs; empty: none does.
std::string in_traces(const Trace& one, const Trace& other) {
  const std::size_t common = std::min(one.entries.size(), other.entries.size());
  for (std::size_t i = 0; i < common; ++i) {
    const TraceEntry& a = one.entries[i];
    const TraceEntry& b = other.entries[i];
    if (same(a, b)) continue;
    return fmt::format("at {} s: {}; in the other run at {} s: {}", to_text(a.at), told(one, a),
                       to_text(b.at), told(other, b));
  }
  if (one.entries.size() == other.entries.size()) return {};
  const Trace& longer = one.entries.size() > common ? one : other;
  const TraceEntry& more = longer.entries[common];
  return fmt::format("at {} s: {}; the other run was over by then", to_text(more.at),
                     told(longer, more));
}

/// Between which events: what checkpoints can tell.
std::string in_checkpoints(const Outcome& one, const Outcome& other) {
  std::uint64_t agreed = 0;
  const std::size_t common = std::min(one.checkpoints.size(), other.checkpoints.size());
  for (std::size_t i = 0; i < common; ++i) {
    if (one.checkpoints[i].digest != other.checkpoints[i].digest) break;
    agreed = one.checkpoints[i].events;
  }
  return fmt::format("after event {} (digests {:016x} and {:016x})", agreed, one.digest,
                     other.digest);
}

}  // namespace

std::string first_difference(const Outcome& one, const Outcome& other) {
  const bool alike =
      one.digest == other.digest && one.failure == other.failure && one.gave_up == other.gave_up;
  if (alike) return {};
  const std::string step = in_traces(one.trace, other.trace);
  if (!step.empty()) return step;
  if (one.failure != other.failure) {
    return fmt::format("one run ended with \"{}\", the other with \"{}\"", one.failure,
                       other.failure);
  }
  return in_checkpoints(one, other);
}

std::string difference_between_runs(const Scenario& scenario, const Outcome& first,
                                    std::uint64_t event_limit) {
  RunOptions options;
  options.judge = false;
  options.event_limit = event_limit;
  const std::string coarse = first_difference(first, run(scenario, options));
  if (coarse.empty()) return {};
  options.trace = true;
  std::string fine;
  Outcome last = run(scenario, options);
  for (int tries = 0; tries < 3 && fine.empty(); ++tries) {  // these two may happen to agree
    Outcome next = run(scenario, options);
    fine = first_difference(last, next);
    last = std::move(next);
  }
  return "two runs of the same scenario differ, so this lock, workload or fault breaks a rule: it "
         "draws from rand, reads a clock that is not Env's, or keeps state across runs; first "
         "difference " +
         (fine.empty() ? coarse : fine);
}

}  // namespace lockstep
