#pragma once
// What the rows of the timeline show, put together from the events of a record.

#include <cstdint>
#include <string>
#include <vector>

#include "core/outcome.hpp"

namespace lockstep::reports {

/// From its grant to its end: one bar in the row of a lock.
struct GrantSpan {
  const ServiceEvent* granted = nullptr;
  const ServiceEvent* ended = nullptr;  // null: alive at the end of the run
  std::vector<WorldTime> renewed{};
};
/// In the order of their beginnings. A grant at each of several servers is a span of its own.
std::vector<GrantSpan> grant_spans(const Record& record);

/// From the call of acquire to its end.
struct WaitSpan {
  std::int64_t process = 0;
  std::string lock{};
  WorldTime from{};
  WorldTime to = never;
  std::string result{};
};
std::vector<WaitSpan> wait_spans(const Record& record);

/// Several clients believed at once that they held a lock.
struct Overlap {
  std::string lock;
  std::vector<std::int64_t> processes{};
  WorldTime from{};
  WorldTime to = never;
};
std::vector<Overlap> overlaps(const Record& record);

/// Of each access, whether a newer holder had come to the lock of its hold when the resource
/// handled it.
std::vector<bool> late_accesses(const Record& record);
/// Whether an accepted write was based on an older version than the one it replaced.
bool loses_update(const ResourceEvent& event);

/// A message as its sender and its receiver saw it.
struct TracedMessage {
  std::uint32_t send = 0;  // indices into Trace::entries
  const TraceEntry* sent = nullptr;
  const TraceEntry* received = nullptr;  // null: it never arrived
};
/// In the order of sending; one that arrived twice stands there twice.
std::vector<TracedMessage> traced_messages(const Trace& trace);

/// For each of these messages, which of them made its sender send it; -1: none did.
std::vector<std::int64_t> causes(const Trace& trace, const std::vector<TracedMessage>& messages);

/// From the first to the last instant at which a server of a replicated log spoke as the leader of
/// a term.
struct LeadSpan {
  std::uint32_t node = 0;
  std::uint64_t term = 0;
  WorldTime from{};
  WorldTime to{};
};
std::vector<LeadSpan> lead_spans(const Trace& trace);

/// How far a node's clocks were from true time, at instants between which straight lines serve.
struct ClockSample {
  WorldTime at{};
  std::int64_t wall_ahead = 0;  // nanoseconds
  std::int64_t steady_ahead = 0;
};
std::vector<ClockSample> clock_samples(const Trace& trace, std::uint32_t node);

}  // namespace lockstep::reports
