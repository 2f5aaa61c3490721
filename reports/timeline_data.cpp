// What the timeline page is given: the run as JSON, with what belongs together put together.
#include "reports/timeline_data.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <map>

#include "formats/json_writer.hpp"
#include "formats/scenario_toml.hpp"
#include "reports/plain.hpp"
#include "reports/story.hpp"
#include "reports/timeline_lanes.hpp"
#include "reports/traced.hpp"
#include "reports/warnings.hpp"

namespace lockstep::reports {
namespace {

/// Gives each text a number, in the order of their first use.
class Numbering {
 public:
  std::size_t of(const std::string& text) {
    const auto [found, added] = number_.emplace(text, texts_.size());
    if (added) texts_.push_back(text);
    return found->second;
  }
  const std::vector<std::string>& texts() const { return texts_; }

 private:
  std::map<std::string, std::size_t> number_;
  std::vector<std::string> texts_;
};

class Page {
 public:
  explicit Page(const Outcome& outcome)
      : outcome_(outcome), record_(outcome.record), traced_(outcome) {}

  std::string write() {
    json_.object();
    write_head();
    write_story();
    write_people();
    write_beliefs();
    write_service();
    write_resource();
    write_faults();
    write_trace();
    json_.field("locks", locks_.texts()).field("texts", texts_.texts());
    json_.end();
    return json_.text();
  }

 private:
  void time(std::string_view name, WorldTime at) {
    json_.key(name);
    if (at == never) {
      json_.null();
    } else {
      json_.value(nanos(at));
    }
  }
  void instant(WorldTime at) {
    if (at == never) {
      json_.null();
    } else {
      json_.value(nanos(at));
    }
  }

  void write_head() {
    const Scenario& scenario = outcome_.scenario;
    Status worst = Status::holds;
    const bool cut = !outcome_.failure.empty() || !outcome_.gave_up.empty();
    if (outcome_.verdicts.empty() || cut) worst = Status::unknown;
    for (const Verdict& verdict : outcome_.verdicts) worst = lockstep::worse(worst, verdict.status);
    const auto story = first_violation(outcome_);
    std::string headline = story ? story->headline : "nothing was violated in this run";
    if (!story && worst == Status::unknown) headline = "some properties could not be decided";
    json_.field("worst", name_of(worst)).field("headline", headline);
    json_.field("name", fmt::format("{}, seed {}", scenario.lock, scenario.seed));
    const Duration lease = lease_of(scenario);
    const std::string terms = lease > Duration::zero() ? " with a lease of " + brief(lease) : "";
    json_.field(
        "about",
        std::vector<std::string>{
            fmt::format(
                "{}{} · workload {} · {} · resource {}: {}", scenario.lock, terms,
                scenario.workload,
                counted(static_cast<std::uint64_t>(std::max<std::int64_t>(scenario.clients, 0)),
                        "client"),
                name_of(scenario.resource), meaning_of(scenario.resource)),
            fmt::format("seed {} · {} s simulated · {} · {} · digest {:016x}", scenario.seed,
                        to_text(WorldTime(outcome_.stats.simulated)),
                        counted(outcome_.stats.events, "event"),
                        counted(outcome_.stats.messages, "message"), outcome_.digest)});
    json_.field("warnings", warnings(outcome_));
    json_.field("scenario", write_scenario(scenario));
    json_.field("command", "lockstep run scenario.toml").field("lease", lease.count());
    write_counterfactuals();
    time("ended", record_.ended_at);
    json_.key("verdicts").array();
    for (const Verdict& verdict : outcome_.verdicts) {
      json_.object();
      json_.field("property", verdict.property).field("status", name_of(verdict.status));
      json_.field("claimed", verdict.claimed).field("explanation", verdict.explanation);
      time("at", verdict.at.value_or(never));
      write_witness(verdict);
      json_.end();
    }
    json_.end();
  }

  void write_witness(const Verdict& verdict) {
    constexpr std::size_t most = 60;
    const std::size_t count = verdict.witness.size();
    json_.key("witness").array();
    for (std::size_t i = count > most ? count - most : 0; i < count; ++i) {
      const Evidence& one = verdict.witness[i];
      json_.object();
      time("at", one.at);
      json_.field("who", one.who).field("text", one.text).end();
    }
    json_.end();
  }

  void write_counterfactuals() {
    json_.key("counterfactuals").array();
    for (const Counterfactual& other : outcome_.counterfactuals) {
      json_.object().field("change", other.change).field("prevented", other.prevented);
      json_.field("violated", other.violated).field("sentence", other.sentence).end();
    }
    json_.end();
  }

