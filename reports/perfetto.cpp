// The report "perfetto": the run as Chrome's trace events, for ui.perfetto.dev, chrome://tracing
// and speedscope.
#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <utility>

#include "formats/json_writer.hpp"
#include "reports/report.hpp"
#include "reports/story.hpp"
#include "reports/timeline_lanes.hpp"

namespace lockstep::reports {
namespace {

/// From the one instant to the other: a bar in a track of a process.
struct Slice {
  WorldTime from{};
  WorldTime to{};
  std::string name;
  std::size_t flow = 0;  // the message that leaves or arrives with it; 0: none
  bool leaves = false;
  std::size_t lane = 0;
};

/// Microseconds, which the format counts in, to the nanosecond.
std::string micros(std::int64_t count) {
  return fmt::format("{}.{:03}", count / 1000, count % 1000);
}

class Chart {
 public:
  explicit Chart(const Outcome& outcome) : outcome_(outcome), record_(outcome.record) {}

  std::string write() {
    add_clients();
    add_servers();
    add_faults();
    add_messages();
    json_.object().field("displayTimeUnit", "ms").key("traceEvents").array();
    for (std::size_t process = 0; process < names_.size(); ++process) write_process(process);
    write_violations();
    json_.end().end();
    return json_.text() + "\n";
  }

 private:
  std::size_t process_of(const std::string& name) {
    const auto found = std::ranges::find(names_, name);
    if (found != names_.end()) return static_cast<std::size_t>(found - names_.begin());
    names_.push_back(name);
    tracks_.emplace_back();
    return names_.size() - 1;
  }

  /// What has no end lasts until the run's; what takes no time is a nanosecond long.
  void add(const std::string& process, const std::string& track, Slice slice) {
    slice.to = std::max(std::min(slice.to, record_.ended_at), slice.from + Duration(1));
    auto& tracks = tracks_[process_of(process)];
    auto found =
        std::ranges::find(tracks, track, &std::pair<std::string, std::vector<Slice>>::first);
    if (found == tracks.end()) found = tracks.insert(tracks.end(), {track, {}});
    found->second.push_back(std::move(slice));
  }

  void add_clients() {
    for (const std::string& client : record_.processes) process_of(client);
    for (const Belief& belief : record_.beliefs) {
      const std::string token =
          belief.token == 0 ? "" : fmt::format(" with token {}", belief.token);
      add(client_name(record_, belief.process), "believes",
          {belief.from, belief.to, fmt::format("holds {}{}", belief.lock, token)});
    }
    for (const WaitSpan& wait : wait_spans(record_)) {
      add(client_name(record_, wait.process), "waits",
          {wait.from, wait.to, fmt::format("for {}: {}", wait.lock, wait.result)});
    }
    const NodeSpan* before = nullptr;
    std::map<std::string, const NodeSpan*> last;
    for (const NodeSpan& span : record_.nodes) {
      before = std::exchange(last[span.node], &span);
      if (before != nullptr && before->state != "up") {
        add(span.node, "state", {before->from, span.from, before->state});
      }
    }
    for (const auto& [node, span] : last) {
      if (span->state != "up") add(node, "state", {span->from, never, span->state});
    }
  }

  void add_servers() {
    for (const GrantSpan& span : grant_spans(record_)) {
      const ServiceEvent& granted = *span.granted;
      const std::string holder =
          granted.holder < 0 ? granted.owner : client_name(record_, granted.holder);
      const std::string end =
          span.ended == nullptr ? "" : fmt::format(", {}", name_of(span.ended->change));
      add(granted.server, "grants",
          {granted.at, span.ended == nullptr ? never : span.ended->at,
           fmt::format("{} to {}{}", granted.lock, holder, end)});
    }
    for (const LeadSpan& lead : lead_spans(outcome_.trace)) {
      add(outcome_.trace.nodes[lead.node], "leads",
          {lead.from, lead.to, fmt::format("term {}", lead.term)});
    }
    for (const ResourceEvent& event : record_.resource) {
      const ResourceAccess& access = event.access;
      add("resource", "accesses",
          {event.at, event.at,
           fmt::format("{} {} {} = {} of {}{}", access.accepted ? "accepts" : "refuses",
                       access.write ? "write" : "read", access.resource, access.value,
                       client_name(record_, event.process),
                       access.token == 0 ? "" : fmt::format(", token {}", access.token))});
    }
  }

