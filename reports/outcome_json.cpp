// The report "outcome_json": everything that a program needs to know about a run.
#include "reports/outcome_json.hpp"

#include <fmt/core.h>

#include "formats/json_writer.hpp"
#include "formats/scenario_fields.hpp"
#include "reports/report.hpp"
#include "reports/story.hpp"

namespace lockstep::reports {
namespace {

std::string hex(std::uint64_t digest) {
  return fmt::format("{:016x}", digest);
}

void write_time(JsonWriter& json, std::string_view name, WorldTime at) {
  json.key(name);
  if (at == never) {
    json.null();
  } else {
    json.value(nanos(at));
  }
}

/// The value of one field of a scenario, in the form that docs/scenario.schema.json asks for.
template <class Owner>
struct Written {
  JsonWriter& json;
  const Owner& owner;

  void operator()(std::string Owner::* member) const { json.value(owner.*member); }
  void operator()(std::vector<std::string> Owner::* member) const {
    json.array();
    for (const std::string& one : owner.*member) json.value(one);
    json.end();
  }
  void operator()(std::int64_t Owner::* member) const { json.value(owner.*member); }
  void operator()(std::uint32_t Owner::* member) const { json.value(owner.*member); }
  void operator()(std::uint64_t Owner::* member) const {
    const std::uint64_t number = owner.*member;
    if (number > INT64_MAX) {
      json.value(std::to_string(number));
    } else {
      json.value(number);
    }
  }
  void operator()(Duration Owner::* member) const { length(owner.*member); }
  void operator()(WorldTime Owner::* member) const { length((owner.*member).time_since_epoch()); }
  void operator()(ResourcePolicy Owner::* member) const { json.value(name_of(owner.*member)); }

