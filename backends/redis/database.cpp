// The keyspace: finding, changing, expiring and announcing keys.
#include "backends/redis/database.hpp"

#include <algorithm>

#include "backends/redis/script.hpp"

namespace lockstep::redis {

Database::Database(Options options)
    : config_(options.config),
      random_(options.random),
      keeps_log_(options.keeps_log),
      engine_(options.engine),
      script_random_(std::make_unique<ScriptRandom>()) {}

Database::~Database() = default;

// Finding

Database::Keys::iterator Database::find_live(std::string_view key) {
  const auto found = keys_.find(key);
  if (found == keys_.end() || !dead(found->second)) return found;
  if (replication_.is_replica()) return keys_.end();
  expire(found->first);
  return keys_.end();
}

Entry* Database::read(std::string_view key) {
  const auto found = find_live(key);
  if (found == keys_.end()) {
    announce(event_miss, "keymiss", key);
    return nullptr;
  }
  note_use(found->second);
  return &found->second;
}

Entry* Database::modify(const std::string& key) {
  const auto found = find_live(key);
  Entry* const entry = found == keys_.end() ? nullptr : &found->second;
  if (entry) note_use(*entry);
  if (observer_) {
    was_there_ = entry != nullptr;
    if (entry) before_ = *entry;
  }
  return entry;
}

// Changing

Entry& Database::create(const std::string& key, Value value) {
  Entry& entry = keys_.try_emplace(key).first->second;
  entry.value = std::move(value);
  ++lasting_;
  note_use(entry);
  announce(event_new, "new", key);
  return entry;
}

void Database::changed(const std::string& key, Entry& entry) {
  ++changes_;
  charge(key, entry);
  if (!watchers_.empty()) touch_watchers(key);
  if (!observer_) return;
  tell(key, was_there_ ? &before_ : nullptr, &entry, ChangeCause::command);
  before_ = entry;
  was_there_ = true;
}

void Database::set_deadline(Entry& entry, std::int64_t expires_ms) {
  lasting_ -= entry.expires_ms == forever;
  lasting_ += expires_ms == forever;
  entry.expires_ms = expires_ms;
}

void Database::erase(const std::string& key, ChangeCause cause) {
  auto gone = keys_.extract(key);
  const Entry& entry = gone.mapped();
  lasting_ -= entry.expires_ms == forever;
  used_memory_ -= entry.cost;
  changes_ += cause == ChangeCause::command;
  if (!watchers_.empty()) touch_watchers(gone.key());
  const bool by_command = cause == ChangeCause::command;
  tell(gone.key(), by_command && was_there_ ? &before_ : &entry, nullptr, cause);
  if (by_command) was_there_ = false;
}

void Database::expire(const std::string& dead_key) {
  const std::string key = dead_key;  // the argument dies with its entry
  erase(key, ChangeCause::expired);
  announce(event_expired, "expired", key);
  if (keeps_log_) effects_.push_back({"DEL", key});
}

void Database::flush_all() {
  Keys gone;
  gone.swap(keys_);
  lasting_ = 0;
  used_memory_ = 0;
  ++changes_;
  for (auto& [key, entry] : gone) {
    if (!watchers_.empty()) touch_watchers(key);
    tell(key, &entry, nullptr, ChangeCause::flushed);
  }
}

// Announcing

void Database::tell(const std::string& key, const Entry* before, const Entry* after,
                    ChangeCause cause) {
  if (!observer_ || loading_) return;
  const bool by_command = cause == ChangeCause::command || cause == ChangeCause::flushed;
  observer_(Change{key, before, after, cause, by_command ? acting_session_ : 0});
}

void Database::announce(Event kind, std::string_view event, std::string_view key) {
  if ((config_.events & kind) == 0 || subscriptions_.empty() || loading_) return;
  const auto publish = [this](std::string channel, std::string_view message) {
    subscriptions_.publish(channel, message, [this](Session& session) { wake(session); });
  };
  if ((config_.events & event_keyspace) != 0) publish("__keyspace@0__:" + std::string(key), event);
  if ((config_.events & event_keyevent) != 0) publish("__keyevent@0__:" + std::string(event), key);
}

void Database::wake(Session& session) {
  if (std::find(woken_.begin(), woken_.end(), &session) == woken_.end()) {
    woken_.push_back(&session);
  }
}

// The end of sessions, and of dead keys

void Database::disconnect(Session& session) {
  discard(session);
  subscriptions_.remove_all(session);
  std::erase(woken_, &session);
}

void Database::active_expire_cycle(std::int64_t now_us) {
  if (replication_.is_replica()) return;
  now_us_ = now_us;
  script_us_ = 0;
  // As Redis does with its default effort: twenty keys with a deadline at a time, in a walk
  // around the keyspace, again and again while more than a tenth of them were dead.
  constexpr std::int64_t keys_per_round = 20;
  std::int64_t sampled = 0;
  std::int64_t expired = 0;
  do {
    sampled = 0;
    expired = 0;
    const auto with_deadline = static_cast<std::int64_t>(keys_.size()) - lasting_;
    const std::int64_t wanted = std::min(keys_per_round, with_deadline);
    auto at = keys_.lower_bound(expiry_cursor_);
    while (sampled < wanted) {
      if (at == keys_.end()) at = keys_.begin();
      const auto here = at++;
      if (here->second.expires_ms == forever) continue;
      ++sampled;
      if (!dead(here->second)) continue;
      ++expired;
      expire(here->first);
    }
    expiry_cursor_ = at == keys_.end() ? std::string() : at->first;
  } while (sampled > 0 && expired * 10 > sampled);
  flush_effects();
}

// Loading

Reply Database::replay(Session& session, const Words& words, std::int64_t now_us) {
  const bool keeps_log = std::exchange(keeps_log_, false);
  loading_ = true;
  Reply reply = execute(session, words, now_us);
  loading_ = false;
  keeps_log_ = keeps_log;
  return reply;
}

void Database::finish_loading(std::int64_t now_us) {
  now_us_ = now_us;
  script_us_ = 0;
  if (replication_.is_replica()) return;
  std::erase_if(keys_, [this](const auto& key) { return dead(key.second); });
  lasting_ = 0;
  for (auto& [key, entry] : keys_) {
    lasting_ += entry.expires_ms == forever;
    tell(key, nullptr, &entry, ChangeCause::restart);
  }
  if (charging_) charge_all();
}

}  // namespace lockstep::redis
