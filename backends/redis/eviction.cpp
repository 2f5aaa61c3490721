// Memory and eviction: how much the keys would take in a real server, and which go when that is
// too much. The sizes follow jemalloc's classes and the structures of Redis 7.0; they are close,
// not exact, so compare evictions with a real server by kind and never by count.
#include "backends/redis/database.hpp"

namespace lockstep::redis {
namespace {

// What an empty redis-server 7.0.15 reports as used_memory, with its Lua interpreter and one
// connected client.
constexpr std::int64_t empty_server = 920'000;
constexpr std::int64_t dictionary_entry = 24 + 16;  // and its share of the table
constexpr std::int64_t object_header = 16;

/// The size class that jemalloc takes for a request.
std::int64_t allocated(std::int64_t size) {
  if (size <= 8) return 8;
  if (size <= 128) return (size + 15) / 16 * 16;
  std::int64_t group = 128;
  while (group * 2 < size) group *= 2;
  const std::int64_t step = group / 4;
  return (size + step - 1) / step * step;
}

std::int64_t text_size(std::string_view text) {
  return allocated(static_cast<std::int64_t>(text.size()) + 4);
}

std::int64_t value_size(const Value& value) {
  constexpr std::int64_t listpack = 48;
  std::int64_t bytes = 0;
  if (const auto* text = std::get_if<std::string>(&value)) return object_header + text_size(*text);
  if (const auto* hash = std::get_if<Hash>(&value)) {
    for (const auto& [name, content] : hash->fields()) {
      bytes += static_cast<std::int64_t>(name.size() + content.size()) + 4;
    }
  } else if (const auto* list = std::get_if<List>(&value)) {
    for (const std::string& element : *list) bytes += static_cast<std::int64_t>(element.size()) + 2;
  } else {
    for (const auto& member : std::get<SortedSet>(value).members()) {
      bytes += static_cast<std::int64_t>(member.name.size()) + 12;
    }
  }
  return object_header + listpack + allocated(bytes);
}

std::int64_t cost_of(std::string_view key, const Entry& entry) {
  const std::int64_t deadline = entry.expires_ms == forever ? 0 : dictionary_entry;
  return dictionary_entry + deadline + text_size(key) + value_size(entry.value);
}

}  // namespace

void Database::charge(const std::string& key, Entry& entry) {
  if (!charging_) return;
  used_memory_ -= entry.cost;
  entry.cost = cost_of(key, entry);
  used_memory_ += entry.cost;
}

void Database::charge_all() {
  used_memory_ = 0;
  for (auto& [key, entry] : keys_) {
    entry.cost = 0;
    charge(key, entry);
  }
}

void Database::note_use(Entry& entry) {
  const std::int64_t now_s = expiry_clock_ms() / 1000;
  if (!counts_hits(config_.policy)) {
    entry.used_s = now_s;
    return;
  }
  if (config_.lfu_decay_minutes > 0) {
    const std::int64_t periods = (now_s - entry.used_s) / (60 * config_.lfu_decay_minutes);
    entry.hits = static_cast<std::uint8_t>(periods >= entry.hits ? 0 : entry.hits - periods);
    entry.used_s = now_s;
  }
  if (entry.hits == 255) return;
  const std::int64_t above = entry.hits > 5 ? entry.hits - 5 : 0;
  const auto odds = static_cast<std::uint64_t>(above * config_.lfu_log_factor + 1);
  if (random_.below(odds) == 0) ++entry.hits;
}

bool Database::make_room() {
  if (!charging_) {
    charging_ = true;
    charge_all();
  }
  while (empty_server + used_memory_ > config_.maxmemory) {
    const std::string* const victim = choose_victim();
    if (!victim) return false;
    const std::string key = *victim;
    erase(key, ChangeCause::evicted);
    announce(event_evicted, "evicted", key);
    if (keeps_log_) effects_.push_back({"DEL", key});
  }
  return true;
}

const std::string* Database::choose_victim() {
  const EvictionPolicy policy = config_.policy;
  if (policy == EvictionPolicy::noeviction) return nullptr;
  const bool sparing = spares_lasting_keys(policy);
  const auto all = static_cast<std::int64_t>(keys_.size());
  const std::int64_t candidates = sparing ? all - lasting_ : all;
  if (candidates == 0) return nullptr;

  const bool at_random =
      policy == EvictionPolicy::volatile_random || policy == EvictionPolicy::allkeys_random;
  Keys::iterator best = keys_.end();
  for (std::int64_t drawn = 0; drawn < (at_random ? 1 : config_.samples); ++drawn) {
    auto skip = random_.below(static_cast<std::uint64_t>(candidates));
    auto at = keys_.begin();
    const auto counts = [&] { return !sparing || at->second.expires_ms != forever; };
    while (!counts() || skip-- > 0) ++at;
    const auto worse = [policy](const Entry& left, const Entry& right) {
      if (policy == EvictionPolicy::volatile_ttl) return left.expires_ms < right.expires_ms;
      if (counts_hits(policy)) return left.hits < right.hits;
      return left.used_s < right.used_s;
    };
    if (best == keys_.end() || worse(at->second, best->second)) best = at;
  }
  return &best->first;
}

}  // namespace lockstep::redis
