// Loading at the start, writing while running.
#include "backends/redis/storage.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <string>

#include "backends/redis/persistence.hpp"

namespace lockstep::redis {
namespace {

constexpr std::string_view log_file = "appendonly.aof";
constexpr std::string_view snapshot_file = "dump.rdb";
constexpr std::string_view life_file = "started";

constexpr Duration sync_interval = 1s;               // appendfsync everysec
constexpr Duration operating_system_interval = 30s;  // appendfsync no: Linux writes back by itself

template <std::size_t Count>
std::size_t choice(const Settings& settings, std::string_view name,
                   const std::array<std::string_view, Count>& words) {
  const std::string& word = settings.text(name);
  std::string all;
  for (std::size_t i = 0; i < Count; ++i) {
    if (word == words[i]) return i;
    all.append(i == 0 ? "" : ", ").append(words[i]);
  }
  throw std::invalid_argument(std::string(name) + " is \"" + word + "\"; it must be one of " + all);
}

}  // namespace

std::vector<Parameter> storage_parameters() {
  return {
      {"persistence", std::string("none"), "what a server keeps on disk: none, rdb or aof"},
      {"appendfsync", std::string("everysec"), "when an aof is synced: always, everysec or no"},
      {"save_interval", Duration(60s), "time between two rdb snapshots"},
      {"restart_delay", Duration(0s), "how long a restarted server stays away"},
  };
}

StorageOptions storage_options(const Settings& settings) {
  StorageOptions options;
  options.persistence =
      static_cast<Persistence>(choice<3>(settings, "persistence", {"none", "rdb", "aof"}));
  options.fsync =
      static_cast<Fsync>(choice<3>(settings, "appendfsync", {"always", "everysec", "no"}));
  options.save_interval = settings.duration("save_interval");
  options.restart_delay = settings.duration("restart_delay");
  return options;
}

std::int64_t Storage::now_us() const {
  return std::chrono::floor<std::chrono::microseconds>(env_.wall_now().time_since_epoch()).count();
}

Task<void> Storage::load() {
  if (options_.restart_delay > Duration::zero()) co_await stay_away_after_restart();
  if (options_.persistence == Persistence::none) co_return;
  if (options_.persistence == Persistence::aof) {
    co_await load_append_only_file();
  } else {
    const auto bytes = co_await env_.disk().read(std::string(snapshot_file));
    if (bytes) load_snapshot(database_, *bytes, now_us());
  }
  database_.finish_loading(now_us());
  saved_changes_ = database_.changes();
}

Task<void> Storage::load_append_only_file() {
  const auto bytes = co_await env_.disk().read(std::string(log_file));
  if (!bytes || bytes->empty()) co_return;
  const LoadedLog loaded = load_log(database_, *bytes, now_us());
  if (loaded.valid_bytes == bytes->size()) co_return;
  std::string whole = bytes->substr(0, loaded.valid_bytes);
  const auto cut = co_await env_.disk().replace(std::string(log_file), std::move(whole));
  (void)cut;
}

Task<void> Storage::stay_away_after_restart() {
  const auto lives = co_await env_.disk().read(std::string(life_file));
  if (lives && !lives->empty()) {
    co_await env_.sleep_for(options_.restart_delay);
    co_return;
  }
  const auto written = co_await env_.disk().replace(std::string(life_file), "1");
  (void)written;
  const auto synced = co_await env_.disk().sync(std::string(life_file));
  (void)synced;
}

void Storage::log(std::string_view bytes) {
  if (options_.persistence == Persistence::aof) pending_ += bytes;
}

bool Storage::unsettled() const {
  if (options_.persistence != Persistence::aof) return false;
  return !pending_.empty() || (options_.fsync == Fsync::always && durable_ < written_);
}

Task<void> Storage::settle() {
  std::string bytes = std::exchange(pending_, {});
  if (!bytes.empty()) {
    written_ += bytes.size();
    const auto appended = co_await env_.disk().append(std::string(log_file), std::move(bytes));
    (void)appended;
  }
  if (options_.fsync == Fsync::always) co_await sync();
}

Task<void> Storage::rewrite() {
  if (options_.persistence == Persistence::rdb) {
    co_await save();
    co_return;
  }
  if (options_.persistence == Persistence::none) co_return;
  pending_.clear();
  std::string bytes = commands_of(database_);
  written_ += bytes.size();
  const auto replaced = co_await env_.disk().replace(std::string(log_file), std::move(bytes));
  (void)replaced;
  co_await sync();
}

Task<void> Storage::sync() {
  if (durable_ == written_) co_return;
  const std::uint64_t upto = written_;
  const auto synced = co_await env_.disk().sync(std::string(log_file));
  (void)synced;
  durable_ = std::max(durable_, upto);
}

Task<void> Storage::save() {
  if (saved_changes_ == database_.changes()) co_return;
  saved_changes_ = database_.changes();
  std::string bytes = snapshot(database_);
  const auto written = co_await env_.disk().replace(std::string(snapshot_file), std::move(bytes));
  (void)written;
  const auto synced = co_await env_.disk().sync(std::string(snapshot_file));
  (void)synced;
}

Task<void> Storage::run() {
  if (options_.persistence == Persistence::none) co_return;
  if (options_.persistence == Persistence::rdb) {
    for (;;) {
      co_await env_.sleep_for(options_.save_interval);
      co_await save();
    }
  }
  if (options_.fsync == Fsync::always) co_return;
  const bool each_second = options_.fsync == Fsync::everysec;
  const Duration interval = each_second ? sync_interval : operating_system_interval;
  for (;;) {
    co_await env_.sleep_for(interval);
    co_await sync();
  }
}

}  // namespace lockstep::redis
