#include "formats/scenario_toml.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "core/suggest.hpp"
#include "core/toml.hpp"
#include "formats/scenario_fields.hpp"

namespace lockstep {
namespace {

constexpr std::size_t longest_scenario = std::size_t{16} << 20;

Place place_of(const toml::source_region& region) {
  return Place{region.begin.line, region.begin.column, 0};
}
Place place_of(const toml::node& node) {
  return place_of(node.source());
}

std::string did_you_mean(std::string_view typed, const std::vector<std::string>& known) {
  const std::string near = nearest_name(typed, known);
  return near.empty() ? std::string() : fmt::format("did you mean \"{}\"?", near);
}

/// Collects what is wrong and keeps what stands first in the file.
class Complaints {
 public:
  void add(Place at, std::string text, std::string advice = {}) {
    const bool earlier = !first_ || at.line < first_->at.line ||
                         (at.line == first_->at.line && at.column < first_->at.column);
    if (earlier) first_ = FileError{at, std::move(text), std::move(advice)};
  }
  const std::optional<FileError>& first() const { return first_; }

 private:
  std::optional<FileError> first_;
};

/// Reads the value of one field into its owner.
template <class Owner>
struct ReadInto {
  Owner& owner;
  const ScenarioField<Owner>& field;
  const toml::node& node;
  Complaints& complaints;

  void operator()(std::string Owner::* member) const {
    const auto text = node.value_exact<std::string>();
    if (!text) return expected("text in quotes");
    owner.*member = *text;
  }

  void operator()(std::vector<std::string> Owner::* member) const {
    const toml::array* array = node.as_array();
    if (array == nullptr) return expected("a list of names such as [\"client-1\"]");
    (owner.*member).clear();
    for (const toml::node& item : *array) {
      const auto text = item.value_exact<std::string>();
      if (!text) return complaints.add(place_of(item), "expected a name in quotes");
      (owner.*member).push_back(*text);
    }
  }

  void operator()(std::int64_t Owner::* member) const {
    if (const auto number = in_range()) owner.*member = *number;
  }
  void operator()(std::uint32_t Owner::* member) const {
    if (const auto number = in_range()) owner.*member = static_cast<std::uint32_t>(*number);
  }

  void operator()(std::uint64_t Owner::* member) const {
    if (const auto number = node.value_exact<std::int64_t>(); number && *number >= 0) {
      owner.*member = static_cast<std::uint64_t>(*number);
      return;
    }
    const auto text = node.value_exact<std::string>();
    std::uint64_t number = 0;
    if (!text) return expected("a whole number from 0 up");
    const auto read = std::from_chars(text->data(), text->data() + text->size(), number);
    const bool whole = read.ec == std::errc() && read.ptr == text->data() + text->size();
    if (text->empty() || !whole) return expected("a whole number from 0 up");
    owner.*member = number;
  }

  void operator()(Duration Owner::* member) const {
    if (const auto length = length_of_time()) owner.*member = *length;
  }
  void operator()(WorldTime Owner::* member) const {
    if (const auto length = length_of_time()) owner.*member = WorldTime(*length);
  }

  void operator()(ResourcePolicy Owner::* member) const {
    const auto text = node.value_exact<std::string>();
    const auto policy = text ? resource_policy_named(*text) : std::nullopt;
    if (!policy) return expected("one of \"RP0\", \"RP1\", \"RP2\", \"RP3\", \"RP4\"");
    owner.*member = *policy;
  }

 private:
  void expected(std::string_view what) const {
    complaints.add(place_of(node), fmt::format("{} is {}", field.name, what));
  }

  std::optional<std::int64_t> in_range() const {
    const auto number = node.value_exact<std::int64_t>();
    if (!number) return expected("a whole number"), std::nullopt;
    if (*number >= field.least && *number <= field.most) return *number;
    if (*number < field.least) expected(fmt::format("at least {}", field.least));
    if (*number > field.most) expected(fmt::format("at most {}", field.most));
    return std::nullopt;
  }

  std::optional<Duration> length_of_time() const {
    Duration length{};
    const auto text = node.value_exact<std::string>();
    if (!text || !parse_duration(*text, length)) {
      return expected("a length of time with its unit, such as \"250ms\" or \"10s\""), std::nullopt;
    }
    if (length < Duration::zero()) {
      return expected(fmt::format("no negative length of time: \"{}\"", *text)), std::nullopt;
    }
    if (length.count() < field.least) return expected("longer than 0s"), std::nullopt;
    return length;
  }
};

template <class Owner>
std::vector<std::string> names_of(const std::vector<ScenarioField<Owner>>& fields) {
  std::vector<std::string> names;
  for (const ScenarioField<Owner>& field : fields) names.emplace_back(field.name);
  return names;
}

void append(std::vector<std::string>& names, const std::vector<std::string>& more) {
  names.insert(names.end(), more.begin(), more.end());
}

/// Reads a table of the file; `path` is what stands before its keys in ScenarioFile::places.
class Tables {
 public:
  Tables(ScenarioFile& file, Complaints& complaints) : file_(file), complaints_(complaints) {}

