// Parsing and printing of the server's parameters.
#include "backends/redis/config.hpp"

#include <array>
#include <limits>

#include "backends/redis/text.hpp"

namespace lockstep::redis {
namespace {

constexpr std::array<std::string_view, 8> policies = {
    "volatile-lru", "volatile-lfu", "volatile-random", "volatile-ttl",
    "allkeys-lru",  "allkeys-lfu",  "allkeys-random",  "noeviction"};

struct EventLetter {
  char letter;
  std::uint32_t bit;
};

// In the order in which CONFIG GET prints them.
constexpr std::array<EventLetter, 11> class_letters = {{{'g', event_generic},
                                                        {'$', event_string},
                                                        {'l', event_list},
                                                        {'s', event_set},
                                                        {'h', event_hash},
                                                        {'z', event_zset},
                                                        {'x', event_expired},
                                                        {'e', event_evicted},
                                                        {'t', event_stream},
                                                        {'d', event_module},
                                                        {'n', event_new}}};
constexpr std::array<EventLetter, 3> other_letters = {
    {{'K', event_keyspace}, {'E', event_keyevent}, {'m', event_miss}}};
constexpr std::uint32_t all_events = event_generic | event_string | event_list | event_set |
                                     event_hash | event_zset | event_expired | event_evicted |
                                     event_stream | event_module;

std::optional<std::uint32_t> parse_events(std::string_view letters) {
  std::uint32_t bits = 0;
  for (const char c : letters) {
    std::uint32_t bit = c == 'A' ? all_events : 0;
    for (const auto& known : class_letters) bit |= known.letter == c ? known.bit : 0;
    for (const auto& known : other_letters) bit |= known.letter == c ? known.bit : 0;
    if (bit == 0) return std::nullopt;
    bits |= bit;
  }
  return bits;
}

std::string print_events(std::uint32_t bits) {
  std::string out;
  const bool all = (bits & all_events) == all_events;
  if (all) out += 'A';
  for (const auto& known : class_letters) {
    const bool said = all && (known.bit & all_events) != 0;
    if ((bits & known.bit) != 0 && !said) out += known.letter;
  }
  for (const auto& known : other_letters) {
    if ((bits & known.bit) != 0) out += known.letter;
  }
  return out;
}

/// Bytes with Redis's units: k = 1000, kb = 1024, and so on up to gb; any case.
std::optional<std::int64_t> parse_memory(std::string_view text) {
  const auto digits = text.find_first_not_of("0123456789");
  const auto number = parse_integer(text.substr(0, digits));
  if (!number) return std::nullopt;
  const std::string unit =
      digits == std::string_view::npos ? std::string() : lowercase(text.substr(digits));
  std::int64_t scale = 0;
  if (unit.empty() || unit == "b") scale = 1;
  if (unit == "k") scale = 1000;
  if (unit == "kb") scale = 1024;
  if (unit == "m") scale = 1000 * 1000;
  if (unit == "mb") scale = 1024 * 1024;
  if (unit == "g") scale = 1000 * 1000 * 1000;
  if (unit == "gb") scale = 1024 * 1024 * 1024;
  if (scale == 0 || *number > std::numeric_limits<std::int64_t>::max() / scale) return std::nullopt;
  return *number * scale;
}

std::optional<std::string> set_integer(std::int64_t& field, std::string_view value,
                                       std::int64_t low) {
  constexpr std::int64_t high = std::numeric_limits<std::int32_t>::max();
  const auto number = parse_integer(value);
  if (!number) return "argument couldn't be parsed into an integer";
  if (*number < low || *number > high) {
    return "argument must be between " + std::to_string(low) + " and " + std::to_string(high) +
           " inclusive";
  }
  field = *number;
  return std::nullopt;
}

std::optional<std::string> set_policy(EvictionPolicy& policy, std::string_view value) {
  std::string choices;
  for (std::size_t i = 0; i < policies.size(); ++i) {
    if (equal_ignoring_case(value, policies[i])) {
      policy = static_cast<EvictionPolicy>(i);
      return std::nullopt;
    }
    choices.append(i == 0 ? "" : ", ").append(policies[i]);
  }
  return "argument(s) must be one of the following: " + choices;
}

}  // namespace

std::optional<std::string> Config::set(std::string_view name, std::string_view value) {
  const std::string key = lowercase(name);
  if (key == "maxmemory") {
    const auto bytes = parse_memory(value);
    if (!bytes) return "argument must be a memory value";
    maxmemory = *bytes;
  } else if (key == "maxmemory-policy") {
    return set_policy(policy, value);
  } else if (key == "maxmemory-samples") {
    return set_integer(samples, value, 1);
  } else if (key == "lfu-log-factor") {
    return set_integer(lfu_log_factor, value, 0);
  } else if (key == "lfu-decay-time") {
    return set_integer(lfu_decay_minutes, value, 0);
  } else if (key == "notify-keyspace-events") {
    const auto bits = parse_events(value);
    if (!bits) return "Invalid event class character. Use 'Ag$lshzxeKEtmdn'.";
    events = *bits;
  } else if (key == "min-replicas-to-write") {
    return set_integer(min_replicas, value, 0);
  } else if (key == "min-replicas-max-lag") {
    return set_integer(min_replicas_max_lag_s, value, 0);
  }
  return std::nullopt;
}

std::vector<std::pair<std::string, std::string>> Config::list() const {
  return {{"lfu-decay-time", std::to_string(lfu_decay_minutes)},
          {"lfu-log-factor", std::to_string(lfu_log_factor)},
          {"maxmemory", std::to_string(maxmemory)},
          {"maxmemory-policy", std::string(policies[static_cast<std::size_t>(policy)])},
          {"maxmemory-samples", std::to_string(samples)},
          {"min-replicas-max-lag", std::to_string(min_replicas_max_lag_s)},
          {"min-replicas-to-write", std::to_string(min_replicas)},
          {"notify-keyspace-events", print_events(events)}};
}

bool Config::known(std::string_view name) {
  for (const auto& parameter : Config().list()) {
    if (equal_ignoring_case(parameter.first, name)) return true;
  }
  return false;
}

}  // namespace lockstep::redis