  void write_story() {
    json_.key("story");
    story_ = first_violation(outcome_);
    if (!story_) {
      json_.null();
      return;
    }
    json_.object();
    time("at", story_->at);
    time("from", story_->from);
    time("to", story_->to);
    const auto incident = find_incident(record_, outcome_.verdicts[story_->verdict]);
    json_.field("lock", incident ? locks_.of(incident->first->lock) : std::size_t{0});
    json_.field("why", story_->why).field("harm", story_->harm);
    json_.key("advice").array();
    for (const Advice& advice : story_->advice) {
      json_.value(advice.flag.empty() ? advice.text : advice.text + ": add " + advice.flag);
    }
    json_.end();
    json_.key("steps").array();
    for (const StoryStep& step : story_->steps) {
      json_.object();
      time("at", step.at);
      json_.field("kind", name_of(step.kind)).field("who", step.who).field("text", step.text);
      json_.field("mark", step.mark);
      json_.end();
    }
    json_.end().end();
  }

  /// Clients, servers and the resource: a node that is no client and grants nothing is a resource.
  void write_people() {
    json_.field("clients", record_.processes);
    std::vector<std::string> servers;
    std::string resource;
    const auto add = [&](const std::string& node) {
      const bool known = std::ranges::find(record_.processes, node) != record_.processes.end() ||
                         std::ranges::find(servers, node) != servers.end();
      if (known) return;
      if (node.starts_with("resource")) {
        if (resource.empty()) resource = node;
      } else {
        servers.push_back(node);
      }
    };
    for (const NodeSpan& span : record_.nodes) add(span.node);
    for (const std::string& node : outcome_.trace.nodes) add(node);
    for (const ServiceEvent& event : record_.service) add(event.server);
    json_.field("servers", servers).field("resourceNode", resource);
  }

  void write_beliefs() {
    json_.key("beliefs").array();
    for (const Belief& belief : record_.beliefs) {
      json_.object();
      json_.field("process", belief.process).field("lock", locks_.of(belief.lock));
      json_.field("token", std::to_string(belief.token));
      time("from", belief.from);
      time("to", belief.to);
      json_.field("end", name_of(belief.end));
      json_.end();
    }
    json_.end();
    json_.key("overlaps").array();
    for (const Overlap& overlap : overlaps(record_)) {
      json_.object();
      json_.field("lock", locks_.of(overlap.lock));
      json_.key("processes").array();
      for (const std::int64_t process : overlap.processes) json_.value(process);
      json_.end();
      time("from", overlap.from);
      time("to", overlap.to);
      json_.end();
    }
    json_.end();
    json_.key("waits").array();
    for (const WaitSpan& wait : wait_spans(record_)) {
      json_.array();
      json_.value(wait.process);
      instant(wait.from);
      instant(wait.to);
      json_.value(wait.result);
      json_.value(locks_.of(wait.lock));
      json_.end();
    }
    json_.end();
  }

  void write_service() {
    json_.key("grants").array();
    for (const GrantSpan& span : grant_spans(record_)) {
      json_.object();
      json_.field("lock", locks_.of(span.granted->lock)).field("server", server_of(*span.granted));
      json_.field("owner", span.granted->owner).field("holder", span.granted->holder);
      time("from", span.granted->at);
      time("to", span.ended != nullptr ? span.ended->at : never);
      json_.field("how", span.ended != nullptr ? how_it_ended(*span.ended) : std::string());
      json_.key("renewed").array();
      for (const WorldTime at : span.renewed) instant(at);
      json_.end();
      json_.end();
    }
    json_.end();
  }

  /// In whose row a grant stands: of a replicated service, of the member that led.
  std::string server_of(const ServiceEvent& granted) const {
    if (traced_.doer(granted) == granted.server) return granted.server;
    const LeadSpan* leader = traced_.leader_at(granted.at);
    return leader == nullptr ? granted.server : traced_.name_of(*leader);
  }

  std::string how_it_ended(const ServiceEvent& event) const {
    std::string how(name_of(event.change));
    if (event.by >= 0 && event.by != event.holder) how += " by " + client_name(record_, event.by);
    return how;
  }

  void write_resource() {
    json_.key("accesses").array();
    const std::vector<bool> late = late_accesses(record_);
    std::size_t number = 0;
    for (const ResourceEvent& event : record_.resource) {
      const ResourceAccess& access = event.access;
      json_.object();
      time("at", event.at);
      json_.field("process", event.process).field("resource", access.resource);
      json_.field("token", std::to_string(access.token)).field("write", access.write);
      json_.field("accepted", access.accepted).field("value", access.value);
      json_.field("version", access.version).field("refusal", access.refusal);
      json_.field("late", bool(late[number++])).field("lost", loses_update(event));
      json_.end();
    }
    json_.end();
  }