  void top(const toml::table& table) {
    std::vector<std::string> known = names_of(scenario_fields());
    for (const ScenarioSection& section : scenario_sections()) known.emplace_back(section.name);
    known.emplace_back("schema_version");
    refuse_others(table, known, "a scenario");
    version(table);
    fields(table, scenario_fields(), file_.scenario, "");
    if (!table.contains("lock")) {
      complaints_.add(Place{1, 1, 0}, "a scenario names its lock", "add a line: lock = \"...\"");
    }
    settings(table, "lock_settings", file_.lock_settings);
    settings(table, "workload_settings", file_.workload_settings);
    network(table);
    faults(table);
  }

 private:
  template <class Owner>
  void fields(const toml::table& table, const std::vector<ScenarioField<Owner>>& known,
              Owner& owner, const std::string& path) {
    for (const ScenarioField<Owner>& field : known) {
      const toml::node* node = table.get(field.name);
      if (node == nullptr) continue;
      file_.places[path + std::string(field.name)] = place_of(*node);
      std::visit(ReadInto<Owner>{owner, field, *node, complaints_}, field.member);
    }
  }

  void refuse_others(const toml::table& table, const std::vector<std::string>& known,
                     std::string_view what) {
    for (const auto& [key, node] : table) {
      if (std::find(known.begin(), known.end(), key.str()) != known.end()) continue;
      complaints_.add(place_of(key.source()), fmt::format("{} has no \"{}\"", what, key.str()),
                      did_you_mean(key.str(), known));
    }
  }

  void version(const toml::table& table) {
    const toml::node* node = table.get("schema_version");
    if (node == nullptr || node->value_exact<std::int64_t>() == scenario_schema_version) return;
    complaints_.add(place_of(*node),
                    fmt::format("this program reads schema_version {}", scenario_schema_version));
  }

  /// The table of that name, if there is one; complains when it is something else.
  const toml::table* section(const toml::table& table, std::string_view name) {
    const toml::node* node = table.get(name);
    if (node == nullptr) return nullptr;
    file_.places[std::string(name)] = place_of(*node);
    if (node->is_table()) return node->as_table();
    complaints_.add(place_of(*node), fmt::format("{} is a table: [{}]", name, name));
    return nullptr;
  }

  void settings(const toml::table& table, std::string_view name, std::vector<RawSetting>& out) {
    const toml::table* own = section(table, name);
    if (own == nullptr) return;
    for (const auto& [key, node] : *own) {
      RawSetting raw{std::string(key.str()), {}, {}, place_of(node), place_of(key.source())};
      file_.places[fmt::format("{}.{}", name, raw.name)] = raw.at;
      if (const auto flag = node.value_exact<bool>()) {
        raw.kind = RawSetting::Kind::flag;
        raw.text = *flag ? "true" : "false";
      } else if (const auto number = node.value_exact<std::int64_t>()) {
        raw.kind = RawSetting::Kind::number;
        raw.text = std::to_string(*number);
      } else if (const auto text = node.value_exact<std::string>()) {
        raw.kind = RawSetting::Kind::text;
        raw.text = *text;
      } else {
        complaints_.add(raw.at, fmt::format("{} is true, false, a whole number or text", raw.name));
      }
      out.push_back(std::move(raw));
    }
  }

  void network(const toml::table& table) {
    const toml::table* own = section(table, "network");
    if (own == nullptr) return;
    NetworkProfile& profile = file_.scenario.network;
    refuse_others(*own, names_of(network_fields()), "[network]");
    fields(*own, network_fields(), profile, "network.");
    if (profile.latency_min <= profile.latency_max) return;
    complaints_.add(file_.place_of(own->contains("latency_min") ? "network.latency_min"
                                                                : "network.latency_max"),
                    "latency_min is no longer than latency_max");
  }

