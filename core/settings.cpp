#include "core/settings.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <stdexcept>

namespace lockstep {

namespace {

bool named_before(const Settings::Entry& entry, std::string_view name) {
  return entry.name < name;
}

}  // namespace

const std::vector<Settings::Entry>& Settings::entries() const {
  static const std::vector<Entry> none;
  return entries_ ? *entries_ : none;
}

const SettingValue* Settings::find(std::string_view name) const {
  // One after the other: of some twenty names few have the same length and first letter, and only
  // those are read.
  for (const Entry& entry : entries()) {
    if (entry.name.size() != name.size() || name.empty()) continue;
    if (entry.name.front() == name.front() && entry.name == name) return &entry.value;
  }
  return nullptr;
}

void Settings::put(std::string_view name, SettingValue value) {
  if (!entries_) {
    entries_ = std::make_shared<std::vector<Entry>>();
  } else if (entries_.use_count() > 1) {
    entries_ = std::make_shared<std::vector<Entry>>(*entries_);
  }
  std::vector<Entry>& all = *entries_;
  const auto at = std::lower_bound(all.begin(), all.end(), name, named_before);
  if (at != all.end() && at->name == name) {
    at->value = std::move(value);
  } else {
    all.insert(at, Entry{std::string(name), std::move(value)});
  }
}

template <class T>
const T& Settings::get(std::string_view name) const {
  const SettingValue* value = find(name);
  if (value == nullptr) throw std::logic_error(fmt::format("no setting \"{}\"", name));
  const T* typed = std::get_if<T>(value);
  if (typed == nullptr) {
    throw std::logic_error(fmt::format("setting \"{}\" has another type", name));
  }
  return *typed;
}
template const bool& Settings::get<bool>(std::string_view) const;
template const std::int64_t& Settings::get<std::int64_t>(std::string_view) const;
template const Duration& Settings::get<Duration>(std::string_view) const;
template const std::string& Settings::get<std::string>(std::string_view) const;

std::string to_text(const SettingValue& value) {
  if (const bool* flag = std::get_if<bool>(&value)) return *flag ? "true" : "false";
  if (const auto* number = std::get_if<std::int64_t>(&value)) return std::to_string(*number);
  if (const Duration* length = std::get_if<Duration>(&value)) {
    std::string text = to_text(*length);
    std::erase(text, ' ');
    return text;
  }
  return std::get<std::string>(value);
}

Result<SettingValue> parse_setting(const Parameter& parameter, const std::string& text) {
  if (std::holds_alternative<bool>(parameter.fallback)) {
    if (text == "true" || text == "on" || text == "yes") return SettingValue(true);
    if (text == "false" || text == "off" || text == "no") return SettingValue(false);
    return fail(ErrorCode::invalid,
                fmt::format("{} is true or false, not \"{}\"", parameter.name, text));
  }
  if (std::holds_alternative<std::int64_t>(parameter.fallback)) {
    std::int64_t number = 0;
    const char* end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, number);
    if (read.ec != std::errc() || read.ptr != end || number < 0) {
      return fail(ErrorCode::invalid,
                  fmt::format("{} is a whole number from 0 up, not \"{}\"", parameter.name, text));
    }
    return SettingValue(number);
  }
  if (std::holds_alternative<Duration>(parameter.fallback)) {
    Duration length{};
    if (!parse_duration(text, length)) {
      return fail(ErrorCode::invalid,
                  fmt::format("{} is a length of time such as 250ms or 10s, not \"{}\"",
                              parameter.name, text));
    }
    if (length < Duration::zero()) {
      return fail(ErrorCode::invalid,
                  fmt::format("{} can't be negative: \"{}\"", parameter.name, text));
    }
    return SettingValue(length);
  }
  return SettingValue(text);
}

}  // namespace lockstep
