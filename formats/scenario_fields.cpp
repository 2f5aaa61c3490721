#include "formats/scenario_fields.hpp"

#include "formats/json_writer.hpp"

namespace lockstep {

const std::vector<ScenarioField<Scenario>>& scenario_fields() {
  static const std::vector<ScenarioField<Scenario>> fields = {
      {"lock", "the lock under test, as in `lockstep list locks`", &Scenario::lock},
      {"workload", "what clients do with it, as in `lockstep list workloads`", &Scenario::workload},
      {"resource", "what the protected resource checks: RP0 to RP4", &Scenario::resource},
      {"clients", "how many clients there are", &Scenario::clients, 1, 10'000},
      {"duration", "how long clients start new work and faults strike", &Scenario::duration, 1},
      {"seed", "decides every random choice of the run", &Scenario::seed},
      {"step_max", "the longest that one local step of a client takes", &Scenario::step_max, 1},
  };
  return fields;
}

const std::vector<ScenarioField<NetworkProfile>>& network_fields() {
  static const std::vector<ScenarioField<NetworkProfile>> fields = {
      {"latency_min", "the shortest way of a message, one way", &NetworkProfile::latency_min},
      {"latency_max", "the longest way of a message, one way", &NetworkProfile::latency_max},
      {"tail_millionths", "messages that take up to tail_max instead, in a million",
       &NetworkProfile::tail_millionths, 0, 1'000'000},
      {"tail_max", "the longest way of such a message", &NetworkProfile::tail_max},
      {"loss_millionths", "segments lost, in a million; connections send them again",
       &NetworkProfile::loss_millionths, 0, 1'000'000},
      {"duplicate_millionths", "datagrams that arrive twice, in a million",
       &NetworkProfile::duplicate_millionths, 0, 1'000'000},
      {"reorder_millionths", "datagrams held up by as much as reorder_by, in a million",
       &NetworkProfile::reorder_millionths, 0, 1'000'000},
      {"reorder_by", "how long such a datagram is held up at most", &NetworkProfile::reorder_by},
  };
  return fields;
}

const std::vector<ScenarioField<Fault>>& fault_fields() {
  static const std::vector<ScenarioField<Fault>> fields = {
      {"kind", "what goes wrong, as in `lockstep list faults`", &Fault::kind},
      {"targets", "the nodes it strikes; \"self\": the client that reached the step",
       &Fault::targets},
      {"lasts", "for how long; 0s: until the run is healed, or for good", &Fault::lasts},
      {"amount", "how much, in the unit of its kind", &Fault::amount,
       std::numeric_limits<std::int64_t>::min()},
      {"detail", "a variant of its kind", &Fault::detail},
  };
  return fields;
}

const std::vector<ScenarioField<Trigger>>& time_fields() {
  static const std::vector<ScenarioField<Trigger>> fields = {
      {"at", "when it strikes, after the beginning of the run", &Trigger::at},
  };
  return fields;
}

const std::vector<ScenarioField<Trigger>>& step_fields() {
  static const std::vector<ScenarioField<Trigger>> fields = {
      {"step", "it strikes when a client reaches this step, instead of at an instant",
       &Trigger::step},
      {"client", "which client must reach the step; \"\": any", &Trigger::client},
      {"occurrence", "the n-th time that it is reached", &Trigger::occurrence, 1,
       std::numeric_limits<std::uint32_t>::max()},
      {"after", "how long after the step it strikes", &Trigger::after},
  };
  return fields;
}

const std::vector<ScenarioSection>& scenario_sections() {
  static const std::vector<ScenarioSection> sections = {
      {"lock_settings", "parameters of the lock: `lockstep list locks` names them"},
      {"workload_settings", "parameters of the workload: `lockstep list workloads` names them"},
      {"network", "how the links behave when nothing is wrong"},
      {"faults", "what goes wrong, one after the other"},
      {"about", "what a saved scenario shows; a run takes no notice of it"},
      {"fixed", "what its sibling has in place of its own values; a run takes no notice of it"},
  };
  return sections;
}

namespace {

/// Does not compile when a member is added: then the tables above need a line for it.
[[maybe_unused]] void every_member_has_a_field(const Scenario& scenario, const Fault& fault) {
  [[maybe_unused]] const auto& [lock, lock_settings, workload, workload_settings, resource, clients,
                                duration, seed, network, step_max, faults] = scenario;
  [[maybe_unused]] const auto& [latency_min, latency_max, tail_millionths, tail_max, loss,
                                duplicate, reorder, reorder_by] = scenario.network;
  [[maybe_unused]] const auto& [kind, targets, when, lasts, amount, detail] = fault;
  [[maybe_unused]] const auto& [at, step, client, occurrence, after] = fault.when;
}

constexpr const char* length_pattern = "^[0-9]+(\\.[0-9]{1,15})?(h|m|s|ms|us|ns)$|^0$";

void describe_length(JsonWriter& out) {
  out.field("type", "string").field("pattern", length_pattern);
}

void describe_number(JsonWriter& out, std::int64_t least, std::int64_t most) {
  out.field("type", "integer");
  if (least != std::numeric_limits<std::int64_t>::min()) out.field("minimum", least);
  if (most != std::numeric_limits<std::int64_t>::max()) out.field("maximum", most);
}

/// What JSON Schema says of one kind of member.
template <class Owner>
struct Describe {
  JsonWriter& out;
  const ScenarioField<Owner>& field;

  void operator()(std::string Owner::*) const { out.field("type", "string"); }
  void operator()(std::vector<std::string> Owner::*) const {
    out.field("type", "array").key("items");
    out.object().field("type", "string").end();
  }
  void operator()(std::int64_t Owner::*) const { describe_number(out, field.least, field.most); }
  void operator()(std::uint32_t Owner::*) const { describe_number(out, field.least, field.most); }
  void operator()(std::uint64_t Owner::*) const {
    out.field("type", std::vector<std::string>{"integer", "string"});
    out.field("minimum", 0).field("pattern", "^[0-9]{1,20}$");
  }
  void operator()(Duration Owner::*) const { describe_length(out); }
  void operator()(WorldTime Owner::*) const { describe_length(out); }
  void operator()(ResourcePolicy Owner::*) const {
    out.key("enum").array();
    for (const ResourcePolicy policy :
         {ResourcePolicy::none, ResourcePolicy::fence_writes, ResourcePolicy::fence_all,
          ResourcePolicy::compare_version, ResourcePolicy::same_store}) {
      out.value(name_of(policy));
    }
    out.end();
  }
};

template <class Owner>
void describe_all(JsonWriter& out, const std::vector<ScenarioField<Owner>>& fields) {
  for (const ScenarioField<Owner>& field : fields) {
    out.key(field.name).object().field("description", field.meaning);
    std::visit(Describe<Owner>{out, field}, field.member);
    out.end();
  }
}

void describe_settings(JsonWriter& out, const ScenarioSection& section) {
  out.key(section.name).object().field("description", section.meaning);
  out.field("type", "object").key("additionalProperties").object();
  out.field("type", std::vector<std::string>{"boolean", "integer", "string"}).end().end();
}

void describe_network(JsonWriter& out, const ScenarioSection& section) {
  out.key(section.name).object().field("description", section.meaning);
  out.field("type", "object").key("properties").object();
  describe_all(out, network_fields());
  out.end().field("additionalProperties", false).end();
}

void describe_story(JsonWriter& out, const ScenarioSection& section) {
  out.key(section.name).object().field("description", section.meaning);
  out.field("type", "object").end();
}

void describe_faults(JsonWriter& out, const ScenarioSection& section) {
  out.key(section.name).object().field("description", section.meaning);
  out.field("type", "array").key("items").object();
  out.field("type", "object").key("properties").object();
  describe_all(out, fault_fields());
  describe_all(out, time_fields());
  describe_all(out, step_fields());
  out.end();
  out.field("required", std::vector<std::string>{"kind"});
  out.field("additionalProperties", false).end().end();
}

}  // namespace

std::string scenario_schema() {
  const std::vector<ScenarioSection>& sections = scenario_sections();
  JsonWriter out;
  out.object();
  out.field("$schema", "https://json-schema.org/draft/2020-12/schema");
  out.field("title", "A scenario of lockstep");
  out.field("description", "All that decides a run. Lengths of time carry their unit: \"250ms\".");
  out.field("type", "object").key("properties").object();
  out.key("schema_version").object().field("const", scenario_schema_version).end();
  describe_all(out, scenario_fields());
  describe_settings(out, sections[0]);
  describe_settings(out, sections[1]);
  describe_network(out, sections[2]);
  describe_faults(out, sections[3]);
  describe_story(out, sections[4]);
  describe_story(out, sections[5]);
  out.end();
  out.field("required", std::vector<std::string>{"lock"});
  out.field("additionalProperties", false).end();
  return out.text() + "\n";
}

}  // namespace lockstep
