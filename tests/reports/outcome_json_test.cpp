// outcome.json is what its schema says, whatever a run was called.
#include "reports/outcome_json.hpp"

#include <gmock/gmock.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/reports/story_fixture.hpp"

namespace lockstep::reports {
namespace {

using nlohmann::json;

json schema(const std::string& name) {
  std::ifstream file(std::string(LOCKSTEP_SOURCE_DIR) + "/docs/" + name);
  return json::parse(file);
}

/// The schema of what stands at `$ref`, in the same file or in another.
json resolved(const json& root, const json& part) {
  if (!part.contains("$ref")) return part;
  const std::string ref = part["$ref"];
  if (ref.starts_with("#")) return root.at(json::json_pointer(ref.substr(1)));
  return schema(ref);
}

/// Where a document and its schema differ in their keys: unknown ones, and missing required ones.
void compare(const json& root, const json& part, const json& document, const std::string& where,
             std::vector<std::string>& differences) {
  const json wanted = resolved(root, part);
  if (document.is_object() && wanted.contains("properties")) {
    for (const auto& [key, value] : document.items()) {
      if (wanted["properties"].contains(key)) {
        compare(root, wanted["properties"][key], value, where + "." + key, differences);
      } else {
        differences.push_back("not in the schema: " + where + "." + key);
      }
    }
    for (const auto& key : wanted.value("required", json::array())) {
      if (!document.contains(key)) differences.push_back("missing: " + where + "." + key.dump());
    }
  }
  if (document.is_array() && wanted.contains("items")) {
    for (const json& item : document) {
      compare(root, wanted["items"], item, where + "[]", differences);
    }
  }
}

/// Keys of the schema that a document never shows.
void unused(const json& root, const json& part, const json& document, const std::string& where,
            std::vector<std::string>& missing) {
  const json wanted = resolved(root, part);
  if (part.contains("$ref") && !std::string(part["$ref"]).starts_with("#")) return;
  if (wanted.contains("properties") && document.is_object()) {
    for (const auto& [key, below] : wanted["properties"].items()) {
      if (!document.contains(key)) {
        missing.push_back(where + "." + key);
      } else {
        unused(root, below, document[key], where + "." + key, missing);
      }
    }
  }
  if (wanted.contains("items") && document.is_array()) {
    if (document.empty()) {
      missing.push_back(where + "[] is empty");
      return;
    }
    unused(root, wanted["items"], document[0], where + "[]", missing);
  }
}

TEST(OutcomeJson, HasEveryKeyOfItsSchemaAndNoOther) {
  const json root = schema("outcome.schema.json");
  const json document = json::parse(outcome_json(story_outcome(), 12ms));
  std::vector<std::string> differences;
  compare(root, root, document, "", differences);
  EXPECT_THAT(differences, testing::IsEmpty());
  std::vector<std::string> missing;
  unused(root, root, document, "", missing);
  EXPECT_THAT(missing, testing::IsEmpty());
}

TEST(OutcomeJson, SaysWhatHappened) {
  const json document = json::parse(outcome_json(story_outcome(), 12345us));
  EXPECT_EQ(document["schema_version"], 1);
  EXPECT_EQ(document["digest"], "0123456789abcdef");
  EXPECT_EQ(document["verdicts"][0]["property"], "belief-exclusion");
  EXPECT_EQ(document["verdicts"][0]["status"], "violated");
  EXPECT_EQ(document["verdicts"][3]["status"], "unknown");
  EXPECT_EQ(document["verdicts"][3]["at_ns"], nullptr);
  EXPECT_EQ(document["stats"]["wall_ms"], 12.345);
  EXPECT_EQ(document["scenario"]["lock_settings"]["lease"], "10s");
  EXPECT_EQ(document["scenario"]["faults"][0]["step"], "checked");
  EXPECT_EQ(document["record"]["beliefs"][1]["token"], 8);
}

TEST(OutcomeJson, WithoutAMeasurementThereIsNoWallTime) {
  const json document = json::parse(outcome_json(story_outcome(), std::nullopt));
  EXPECT_EQ(document["stats"]["wall_ms"], nullptr);
}

TEST(OutcomeJson, ABeliefThatNeverEndedHasNoEnd) {
  Outcome outcome = story_outcome();
  outcome.record.beliefs[1].to = never;
  const json document = json::parse(outcome_json(outcome, std::nullopt));
  EXPECT_EQ(document["record"]["beliefs"][1]["to_ns"], nullptr);
}

TEST(OutcomeJson, HostileNamesComeBackAsTheyWere) {
  const Outcome outcome = hostile_outcome();
  const json document = json::parse(outcome_json(outcome, std::nullopt));
  std::string expected = outcome.scenario.lock;
  expected.replace(expected.find('\xff'), 1, "\xEF\xBF\xBD");
  EXPECT_EQ(document["scenario"]["lock"], expected);
  EXPECT_EQ(document["record"]["beliefs"][0]["lock"], expected);
}

TEST(OutcomeJson, LargeSeedsKeepTheirDigits) {
  Outcome outcome = story_outcome();
  outcome.scenario.seed = 18446744073709551615u;
  const json document = json::parse(outcome_json(outcome, std::nullopt));
  EXPECT_EQ(document["scenario"]["seed"], "18446744073709551615");
}

}  // namespace
}  // namespace lockstep::reports
