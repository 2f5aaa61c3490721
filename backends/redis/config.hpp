#pragma once
// The server parameters that CONFIG SET can change and the model knows.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lockstep::redis {

/// Classes of keyspace events, as bits; letters as in notify-keyspace-events.
enum Event : std::uint32_t {
  event_keyspace = 1u << 0,  // K
  event_keyevent = 1u << 1,  // E
  event_generic = 1u << 2,   // g
  event_string = 1u << 3,    // $
  event_list = 1u << 4,      // l
  event_hash = 1u << 5,      // h
  event_zset = 1u << 6,      // z
  event_expired = 1u << 7,   // x
  event_evicted = 1u << 8,   // e
  event_miss = 1u << 9,      // m, not part of A
  event_new = 1u << 10,      // n, not part of A
  event_set = 1u << 11,      // s
  event_stream = 1u << 12,   // t
  event_module = 1u << 13,   // d
};

enum class EvictionPolicy : std::uint8_t {
  volatile_lru,
  volatile_lfu,
  volatile_random,
  volatile_ttl,
  allkeys_lru,
  allkeys_lfu,
  allkeys_random,
  noeviction,
};

constexpr bool spares_lasting_keys(EvictionPolicy policy) {
  return policy <= EvictionPolicy::volatile_ttl;
}
constexpr bool counts_hits(EvictionPolicy policy) {
  return policy == EvictionPolicy::volatile_lfu || policy == EvictionPolicy::allkeys_lfu;
}

struct Config {
  std::int64_t maxmemory = 0;  // bytes; 0: no limit
  EvictionPolicy policy = EvictionPolicy::noeviction;
  std::int64_t samples = 5;
  std::int64_t lfu_log_factor = 10;
  std::int64_t lfu_decay_minutes = 1;
  std::uint32_t events = 0;
  std::int64_t min_replicas = 0;  // to write
  std::int64_t min_replicas_max_lag_s = 10;

  /// Sets one parameter by name (any case); on failure says why, in Redis's words. Unknown
  /// names are for the caller to refuse: see `known`.
  std::optional<std::string> set(std::string_view name, std::string_view value);
  /// All parameters as CONFIG GET shows them.
  std::vector<std::pair<std::string, std::string>> list() const;
  static bool known(std::string_view name);
};

}  // namespace lockstep::redis
