#pragma once
// The classic, written by hand: client-1 acquires, is paused past its lease, the lease expires,
// client-2 is granted the lock, and client-1 wakes up and writes.

#include "core/outcome.hpp"

namespace lockstep {

inline WorldTime ms(std::int64_t at) {
  return WorldTime(std::chrono::milliseconds(at));
}

class StoryFixture {
 public:
  StoryFixture() {
    add_scenario();
    add_record();
    add_verdicts();
    add_trace();
    out_.digest = 0x0123456789abcdefu;
    out_.checkpoints = {{.events = 100, .digest = 0xfeedu}};
    out_.stats = {.events = 180, .messages = 12, .simulated = 60s, .holds = 2, .faults_in_hold = 1};
  }
  Outcome outcome() const { return out_; }

 private:
  void add_scenario() {
    Scenario& scenario = out_.scenario;
    scenario.lock_settings.put("lease", SettingValue(Duration(10s)));
    scenario.workload_settings.put("check", SettingValue(true));
    scenario.clients = 2;
    scenario.seed = 42;
    Fault pause;
    pause.kind = "gc-pause";
    pause.targets = {"client-1"};
    pause.when = {.step = "checked", .client = "client-1"};
    pause.lasts = 12400ms;
    scenario.faults = {pause};
  }

  void op(std::int64_t at, std::int64_t process, OpType type, std::string f, std::uint64_t token) {
    Op op;
    op.index = static_cast<std::int64_t>(out_.record.history.size());
    op.time = ms(at);
    op.process = process;
    op.type = type;
    op.f = std::move(f);
    op.key = op.f == "acquire" || op.f == "release" ? "lock-1" : "counter";
    op.token = token;
    out_.record.history.push_back(op);
  }

  void access(std::int64_t at, std::int64_t process, bool write, std::int64_t value,
              std::uint64_t version, std::uint64_t based_on) {
    ResourceEvent event;
    event.at = ms(at);
    event.process = process;
    event.access.resource = "counter";
    event.access.section = process == 0 ? 1 : 2;
    event.access.token = process == 0 ? 7 : 8;
    event.access.write = write;
    event.access.value = value;
    event.access.version = version;
    event.access.based_on = based_on;
    out_.record.resource.push_back(event);
  }

  void add_record() {
    Record& record = out_.record;
    record.processes = {"client-1", "client-2"};
    op(9300, 0, OpType::invoke, "acquire", 0);
    op(9310, 0, OpType::ok, "acquire", 7);
    op(9500, 1, OpType::invoke, "acquire", 0);
    op(19400, 1, OpType::ok, "acquire", 8);
    op(22502, 0, OpType::invoke, "write", 7);
    op(22504, 0, OpType::ok, "write", 7);
    record.beliefs = {{.process = 0,
                       .lock = "lock-1",
                       .owner = "a1",
                       .token = 7,
                       .section = 1,
                       .op = 1,
                       .from = ms(9310),
                       .to = ms(22510),
                       .end = BeliefEnd::released},
                      {.process = 1,
                       .lock = "lock-1",
                       .owner = "b2",
                       .token = 8,
                       .section = 2,
                       .op = 3,
                       .from = ms(19400),
                       .to = ms(24000),
                       .end = BeliefEnd::released}};
    record.service = {{.at = ms(9305),
                       .server = "redis-1",
                       .lock = "lock-1",
                       .change = GrantChange::granted,
                       .owner = "a1",
                       .holder = 0,
                       .by = 0},
                      {.at = ms(19305),
                       .server = "redis-1",
                       .lock = "lock-1",
                       .change = GrantChange::expired,
                       .owner = "a1",
                       .holder = 0,
                       .by = -1},
                      {.at = ms(19395),
                       .server = "redis-1",
                       .lock = "lock-1",
                       .change = GrantChange::granted,
                       .owner = "b2",
                       .holder = 1,
                       .by = 1}};
    access(9400, 0, false, 41, 41, 0);
    access(19500, 1, false, 41, 41, 0);
    access(19600, 1, true, 42, 42, 41);
    access(22503, 0, true, 42, 43, 41);
    record.faults = {{.fault = 0,
                      .kind = "gc-pause",
                      .targets = {"client-1"},
                      .text = "client-1 paused for 12.4 s",
                      .from = ms(10102),
                      .to = ms(22502)}};
    record.nodes = {{"redis-1", "up", ms(0)},          {"resource", "up", ms(0)},
                    {"client-1", "up", ms(0)},         {"client-2", "up", ms(0)},
                    {"client-1", "paused", ms(10102)}, {"client-1", "up", ms(22502)}};
    record.healed_at = ms(22502);
    record.ended_at = ms(60000);
  }

