#pragma once
// Every step of a run with its cause, kept only when a run is to be explained or drawn.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/time.hpp"

namespace lockstep {

enum class TraceKind : std::uint8_t { send, receive, lose, hold, step, node, clock, disk, note };
constexpr std::string_view name_of(TraceKind kind) {
  switch (kind) {
    case TraceKind::send: return "send";
    case TraceKind::receive: return "receive";
    case TraceKind::lose: return "lose";
    case TraceKind::hold: return "hold";
    case TraceKind::step: return "step";
    case TraceKind::node: return "node";
    case TraceKind::clock: return "clock";
    case TraceKind::disk: return "disk";
    case TraceKind::note: return "note";
  }
  return "?";
}

/// One entry. Its number is its place in the trace, counted from 1; cause 0 means none.
struct TraceEntry {
  WorldTime at{};
  TraceKind kind{};
  std::uint32_t node = 0;   // where it happened: index into Trace::nodes
  std::uint32_t peer = 0;   // the other end of a message; else the same as node
  std::uint32_t cause = 0;  // the entry that made it happen (a receive's send, a step's wake)
  std::int64_t wall = 0;    // the node's own clocks at that instant, in nanoseconds
  std::int64_t steady = 0;
  std::string text;
};

struct Trace {
  std::vector<std::string> nodes;
  std::vector<TraceEntry> entries;
};

}  // namespace lockstep
