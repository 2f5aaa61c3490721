// What the rows of the timeline show, put together from the events of a record.
#include "reports/timeline_lanes.hpp"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <map>
#include <string_view>
#include <tuple>
#include <utility>

namespace lockstep::reports {

std::vector<GrantSpan> grant_spans(const Record& record) {
  std::vector<GrantSpan> spans;
  std::map<std::tuple<std::string, std::string, std::string>, std::size_t> open;
  for (const ServiceEvent& event : record.service) {
    const std::string server = record.quorum > 1 ? "" : event.server;
    const auto key = std::tuple(server, event.lock, event.owner);
    const auto found = open.find(key);
    if (event.change == GrantChange::granted) {
      open[key] = spans.size();
      spans.push_back({.granted = &event});
    } else if (found == open.end()) {
      continue;
    } else if (event.change == GrantChange::renewed) {
      spans[found->second].renewed.push_back(event.at);
    } else {
      spans[found->second].ended = &event;
      open.erase(found);
    }
  }
  return spans;
}

std::vector<WaitSpan> wait_spans(const Record& record) {
  std::vector<WaitSpan> spans;
  std::map<std::int64_t, std::size_t> open;  // by process
  for (const Op& op : record.history) {
    if (op.f != "acquire") continue;
    if (op.type == OpType::invoke) {
      open[op.process] = spans.size();
      spans.push_back({.process = op.process,
                       .lock = op.key,
                       .from = op.time,
                       .result = "never answered"});
      continue;
    }
    const auto found = open.find(op.process);
    if (found == open.end()) continue;
    WaitSpan& span = spans[found->second];
    span.to = op.time;
    span.result = op.type == OpType::ok ? "got it" : op.error;
    open.erase(found);
  }
  return spans;
}

std::vector<Overlap> overlaps(const Record& record) {
  std::vector<const Belief*> beliefs;
  for (const Belief& belief : record.beliefs) beliefs.push_back(&belief);
  std::ranges::stable_sort(beliefs, {}, &Belief::from);
  std::vector<Overlap> found;
  std::map<std::string, std::vector<const Belief*>> alive;
  for (const Belief* belief : beliefs) {
    auto& others = alive[belief->lock];
    std::erase_if(others, [&](const Belief* other) { return other->to <= belief->from; });
    Overlap overlap{.lock = belief->lock, .from = belief->from, .to = belief->from};
    for (const Belief* other : others) {
      if (other->process == belief->process) continue;
      overlap.processes.push_back(other->process);
      overlap.to = std::max(overlap.to, std::min(other->to, belief->to));
    }
    others.push_back(belief);
    if (overlap.processes.empty() || overlap.to == overlap.from) continue;
    overlap.processes.push_back(belief->process);
    found.push_back(std::move(overlap));
  }
  return found;
}

std::vector<bool> late_accesses(const Record& record) {
  std::map<std::uint64_t, const Belief*> holds;
  std::map<std::string, std::vector<const Belief*>> of_lock;
  for (const Belief& belief : record.beliefs) {
    if (belief.section != 0) holds.emplace(belief.section, &belief);
    of_lock[belief.lock].push_back(&belief);
  }
  for (auto& [lock, list] : of_lock) std::ranges::stable_sort(list, {}, &Belief::from);
  std::vector<bool> late;
  for (const ResourceEvent& event : record.resource) {
    const auto own = holds.find(event.access.section);
    late.push_back(false);
    if (own == holds.end()) continue;
    const auto& list = of_lock[own->second->lock];
    auto other = std::ranges::upper_bound(list, own->second->from, {}, &Belief::from);
    while (other != list.end() && (*other)->process == own->second->process) ++other;
    late.back() = other != list.end() && (*other)->from <= event.at;
  }
  return late;
}

bool loses_update(const ResourceEvent& event) {
  const ResourceAccess& access = event.access;
  return access.write && access.accepted && access.version > access.based_on + 1;
}

std::vector<TracedMessage> traced_messages(const Trace& trace) {
  std::vector<std::vector<const TraceEntry*>> arrivals(trace.entries.size() + 1);
  for (const TraceEntry& entry : trace.entries) {
    if (entry.kind == TraceKind::receive) arrivals[entry.cause].push_back(&entry);
  }
  std::vector<TracedMessage> messages;
  for (std::size_t i = 0; i < trace.entries.size(); ++i) {
    const TraceEntry& entry = trace.entries[i];
    if (entry.kind != TraceKind::send) continue;
    const auto send = static_cast<std::uint32_t>(i);
    if (arrivals[i + 1].empty()) messages.push_back({send, &entry, nullptr});
    for (const TraceEntry* received : arrivals[i + 1]) messages.push_back({send, &entry, received});
  }
  return messages;
}

std::vector<std::int64_t> causes(const Trace& trace, const std::vector<TracedMessage>& messages) {
  // By the number of an entry: the message that arrived with it.
  std::vector<std::int64_t> received(trace.entries.size() + 1, -1);
  for (std::size_t i = 0; i < messages.size(); ++i) {
    if (messages[i].received == nullptr) continue;
    const auto entry = messages[i].received - trace.entries.data();
    received[static_cast<std::size_t>(entry) + 1] = static_cast<std::int64_t>(i);
  }
  // The last arrival that led to each entry, by its number; a cause stands before what it causes.
  std::vector<std::int64_t> origin(trace.entries.size() + 1, -1);
  for (std::size_t i = 0; i < trace.entries.size(); ++i) {
    const bool arrival = received[i + 1] >= 0;
    const std::uint32_t cause = trace.entries[i].cause;
    origin[i + 1] = arrival ? received[i + 1] : cause <= i ? origin[cause] : -1;
  }
  std::vector<std::int64_t> found;
  for (const TracedMessage& message : messages) {
    found.push_back(origin[trace.entries[message.send].cause]);
  }
  return found;
}

std::vector<LeadSpan> lead_spans(const Trace& trace) {
  std::vector<LeadSpan> spans;
  std::map<std::pair<std::uint32_t, std::uint64_t>, std::size_t> known;
  for (const TraceEntry& entry : trace.entries) {
    if (entry.kind != TraceKind::send || !entry.text.starts_with("term ")) continue;
    const std::size_t colon = entry.text.find(": ");
    if (colon == std::string::npos) continue;
    const std::string_view what = std::string_view(entry.text).substr(colon + 2);
    if (!what.starts_with("append ") && !what.starts_with("heartbeat ")) continue;
    std::uint64_t term = 0;
    std::from_chars(entry.text.data() + 5, entry.text.data() + colon, term);
    const auto [found, fresh] = known.emplace(std::pair(entry.node, term), spans.size());
    if (fresh) spans.push_back({.node = entry.node, .term = term, .from = entry.at});
    spans[found->second].to = entry.at;
  }
  return spans;
}

namespace {

/// How far `sample` is from the straight line between two others, in nanoseconds.
std::int64_t off_the_line(const ClockSample& a, const ClockSample& b, const ClockSample& sample) {
  const auto part = static_cast<__int128>((sample.at - a.at).count());
  const auto whole = static_cast<__int128>(std::max<std::int64_t>((b.at - a.at).count(), 1));
  const auto miss = [&](std::int64_t ClockSample::* ahead) {
    const auto rise = static_cast<__int128>(b.*ahead - a.*ahead);
    return std::abs(a.*ahead + static_cast<std::int64_t>(rise * part / whole) - sample.*ahead);
  };
  return std::max(miss(&ClockSample::wall_ahead), miss(&ClockSample::steady_ahead));
}

}  // namespace

// The algorithm of Douglas and Peucker (1973): keep the sample that is farthest from the line.
std::vector<ClockSample> clock_samples(const Trace& trace, std::uint32_t node) {
  constexpr std::int64_t tolerance = 2'000;
  std::vector<ClockSample> all;
  for (const TraceEntry& entry : trace.entries) {
    if (entry.node != node) continue;
    const std::int64_t at = nanos(entry.at);
    all.push_back({entry.at, entry.wall - at, entry.steady - at});
  }
  if (all.size() < 3) return all;
  std::vector<bool> kept(all.size(), false);
  kept.front() = kept.back() = true;
  std::vector<std::pair<std::size_t, std::size_t>> spans = {{0, all.size() - 1}};
  while (!spans.empty()) {
    const auto [from, to] = spans.back();
    spans.pop_back();
    std::size_t farthest = from;
    std::int64_t most = tolerance;
    for (std::size_t i = from + 1; i < to; ++i) {
      const std::int64_t miss = off_the_line(all[from], all[to], all[i]);
      if (miss <= most) continue;
      most = miss;
      farthest = i;
    }
    if (farthest == from) continue;
    kept[farthest] = true;
    spans.emplace_back(from, farthest);
    spans.emplace_back(farthest, to);
  }
  std::vector<ClockSample> samples;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (kept[i]) samples.push_back(all[i]);
  }
  return samples;
}

}  // namespace lockstep::reports
