// The report "sarif": violations as results of static analysis, which code hosts show beside the
// code (SARIF 2.1.0, OASIS Standard, 2020).
#include "formats/json_writer.hpp"
#include "reports/plain.hpp"
#include "reports/report.hpp"

namespace lockstep::reports {
namespace {

void write_text(JsonWriter& json, std::string_view name, const std::string& text) {
  json.key(name).object().field("text", text).end();
}

void write_tool(JsonWriter& json, const CheckSuite& suite) {
  json.key("tool").object().key("driver").object().field("name", "lockstep");
  json.key("rules").array();
  for (const CheckCase& one : suite.cases) {
    json.object().field("id", one.name);
    write_text(json, "shortDescription", one.name + " holds");
    json.end();
  }
  json.end().end().end();
}

/// Result::kind and Result::level, which belong together.
struct Judged {
  std::string_view kind;
  std::string_view level;
};

Judged judged(const CheckCase& one) {
  if (!one.failure.empty()) return {"fail", "error"};
  if (one.undecided) return {"open", "none"};
  return one.remark.empty() ? Judged{"pass", "none"} : Judged{"fail", "note"};
}

std::string message_of(const CheckCase& one) {
  std::string text = !one.failure.empty()  ? one.failure
                     : one.undecided       ? undecided_text(one)
                     : !one.remark.empty() ? one.remark + " (not promised)"
                                           : std::string("holds");
  return one.detail.empty() ? text : text + "\n" + one.detail;
}

void write_steps(JsonWriter& json, const CheckCase& one) {
  if (one.steps.empty()) return;
  json.key("codeFlows").array().object().key("threadFlows").array().object();
  json.key("locations").array();
  for (const std::string& step : one.steps) {
    json.object().key("location").object();
    write_text(json, "message", step);
    json.end().end();
  }
  json.end().end().end().end().end();
}

void write_result(JsonWriter& json, const CheckSuite& suite, std::size_t rule) {
  const CheckCase& one = suite.cases[rule];
  const auto [kind, level] = judged(one);
  json.object().field("ruleId", one.name).field("ruleIndex", rule);
  json.field("kind", kind).field("level", level);
  write_text(json, "message", message_of(one));
  json.key("locations").array().object();
  if (!one.file.empty()) {
    json.key("physicalLocation").object();
    json.key("artifactLocation").object().field("uri", one.file).end();
    json.key("region").object().field("startLine", 1).end().end();
  }
  json.key("logicalLocations").array().object();
  json.field("name", suite.name).field("kind", "module").end().end();
  json.end().end();
  write_steps(json, one);
  json.key("partialFingerprints").object();
  json.field("check/v1", suite.name + ": " + one.name).end().end();
}

std::string sarif_of(const CheckSuite& suite) {
  JsonWriter json;
  json.object();
  json.field("$schema", "https://json.schemastore.org/sarif-2.1.0.json").field("version", "2.1.0");
  json.key("runs").array().object();
  write_tool(json, suite);
  json.key("automationDetails").object().field("id", suite.name + "/seed " + suite.seed).end();
  json.key("results").array();
  for (std::size_t i = 0; i < suite.cases.size(); ++i) write_result(json, suite, i);
  json.end().end().end().end();
  return json.text() + "\n";
}

}  // namespace

Report sarif() {
  return {.name = "sarif",
          .summary = "violations as SARIF 2.1.0, for what shows findings beside the code",
          .file_name = "lockstep.sarif",
          .write = [](const Outcome& outcome) { return sarif_of(suite_of(outcome)); },
          .on_request = true,
          .write_checks = sarif_of};
}

}  // namespace lockstep::reports
