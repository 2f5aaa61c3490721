// The report "shiviz": messages and what nodes met, with vector clocks (Mattern, 1988), in the form
// that ShiViz draws.
#include <fmt/core.h>

#include <map>
#include <vector>

#include "formats/json_writer.hpp"
#include "reports/plain.hpp"
#include "reports/report.hpp"
#include "reports/story.hpp"

namespace lockstep::reports {
namespace {

// Of each two lines the first is the event. An empty line says that there is one execution.
constexpr const char* heading = "(?<event>.*)\\n(?<host>\\S*) (?<clock>{.*})\n\n";

using VectorClock = std::map<std::uint32_t, std::uint64_t>;

/// A name without blanks, which the form has no place for.
std::string host_of(const Trace& trace, std::uint32_t node) {
  std::string host = printable(trace.nodes[node]);
  for (char& c : host) {
    if (c == ' ') c = '_';
  }
  return host;
}

std::string text_of(const Trace& trace, const TraceEntry& entry) {
  const std::string text = printable(entry.text);
  switch (entry.kind) {
    case TraceKind::send:
      return fmt::format("{} s to {}: {}", to_text(entry.at), host_of(trace, entry.peer), text);
    case TraceKind::receive:
      return fmt::format("{} s from {}: {}", to_text(entry.at), host_of(trace, entry.peer), text);
    default: return fmt::format("{} s {}", to_text(entry.at), text);
  }
}

bool is_told(const TraceEntry& entry) {
  return entry.kind == TraceKind::send || entry.kind == TraceKind::receive ||
         entry.kind == TraceKind::node || entry.kind == TraceKind::clock ||
         entry.kind == TraceKind::note;
}

std::string clock_text(const Trace& trace, const VectorClock& clock) {
  std::string text = "{";
  for (const auto& [node, count] : clock) {
    text += fmt::format("{}{}:{}", text.size() > 1 ? ", " : "", json_quoted(host_of(trace, node)),
                        count);
  }
  return text + "}";
}

/// Only what the first violation needs, where there is one: a whole run is too much to be drawn.
std::string log_of(const Outcome& outcome) {
  const Trace& trace = outcome.trace;
  const auto story = first_violation(outcome);
  std::string log = heading;
  std::vector<VectorClock> now(trace.nodes.size());
  std::map<std::uint32_t, VectorClock> sent;  // by the number of the entry
  for (std::size_t i = 0; i < trace.entries.size(); ++i) {
    const TraceEntry& entry = trace.entries[i];
    const bool outside = story && (entry.at < story->from || entry.at > story->to);
    if (outside || !is_told(entry)) continue;
    VectorClock& clock = now[entry.node];
    const auto cause = sent.find(entry.cause);
    if (entry.kind == TraceKind::receive && cause != sent.end()) {
      for (const auto& [node, count] : cause->second) clock[node] = std::max(clock[node], count);
    }
    ++clock[entry.node];
    if (entry.kind == TraceKind::send) sent[static_cast<std::uint32_t>(i + 1)] = clock;
    log += fmt::format("{}\n{} {}\n", text_of(trace, entry), host_of(trace, entry.node),
                       clock_text(trace, clock));
  }
  return log;
}

}  // namespace

Report shiviz() {
  return {.name = "shiviz",
          .summary = "messages with vector clocks, for ShiViz",
          .file_name = "shiviz.log",
          .write = log_of,
          .on_request = true};
}

}  // namespace lockstep::reports