  void length(Duration length) const { json.value(to_text(SettingValue(length))); }
};

template <class Owner>
void write_fields(JsonWriter& json, const std::vector<ScenarioField<Owner>>& fields,
                  const Owner& owner) {
  for (const ScenarioField<Owner>& field : fields) {
    json.key(field.name);
    std::visit(Written<Owner>{json, owner}, field.member);
  }
}

void write_settings(JsonWriter& json, std::string_view name, const Settings& settings) {
  json.key(name).object();
  for (const Settings::Entry& entry : settings.entries()) {
    if (const auto* flag = std::get_if<bool>(&entry.value)) {
      json.field(entry.name, *flag);
    } else if (const auto* number = std::get_if<std::int64_t>(&entry.value)) {
      json.field(entry.name, *number);
    } else {
      json.field(entry.name, to_text(entry.value));
    }
  }
  json.end();
}

void write_scenario(JsonWriter& json, const Scenario& scenario) {
  json.key("scenario").object();
  json.field("schema_version", scenario_schema_version);
  write_fields(json, scenario_fields(), scenario);
  write_settings(json, "lock_settings", scenario.lock_settings);
  write_settings(json, "workload_settings", scenario.workload_settings);
  json.key("network").object();
  write_fields(json, network_fields(), scenario.network);
  json.end();
  json.key("faults").array();
  for (const Fault& fault : scenario.faults) {
    json.object();
    write_fields(json, fault_fields(), fault);
    write_fields(json, fault.when.step.empty() ? time_fields() : step_fields(), fault.when);
    json.end();
  }
  json.end().end();
}

void write_verdicts(JsonWriter& json, const std::vector<Verdict>& verdicts) {
  json.key("verdicts").array();
  for (const Verdict& verdict : verdicts) {
    json.object();
    json.field("property", verdict.property);
    json.field("status", name_of(verdict.status));
    json.field("claimed", verdict.claimed);
    json.field("explanation", verdict.explanation);
    write_time(json, "at_ns", verdict.at.value_or(never));
    json.key("witness").array();
    for (const Evidence& evidence : verdict.witness) {
      json.object();
      write_time(json, "at_ns", evidence.at);
      json.field("who", evidence.who).field("text", evidence.text).field("op", evidence.op);
      json.end();
    }
    json.end().end();
  }
  json.end();
}

void write_story(JsonWriter& json, const Outcome& outcome) {
  json.key("story");
  const auto story = first_violation(outcome);
  if (!story) {
    json.null();
    return;
  }
  json.object();
  json.field("property", outcome.verdicts[story->verdict].property);
  json.field("headline", story->headline).field("why", story->why);
  json.key("assumption");
  story->assumption ? json.value(name_of(*story->assumption)) : json.null();
  json.key("decisive");
  story->decisive ? json.value(*story->decisive) : json.null();
  json.key("steps").array();
  for (const StoryStep& step : story->steps) {
    json.object();
    write_time(json, "at_ns", step.at);
    json.field("kind", name_of(step.kind)).field("who", step.who).field("text", step.text);
    json.field("mark", step.mark);
    json.field("source", name_of(step.source.of)).field("index", step.source.index);
    json.end();
  }
  json.end().end();
}

void write_stats(JsonWriter& json, const Stats& stats, std::optional<Duration> wall) {
  const auto thousandths = [](Duration length) {
    const std::int64_t micros = length.count() / 1000;
    return fmt::format("{}.{:03}", micros / 1000, micros % 1000);
  };
  json.key("stats").object();
  json.field("events", stats.events).field("messages", stats.messages);
  json.key("simulated_ms").raw(thousandths(stats.simulated));
  json.key("wall_ms");
  if (wall) {
    json.raw(thousandths(*wall));
  } else {
    json.null();
  }
  json.field("holds", stats.holds).field("faults_in_hold", stats.faults_in_hold);
  json.end();
}

void write_beliefs(JsonWriter& json, const Record& record) {
  json.key("beliefs").array();
  for (const Belief& belief : record.beliefs) {
    json.object();
    json.field("process", belief.process).field("client", client_name(record, belief.process));
    json.field("lock", belief.lock).field("owner", belief.owner).field("token", belief.token);
    json.field("section", belief.section).field("op", belief.op);
    write_time(json, "from_ns", belief.from);
    write_time(json, "to_ns", belief.to);
    json.field("end", name_of(belief.end));
    json.end();
  }
  json.end();
}

void write_service(JsonWriter& json, const Record& record) {
  json.key("service").array();
  for (const ServiceEvent& event : record.service) {
    json.object();
    write_time(json, "at_ns", event.at);
    json.field("server", event.server).field("lock", event.lock);
    json.field("change", name_of(event.change)).field("owner", event.owner);
    json.field("holder", event.holder).field("by", event.by);
    json.end();
  }
  json.end();
}

void write_resource(JsonWriter& json, const Record& record) {
  json.key("resource").array();
  for (const ResourceEvent& event : record.resource) {
    const ResourceAccess& access = event.access;
    json.object();
    write_time(json, "at_ns", event.at);
    json.field("process", event.process).field("resource", access.resource);
    json.field("section", access.section).field("token", access.token);
    json.field("write", access.write).field("accepted", access.accepted);
    json.field("value", access.value).field("version", access.version);
    json.field("based_on", access.based_on).field("refusal", access.refusal);
    json.end();
  }
  json.end();
}

void write_faults(JsonWriter& json, const Record& record) {
  json.key("faults").array();
  for (const FaultSpan& fault : record.faults) {
    json.object();
    json.field("fault", static_cast<std::uint64_t>(fault.fault)).field("kind", fault.kind);
    json.field("targets", fault.targets).field("text", fault.text);
    write_time(json, "from_ns", fault.from);
    write_time(json, "to_ns", fault.to);
    json.end();
  }
  json.end();
  json.key("nodes").array();
  for (const NodeSpan& span : record.nodes) {
    json.object();
    json.field("node", span.node).field("state", span.state);
    write_time(json, "from_ns", span.from);
    json.end();
  }
  json.end();
}

void write_record(JsonWriter& json, const Record& record) {
  json.key("record").object();
  json.field("processes", record.processes);
  write_time(json, "healed_at_ns", record.healed_at);
  write_time(json, "ended_at_ns", record.ended_at);
  write_beliefs(json, record);
  write_service(json, record);
  write_resource(json, record);
  write_faults(json, record);
  json.end();
}

}  // namespace

std::string outcome_json(const Outcome& outcome, std::optional<Duration> wall) {
  JsonWriter json;
  json.object();
  json.field("schema_version", outcome_schema_version);
  write_verdicts(json, outcome.verdicts);
  write_story(json, outcome);
  json.field("failure", outcome.failure).field("gave_up", outcome.gave_up);
  json.field("diverged", outcome.diverged);
  json.field("digest", hex(outcome.digest));
  write_stats(json, outcome.stats, wall);
  write_scenario(json, outcome.scenario);
  write_record(json, outcome.record);
  json.key("checkpoints").array();
  for (const Checkpoint& checkpoint : outcome.checkpoints) {
    json.object();
    json.field("events", checkpoint.events).field("digest", hex(checkpoint.digest));
    json.end();
  }
  json.end().end();
  return json.text() + "\n";
}

Report outcome_json() {
  return {.name = "outcome_json",
          .summary = "verdicts, story, scenario and record as JSON, for programs",
          .file_name = "outcome.json",
          .write = [](const Outcome& outcome) { return outcome_json(outcome, std::nullopt); }};
}

}  // namespace lockstep::reports
