// The writing half of scenario_toml.hpp.

#include <fmt/core.h>

#include "formats/scenario_fields.hpp"
#include "formats/scenario_toml.hpp"

namespace lockstep {
namespace {

/// TOML's basic strings take the escapes of JSON.
std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20 || byte == 0x7f) {
      out += fmt::format("\\u{:04X}", byte);
    } else {
      out += c;
    }
  }
  return out + "\"";
}

/// The value of one field as TOML.
template <class Owner>
struct Written {
  const Owner& owner;

  std::string operator()(std::string Owner::* member) const { return quoted(owner.*member); }
  std::string operator()(std::vector<std::string> Owner::* member) const {
    std::string out;
    for (const std::string& one : owner.*member) out += (out.empty() ? "" : ", ") + quoted(one);
    return "[" + out + "]";
  }
  std::string operator()(std::int64_t Owner::* member) const {
    return std::to_string(owner.*member);
  }
  std::string operator()(std::uint32_t Owner::* member) const {
    return std::to_string(owner.*member);
  }
  std::string operator()(std::uint64_t Owner::* member) const {
    const std::string digits = std::to_string(owner.*member);
    return owner.*member > INT64_MAX ? quoted(digits) : digits;
  }
  std::string operator()(Duration Owner::* member) const { return length(owner.*member); }
  std::string operator()(WorldTime Owner::* member) const {
    return length((owner.*member).time_since_epoch());
  }
  std::string operator()(ResourcePolicy Owner::* member) const {
    return quoted(name_of(owner.*member));
  }

  static std::string length(Duration length) { return quoted(to_text(SettingValue(length))); }
};

template <class Owner>
std::string lines(const std::vector<ScenarioField<Owner>>& fields, const Owner& owner) {
  std::string out;
  for (const ScenarioField<Owner>& field : fields) {
    out += fmt::format("{} = {}\n", field.name, std::visit(Written<Owner>{owner}, field.member));
  }
  return out;
}

std::string lines(std::string_view section, const Settings& settings) {
  if (settings.entries().empty()) return "";
  std::string out = fmt::format("\n[{}]\n", section);
  for (const Settings::Entry& entry : settings.entries()) {
    const bool bare = std::holds_alternative<bool>(entry.value) ||
                      std::holds_alternative<std::int64_t>(entry.value);
    const std::string text = to_text(entry.value);
    out += fmt::format("{} = {}\n", entry.name, bare ? text : quoted(text));
  }
  return out;
}

}  // namespace

std::string write_scenario(const Scenario& scenario) {
  std::string out = fmt::format("schema_version = {}\n", scenario_schema_version);
  out += lines(scenario_fields(), scenario);
  out += lines("lock_settings", scenario.lock_settings);
  out += lines("workload_settings", scenario.workload_settings);
  out += "\n[network]\n" + lines(network_fields(), scenario.network);
  for (const Fault& fault : scenario.faults) {
    out += "\n[[faults]]\n" + lines(fault_fields(), fault);
    out += lines(fault.when.step.empty() ? time_fields() : step_fields(), fault.when);
  }
  return out;
}

}  // namespace lockstep