  void write_faults() {
    json_.key("faults").array();
    for (const FaultSpan& fault : record_.faults) {
      json_.object();
      json_.field("text", fault.text).field("targets", fault.targets);
      time("from", fault.from);
      time("to", fault.to);
      json_.end();
    }
    json_.end();
    json_.key("nodes").array();
    for (const NodeSpan& span : record_.nodes) {
      json_.array().value(span.node).value(span.state);
      instant(span.from);
      json_.end();
    }
    json_.end();
  }

  void write_trace() {
    const Trace& trace = outcome_.trace;
    const auto messages = traced_messages(trace);
    json_.field("traceNodes", trace.nodes);
    // Six numbers each: from, to, sent, how long it took (-1: it never arrived), text, cause.
    json_.key("messages").array();
    Duration longest{};
    const std::vector<std::int64_t> cause = causes(trace, messages);
    for (std::size_t i = 0; i < messages.size(); ++i) {
      const TracedMessage& message = messages[i];
      const bool arrived = message.received != nullptr;
      const Duration took = arrived ? message.received->at - message.sent->at : Duration(-1);
      json_.value(message.sent->node).value(message.sent->peer);
      json_.value(nanos(message.sent->at)).value(took.count());
      json_.value(texts_.of(message.sent->text)).value(cause[i]);
      longest = std::max(longest, took);
    }
    json_.end();
    json_.field("longestMessage", longest.count());
    write_key_messages(messages);
    json_.key("leads").array();
    for (const LeadSpan& span : lead_spans(trace)) {
      json_.array().value(span.node).value(span.term);
      instant(span.from);
      instant(span.to);
      json_.end();
    }
    json_.end();
    json_.key("notes").array();
    for (const TraceEntry& entry : trace.entries) {
      if (entry.kind != TraceKind::clock) continue;
      json_.array();
      instant(entry.at);
      json_.value(entry.node).value(texts_.of(entry.text)).end();
    }
    json_.end();
    json_.key("clocks").object();
    for (std::uint32_t node = 0; node < trace.nodes.size(); ++node) {
      json_.key(std::to_string(node)).array();
      for (const ClockSample& sample : clock_samples(trace, node)) {
        json_.array();
        instant(sample.at);
        json_.value(sample.wall_ahead).value(sample.steady_ahead).end();
      }
      json_.end();
    }
    json_.end();
  }

  /// The messages that the steps of the story are made of: the last one that reached the server or
  /// the resource before it acted, and the first one that it sent back.
  void write_key_messages(const std::vector<TracedMessage>& messages) {
    json_.key("keyMessages").array();
    for (const StoryStep& step : story_ ? story_->steps : std::vector<StoryStep>()) {
      const bool acts = step.kind == StepKind::granted || step.kind == StepKind::accepted ||
                        step.kind == StepKind::refused;
      if (!acts) continue;
      std::optional<std::size_t> asked;
      std::optional<std::size_t> answered;
      for (std::size_t i = 0; i < messages.size(); ++i) {
        const TracedMessage& message = messages[i];
        const auto& nodes = outcome_.trace.nodes;
        const bool comes = nodes[message.sent->peer] == step.who && message.received != nullptr &&
                           message.received->at <= step.at;
        if (comes && step.at - message.received->at < 5ms &&
            (!asked || message.received->at >= messages[*asked].received->at)) {
          asked = i;
        }
        const bool goes = nodes[message.sent->node] == step.who && message.sent->at >= step.at;
        if (goes && !answered && message.sent->at - step.at < 5ms) answered = i;
      }
      if (asked) json_.value(*asked);
      if (answered) json_.value(*answered);
    }
    json_.end();
  }

  const Outcome& outcome_;
  const Record& record_;
  Traced traced_;
  std::optional<Story> story_;
  JsonWriter json_{0};
  Numbering locks_;
  Numbering texts_;
};

}  // namespace

// '<', '>' and '&' can stand only inside the strings of a JSON document, where an escape may stand
// for them.
std::string timeline_data(const Outcome& outcome) {
  std::string out;
  for (const char c : Page(outcome).write()) {
    switch (c) {
      case '<': out += "\\u003c"; break;
      case '>': out += "\\u003e"; break;
      case '&': out += "\\u0026"; break;
      default: out += c;
    }
  }
  return out;
}

}  // namespace lockstep::reports