  void add_faults() {
    for (const FaultSpan& fault : record_.faults) {
      add("nemesis", fault.kind, {fault.from, fault.to, fault.text});
    }
  }

  void add_messages() {
    const auto& nodes = outcome_.trace.nodes;
    std::size_t number = 0;
    for (const TracedMessage& message : traced_messages(outcome_.trace)) {
      const TraceEntry& sent = *message.sent;
      const bool lost = message.received == nullptr;
      const std::size_t flow = lost ? 0 : ++number;
      add(nodes[sent.node], "sends",
          {sent.at, sent.at, lost ? sent.text + " (lost)" : sent.text, flow, true});
      if (lost) continue;
      add(nodes[sent.peer], "receives",
          {message.received->at, message.received->at, sent.text, flow, false});
    }
  }

  /// Bars that overlap lie in lanes of their own, for a thread can show only what nests.
  static std::size_t lanes(std::vector<Slice>& slices) {
    std::ranges::stable_sort(slices, {}, &Slice::from);
    std::vector<WorldTime> busy;
    for (Slice& slice : slices) {
      const auto free = std::ranges::find_if(busy, [&](WorldTime to) { return to <= slice.from; });
      slice.lane = static_cast<std::size_t>(free - busy.begin());
      if (free == busy.end()) busy.emplace_back();
      busy[slice.lane] = slice.to;
    }
    return busy.size();
  }

  void begin(std::string_view phase, std::string_view name, std::size_t process,
             std::size_t thread) {
    json_.object().field("ph", phase).field("name", name);
    json_.field("pid", process + 1).field("tid", thread);
  }
  void at(WorldTime instant) { json_.key("ts").raw(micros(nanos(instant))); }

  void write_name(std::string_view what, std::size_t process, std::size_t thread,
                  const std::string& name) {
    begin("M", what, process, thread);
    json_.key("args").object().field("name", name).end().end();
  }

  void write_process(std::size_t process) {
    write_name("process_name", process, 0, names_[process]);
    std::size_t thread = 1;
    for (auto& [track, slices] : tracks_[process]) {
      const std::size_t count = lanes(slices);
      for (std::size_t lane = 0; lane < count; ++lane) {
        const std::string number = lane == 0 ? "" : fmt::format(" ({})", lane + 1);
        write_name("thread_name", process, thread + lane, track + number);
      }
      for (const Slice& slice : slices) write_slice(process, thread + slice.lane, track, slice);
      thread += count;
    }
  }

  void write_slice(std::size_t process, std::size_t thread, const std::string& track,
                   const Slice& slice) {
    begin("X", slice.name, process, thread);
    json_.field("cat", track);
    at(slice.from);
    json_.key("dur").raw(micros((slice.to - slice.from).count()));
    json_.end();
    if (slice.flow == 0) return;
    begin(slice.leaves ? "s" : "f", "message", process, thread);
    json_.field("cat", "message").field("id", slice.flow);
    at(slice.from);
    if (!slice.leaves) json_.field("bp", "e");
    json_.end();
  }

  void write_violations() {
    for (const Verdict& verdict : outcome_.verdicts) {
      if (verdict.status != Status::violated || !verdict.at) continue;
      begin("i", verdict.property + " is violated", 0, 0);
      json_.field("cat", "violation").field("s", "g");
      at(*verdict.at);
      json_.key("args").object().field("explanation", verdict.explanation).end().end();
    }
  }

  const Outcome& outcome_;
  const Record& record_;
  JsonWriter json_{0};
  std::vector<std::string> names_;
  // By process, in the order of their first use.
  std::vector<std::vector<std::pair<std::string, std::vector<Slice>>>> tracks_;
};

}  // namespace

Report perfetto() {
  return {.name = "perfetto",
          .summary = "Chrome's trace events, for ui.perfetto.dev and speedscope",
          .file_name = "perfetto.json",
          .write = [](const Outcome& outcome) { return Chart(outcome).write(); },
          .on_request = true};
}

}  // namespace lockstep::reports
