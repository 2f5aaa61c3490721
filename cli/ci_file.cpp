#include "cli/ci_file.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cctype>
#include <set>

#include "checker/property.hpp"
#include "cli/requests.hpp"
#include "cli/scenario_source.hpp"
#include "formats/detect.hpp"
#include "formats/placed_json.hpp"
#include "harness/strategies/strategy.hpp"

namespace lockstep {
namespace {

using Kind = PlacedJson::Kind;

tl::unexpected<FileError> wrong(const PlacedJson& node, std::string what, std::string advice = {}) {
  return misread(node.at, std::move(what), std::move(advice));
}

FileResult<std::string> text_in(const PlacedJson& node, std::string_view name) {
  if (node.kind == Kind::text && !node.text.empty()) return node.text;
  return wrong(node, fmt::format("{} is a text", name));
}

FileResult<std::vector<std::string>> texts_in(const PlacedJson& node, std::string_view name) {
  std::vector<std::string> texts;
  if (node.kind != Kind::list) return wrong(node, fmt::format("{} is a list of texts", name));
  for (const PlacedJson& item : node.items) {
    const auto text = text_in(item, fmt::format("each of {}", name));
    if (!text) return misread(text.error());
    texts.push_back(*text);
  }
  return texts;
}

/// A value as --set takes it.
std::string typed(const PlacedJson& node) {
  if (node.kind == Kind::flag) return node.flag ? "true" : "false";
  return node.kind == Kind::whole ? std::to_string(node.whole) : node.text;
}

FileResult<void> known_fields(const PlacedJson& table, const std::vector<std::string>& known) {
  for (const auto& [name, value] : table.fields) {
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    return wrong(value, fmt::format("there is no field \"{}\" here", name),
                 did_you_mean(name, known));
  }
  return {};
}

/// The value behind what `drawing` complains of: "--set lease=1x" is checks[n].settings.lease.
const PlacedJson& blamed(const PlacedJson& table, const std::string& where) {
  const auto or_table = [&](const char* name) -> const PlacedJson& {
    const PlacedJson* field = table.find(name);
    return field == nullptr ? table : *field;
  };
  if (where.starts_with("--set ")) {
    const std::string name = where.substr(6, where.find('=') - 6);
    const PlacedJson& settings = or_table("settings");
    const PlacedJson* setting = settings.find(name);
    return setting == nullptr ? settings : *setting;
  }
  if (where.starts_with("--fault-every")) return or_table("fault_every");
  for (const char* name : {"workload", "resource", "faults", "clients", "duration", "seed"}) {
    if (where.starts_with(std::string("--") + name)) return or_table(name);
  }
  return or_table("lock");
}

FileResult<ScenarioRequest> request_in(const PlacedJson& table) {
  ScenarioRequest request;
  const auto take = [&](const char* name, std::optional<std::string>& into) {
    const PlacedJson* field = table.find(name);
    if (field != nullptr && (field->kind == Kind::text || field->kind == Kind::whole)) {
      into = typed(*field);
    }
    return field == nullptr || into.has_value();
  };
  for (const auto& [name, into] :
       {std::pair("workload", &request.workload), std::pair("resource", &request.resource),
        std::pair("clients", &request.clients), std::pair("duration", &request.duration),
        std::pair("fault_every", &request.fault_every), std::pair("seed", &request.seed)}) {
    if (!take(name, *into)) {
      return wrong(*table.find(name), fmt::format("{} is a text or a whole number", name));
    }
  }
  const PlacedJson* lock = table.find("lock");
  if (lock == nullptr)
    return wrong(table, "a check names its lock", "such as \"lock\": \"redlock\"");
  const auto name = text_in(*lock, "lock");
  if (!name) return misread(name.error());
  request.lock = *name;
  if (const PlacedJson* faults = table.find("faults")) {
    const auto names = texts_in(*faults, "faults");
    if (!names) return misread(names.error());
    request.faults = *names;
  }
  if (const PlacedJson* settings = table.find("settings")) {
    if (settings->kind != Kind::table) return wrong(*settings, "settings is an object");
    for (const auto& [key, value] : settings->fields) {
      request.settings.push_back(key + "=" + typed(value));
    }
  }
  return request;
}

FileResult<void> read_expectation(const PlacedJson& table, CiCheck& check) {
  const PlacedJson* expect = table.find("expect");
  if (expect == nullptr) return wrong(table, "a check says what to expect", "safe, or violation");
  if (expect->text != "safe" && expect->text != "violation") {
    return wrong(*expect, "expect is \"safe\" or \"violation\"");
  }
  check.violation_expected = expect->text == "violation";
  const PlacedJson* properties = table.find("properties");
  if (properties == nullptr) return {};
  const auto names = texts_in(*properties, "properties");
  if (!names) return misread(names.error());
  check.properties = *names;
  for (const PlacedJson& item : properties->items) {
    if (find_property(item.text) != nullptr) continue;
    std::vector<std::string> known;
    for (const Property& property : all_properties()) known.emplace_back(property.name);
    return wrong(item, fmt::format("there is no property \"{}\"", item.text),
                 did_you_mean(item.text, known));
  }
  return {};
}

FileResult<CiCheck> read_check(const PlacedJson& table) {
  if (table.kind != Kind::table) return wrong(table, "a check is an object");
  const auto known = known_fields(
      table, {"name", "lock", "settings", "workload", "resource", "clients", "duration", "faults",
              "fault_every", "seed", "strategy", "runs", "expect", "properties"});
  if (!known) return misread(known.error());
  CiCheck check;
  const PlacedJson* name = table.find("name");
  if (name == nullptr) return wrong(table, "a check has a name");
  const bool plain = std::all_of(name->text.begin(), name->text.end(), [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_';
  });
  if (name->text.empty() || !plain) {
    return wrong(*name, "a name is letters, digits, - and _: a folder is named after it");
  }
  check.name = name->text;
  if (const auto expected = read_expectation(table, check); !expected) {
    return misread(expected.error());
  }
  if (const PlacedJson* runs = table.find("runs")) {
    if (runs->kind != Kind::whole || runs->whole < 1)
      return wrong(*runs, "runs is a number from 1");
    check.runs = static_cast<std::uint64_t>(runs->whole);
  }
  if (const PlacedJson* strategy = table.find("strategy")) {
    if (find_strategy(strategy->text) == nullptr) {
      return wrong(*strategy, "there is no such strategy", "see: lockstep list strategies");
    }
    check.strategy = strategy->text;
  }
  const auto request = request_in(table);
  if (!request) return misread(request.error());
  Checked<DrawOptions> options = drawing(*request);
  if (!options) {
    return wrong(blamed(table, options.error().where), options.error().what,
                 options.error().advice);
  }
  check.options = std::move(*options);
  check.options.swarm = true;
  return check;
}

FileResult<CiFile> read_ci_file(std::string_view content) {
  const auto root = read_placed_json(content);
  if (!root) return misread(root.error());
  if (root->kind != Kind::table) return wrong(*root, "this is an object with a list of checks");
  const auto known =
      known_fields(*root, {"$schema", "schema_version", "budget", "corpus", "checks"});
  if (!known) return misread(known.error());
  CiFile file;
  const PlacedJson* version = root->find("schema_version");
  if (version != nullptr && version->whole != 1) {
    return wrong(*version, "this program reads schema_version 1");
  }
  if (const PlacedJson* budget = root->find("budget")) {
    Duration length{};
    if (!parse_duration(budget->text, length) || length <= Duration::zero()) {
      return wrong(*budget, "budget is a length of time such as \"60s\"");
    }
    file.budget = length;
  }
  if (const PlacedJson* corpus = root->find("corpus")) {
    const auto folder = text_in(*corpus, "corpus");
    if (!folder) return misread(folder.error());
    file.corpus = *folder;
  }
  const PlacedJson* checks = root->find("checks");
  if (checks == nullptr || checks->kind != Kind::list || checks->items.empty()) {
    return wrong(checks == nullptr ? *root : *checks, "checks is a list of at least one check");
  }
  std::set<std::string> names;
  for (const PlacedJson& item : checks->items) {
    FileResult<CiCheck> check = read_check(item);
    if (!check) return misread(check.error());
    if (!names.insert(check->name).second) {
      return wrong(*item.find("name"), "another check has this name");
    }
    file.checks.push_back(std::move(*check));
  }
  return file;
}

}  // namespace

Checked<CiFile> load_ci_file(const std::string& path) {
  const FileResult<std::string> content = read_file(path);
  if (!content) return bad_file(path, {}, content.error());
  FileResult<CiFile> file = read_ci_file(*content);
  if (!file) return bad_file(path, *content, file.error());
  return std::move(*file);
}

}  // namespace lockstep