  void add_verdicts() {
    out_.verdicts = {
        {.property = "belief-exclusion",
         .status = Status::violated,
         .explanation = "client-1 and client-2 both believed that they held lock-1",
         .witness =
             {{.at = ms(9310), .who = "client-1", .text = "believes it holds lock-1", .op = 1},
              {.at = ms(19400), .who = "client-2", .text = "believes it holds lock-1", .op = 3}},
         .at = ms(19400)},
        {.property = "service-exclusion",
         .status = Status::holds,
         .explanation = "never two live grants",
         .witness = {}},
        {.property = "effect-exclusion",
         .status = Status::violated,
         .explanation = "the resource accepted a write of client-1 after one of client-2",
         .witness = {{.at = ms(22503), .who = "client-1", .text = "writes counter = 42", .op = 4}},
         .at = ms(22503)},
        {.property = "deadlock-freedom",
         .status = Status::unknown,
         .explanation = "the run ended before the bound of 30 s",
         .witness = {}}};
  }

  void message(std::int64_t sent, std::int64_t received, std::uint32_t from, std::uint32_t to,
               std::string text) {
    const auto cause = static_cast<std::uint32_t>(out_.trace.entries.size() + 1);
    entry(sent, TraceKind::send, from, to, 0, text);
    if (received > 0) entry(received, TraceKind::receive, to, from, cause, text);
    if (received == 0) entry(sent, TraceKind::lose, from, to, cause, "lost");
  }

  void entry(std::int64_t at, TraceKind kind, std::uint32_t node, std::uint32_t peer,
             std::uint32_t cause, std::string text) {
    // The wall clock of the server is two seconds ahead.
    const std::int64_t wall = nanos(ms(at)) + (node == 0 ? 2'000'000'000 : 0);
    out_.trace.entries.push_back(
        {ms(at), kind, node, peer, cause, wall, nanos(ms(at)), std::move(text)});
  }

  void add_trace() {
    out_.trace.nodes = {"redis-1", "resource", "client-1", "client-2"};
    message(9301, 9305, 2, 0, "SET lock-1 a1 NX PX 10000");
    message(9306, 9310, 0, 2, "OK");
    message(9390, 9400, 2, 1, "read counter with token 7");
    message(9401, 9410, 1, 2, "accepted: 41 (version 41)");
    message(9501, 9505, 3, 0, "SET lock-1 b2 NX PX 10000");
    message(9506, 9510, 0, 3, "(nil)");
    message(15001, 0, 3, 0, "SET lock-1 b2 NX PX 10000");
    message(19390, 19395, 3, 0, "SET lock-1 b2 NX PX 10000");
    message(19396, 19400, 0, 3, "OK");
    message(19590, 19600, 3, 1, "write counter = 42 with token 8");
    message(22502, 22503, 2, 1, "write counter = 42 with token 7");
    message(22503, 22504, 1, 2, "accepted: 42 (version 43)");
  }

  Outcome out_;
};

inline Outcome story_outcome() {
  return StoryFixture().outcome();
}

/// The same, but the resource checks tokens and refuses what comes too late.
inline Outcome fenced_outcome() {
  Outcome outcome = story_outcome();
  outcome.scenario.resource = ResourcePolicy::fence_all;
  ResourceAccess& late = outcome.record.resource.back().access;
  late.accepted = false;
  late.version = 42;
  late.refusal = "token 7 is older than 8";
  outcome.verdicts[2] = {.property = "effect-exclusion",
                         .status = Status::holds,
                         .explanation = "no write was accepted out of turn",
                         .witness = {}};
  return outcome;
}

/// Names that would steer a terminal, break out of JSON, or run in a browser.
inline Outcome hostile_outcome() {
  Outcome outcome = story_outcome();
  const std::string evil = "</script><img src=x onerror=alert(1)>\x1b[2J\"\\\n\xff&<!--";
  outcome.scenario.lock = evil;
  outcome.record.processes[0] = evil;
  outcome.trace.nodes[2] = evil;
  for (Belief& belief : outcome.record.beliefs) belief.lock = evil;
  for (ServiceEvent& event : outcome.record.service) event.lock = event.server = evil;
  for (ResourceEvent& event : outcome.record.resource) event.access.resource = evil;
  for (NodeSpan& span : outcome.record.nodes) {
    if (span.node == "client-1") span.node = evil;
  }
  outcome.record.faults[0].targets = {evil};
  outcome.record.faults[0].text = evil + " paused";
  for (TraceEntry& entry : outcome.trace.entries) entry.text = evil;
  for (Verdict& verdict : outcome.verdicts) verdict.explanation = evil;
  return outcome;
}

}  // namespace lockstep
