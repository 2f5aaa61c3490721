#pragma once
// Named parameters of locks, servers and workloads: declared with a default and a meaning, set
// from the command line or a Scenario, checked before anything runs.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/result.hpp"
#include "core/time.hpp"

namespace lockstep {

using SettingValue = std::variant<bool, std::int64_t, Duration, std::string>;

/// What may be set, where nothing else is said.
struct Parameter {
  std::string_view name;                  // "lease", as in --set lease=10s
  SettingValue fallback;                  // also fixes the type
  std::string_view meaning;               // one line, for `lockstep list`
  std::vector<std::string_view> words{};  // what a text may say; empty: anything
};

/// Values by name, sorted. Reading a name that was never put there, or as another type, is a bug
/// and throws std::logic_error.
class Settings {
 public:
  Settings() = default;
  explicit Settings(const std::vector<Parameter>& parameters) {
    for (const Parameter& parameter : parameters) put(parameter.name, parameter.fallback);
  }

  void put(std::string_view name, SettingValue value);
  bool contains(std::string_view name) const { return find(name) != nullptr; }

  bool flag(std::string_view name) const { return get<bool>(name); }
  std::int64_t number(std::string_view name) const { return get<std::int64_t>(name); }
  Duration duration(std::string_view name) const { return get<Duration>(name); }
  const std::string& text(std::string_view name) const { return get<std::string>(name); }

  struct Entry {
    std::string name;
    SettingValue value;
    friend bool operator==(const Entry&, const Entry&) = default;
  };
  const std::vector<Entry>& entries() const;
  friend bool operator==(const Settings& a, const Settings& b) {
    return a.entries_ == b.entries_ || a.entries() == b.entries();
  }

 private:
  const SettingValue* find(std::string_view name) const;
  template <class T>
  const T& get(std::string_view name) const;

  // Copies share their entries until one of them is changed: every node of a run has a copy.
  std::shared_ptr<std::vector<Entry>> entries_;
};

/// The value as it is typed: "10s", "true", "5", "allkeys-lru".
std::string to_text(const SettingValue& value);

/// Reads `text` as the type of `parameter`. Negative lengths and unreadable values end in
/// `invalid`, with a sentence that says what was expected.
Result<SettingValue> parse_setting(const Parameter& parameter, const std::string& text);

}  // namespace lockstep
