#include "backends/limits.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <vector>

namespace lockstep {
namespace {

struct Limit {
  std::string_view name;
  SettingValue least;
  SettingValue most;
};
struct Choice {
  std::string_view name;
  std::vector<std::string_view> words;
};

// With these the bound on liveness, a sum of their products, keeps within 64 bits.
constexpr Duration longest = 1000h;
constexpr std::int64_t most_retries = 100;

const std::vector<Limit>& limits() {
  static const std::vector<Limit> all = {
      // Redis counts leases in whole milliseconds, and refuses 0 of them.
      {"lease", Duration(1ms), longest},
      {"session", Duration(10ms), longest},
      {"grace", Duration(0), longest},
      {"lock_delay", Duration(0), longest},
      {"tick", Duration(0), longest},
      {"election_timeout", Duration(0), longest},
      {"request_timeout", Duration(0), longest},
      {"connect_timeout", Duration(0), longest},
      {"retry_min", Duration(0), longest},
      {"retry_max", Duration(0), longest},
      {"retries", std::int64_t{0}, most_retries},
      {"drift_allowance", std::int64_t{0}, std::int64_t{999'999}},
      // Nobody asks for more, and each hears of each.
      {"servers", std::int64_t{1}, std::int64_t{99}},
      {"replicas", std::int64_t{0}, std::int64_t{99}},
      {"sentinels", std::int64_t{0}, std::int64_t{99}},
      {"permits", std::int64_t{1}, std::int64_t{1'000'000}},
      {"save_interval", Duration(1ms), longest},
      // Two of them stand in one number of six digits each (workloads/transfer.cpp).
      {"balance", std::int64_t{2}, std::int64_t{499'999}},
      {"reconnect_pause", Duration(0), longest},
      {"creates_before", std::int64_t{0}, std::int64_t{2'147'483'647}},
      {"keepalive", Duration(0), longest},
      {"deadlock_timeout", Duration(1ms), longest},
      {"failover_after", Duration(1ms), longest},
      {"standbys", std::int64_t{0}, std::int64_t{1}},
      {"min_pool_size", std::int64_t{0}, std::int64_t{1'000}},
      {"pool_size", std::int64_t{1}, std::int64_t{1'000}},
      {"cache_writes", std::int64_t{0}, std::int64_t{10'000}},
      {"cache_bytes", std::int64_t{0}, std::int64_t{1'000'000}},
  };
  return all;
}

const std::vector<Choice>& choices() {
  static const std::vector<Choice> all = {
      {"persistence", {"none", "rdb", "aof"}},
      {"appendfsync", {"always", "everysec", "no"}},
      {"lock_key", {"name", "build"}},
      {"isolation", {"read committed", "repeatable read"}},
      {"maxmemory_policy",
       {"noeviction", "allkeys-lru", "allkeys-lfu", "allkeys-random", "volatile-lru",
        "volatile-lfu", "volatile-random", "volatile-ttl"}},
  };
  return all;
}

}  // namespace

std::optional<std::string> limit_broken_by(const Settings::Entry& setting) {
  for (const Limit& limit : limits()) {
    // A plug-in's parameter may have the name and another type.
    if (limit.name != setting.name || limit.least.index() != setting.value.index()) continue;
    if (setting.value >= limit.least && setting.value <= limit.most) continue;
    return fmt::format("{} is from {} to {}, not {}", setting.name, to_text(limit.least),
                       to_text(limit.most), to_text(setting.value));
  }
  for (const Choice& choice : choices()) {
    const auto* word = std::get_if<std::string>(&setting.value);
    if (choice.name != setting.name || word == nullptr) continue;
    if (std::find(choice.words.begin(), choice.words.end(), *word) != choice.words.end()) continue;
    return fmt::format("{} is one of {}, not \"{}\"", setting.name, fmt::join(choice.words, ", "),
                       *word);
  }
  return std::nullopt;
}

}  // namespace lockstep