  void faults(const toml::table& table) {
    const toml::node* node = table.get("faults");
    if (node == nullptr) return;
    const toml::array* list = node->as_array();
    if (list == nullptr) {
      return complaints_.add(place_of(*node), "faults are a list of tables: [[faults]]");
    }
    for (const toml::node& item : *list) {
      const std::string path = fmt::format("faults[{}]", file_.scenario.faults.size());
      file_.places[path] = place_of(item);
      if (!item.is_table()) {
        return complaints_.add(place_of(item), "each fault is a table: [[faults]]");
      }
      fault(*item.as_table(), path + ".");
    }
  }

  void fault(const toml::table& table, const std::string& path) {
    std::vector<std::string> known = names_of(fault_fields());
    append(known, names_of(time_fields()));
    append(known, names_of(step_fields()));
    refuse_others(table, known, "a fault");
    Fault fault;
    fields(table, fault_fields(), fault, path);
    fields(table, time_fields(), fault.when, path);
    fields(table, step_fields(), fault.when, path);
    if (!table.contains("kind")) complaints_.add(place_of(table), "a fault names its kind");
    when(table, path);
    file_.scenario.faults.push_back(std::move(fault));
  }

  /// Either an instant or a step, never both.
  void when(const toml::table& table, const std::string& path) {
    const bool at = table.contains("at");
    const bool step = table.contains("step");
    if (at && step) {
      complaints_.add(file_.place_of(path + "at"), "a fault strikes `at` an instant or at a `step`",
                      "leave one of the two out");
    }
    if (step) return;
    for (const auto& field : step_fields()) {
      if (!table.contains(field.name)) continue;
      complaints_.add(file_.place_of(path + std::string(field.name)),
                      fmt::format("{} says nothing without a step", field.name),
                      "add a line: step = \"granted\"");
    }
  }

  ScenarioFile& file_;
  Complaints& complaints_;
};

RawSetting::Kind kind_of(const Parameter& parameter) {
  if (std::holds_alternative<bool>(parameter.fallback)) return RawSetting::Kind::flag;
  if (std::holds_alternative<std::int64_t>(parameter.fallback)) return RawSetting::Kind::number;
  return RawSetting::Kind::text;
}

std::string_view expected_of(const Parameter& parameter) {
  if (std::holds_alternative<bool>(parameter.fallback)) return "true or false, without quotes";
  if (std::holds_alternative<std::int64_t>(parameter.fallback)) return "a whole number";
  if (std::holds_alternative<Duration>(parameter.fallback)) {
    return "a length of time with its unit, such as \"250ms\" or \"10s\"";
  }
  return "text in quotes";
}

}  // namespace

Place ScenarioFile::place_of(const std::string& path) const {
  for (std::string part = path; !part.empty();) {
    const auto at = places.find(part);
    if (at != places.end()) return at->second;
    const std::size_t end = part.find_last_of(".[");
    part.resize(end == std::string::npos ? 0 : end);
  }
  return Place{1, 1, 0};
}

FileResult<ScenarioFile> read_scenario(std::string_view text) {
  if (text.size() > longest_scenario) {
    return misread(Place{1, 1, 0},
                   fmt::format("a scenario of {} bytes; the most that is read is {}", text.size(),
                               longest_scenario));
  }
  const toml::parse_result parsed = toml::parse(text);
  if (!parsed) {
    return misread(place_of(parsed.error().source()),
                   fmt::format("this is not TOML: {}", parsed.error().description()));
  }
  ScenarioFile file;
  Complaints complaints;
  Tables(file, complaints).top(parsed.table());
  if (complaints.first()) return misread(*complaints.first());
  return file;
}

FileResult<Settings> resolve_settings(const std::vector<RawSetting>& raw,
                                      const std::vector<Parameter>& parameters,
                                      std::string_view owner) {
  std::vector<std::string> known;
  for (const Parameter& parameter : parameters) known.emplace_back(parameter.name);
  Settings settings(parameters);
  Complaints complaints;
  for (const RawSetting& setting : raw) {
    const auto named = [&](const Parameter& p) { return p.name == setting.name; };
    const auto parameter = std::find_if(parameters.begin(), parameters.end(), named);
    if (parameter == parameters.end()) {
      complaints.add(setting.name_at, fmt::format("{} has no setting \"{}\"", owner, setting.name),
                     did_you_mean(setting.name, known));
      continue;
    }
    if (setting.kind != kind_of(*parameter)) {
      complaints.add(setting.at, fmt::format("{} is {}", setting.name, expected_of(*parameter)));
      continue;
    }
    Result<SettingValue> value = parse_setting(*parameter, setting.text);
    if (value) {
      settings.put(setting.name, std::move(*value));
    } else {
      complaints.add(setting.at, value.error().text);
    }
  }
  if (complaints.first()) return misread(*complaints.first());
  return settings;
}

}  // namespace lockstep
