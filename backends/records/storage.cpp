#include "backends/records/storage.hpp"

#include <algorithm>
#include <string>

namespace lockstep::records {
namespace {

constexpr std::string_view log_file = "records.log";
constexpr std::string_view snapshot_file = "records.snapshot";
constexpr Duration operating_system_interval = 30s;  // Linux writes back by itself

}  // namespace

std::vector<Parameter> storage_parameters() {
  return {
      {"persistence", std::string("aof"),
       "what the store keeps on disk: none, rdb (snapshots) or aof (a log of all changes)"},
      {"appendfsync", std::string("always"), "when the log is synced: always, everysec or no"},
      {"save_interval", Duration(60s), "time between two snapshots"},
  };
}

StorageOptions storage_options(const Settings& settings) {
  StorageOptions options;
  if (!settings.contains("persistence")) return options;
  options.keeps_log = settings.text("persistence") == "aof";
  options.keeps_snapshots = settings.text("persistence") == "rdb";
  options.save_interval = settings.duration("save_interval");
  const std::string& when = settings.text("appendfsync");
  options.syncs_each = when == "always";
  options.sync_interval = when == "everysec" ? Duration(1s) : operating_system_interval;
  return options;
}

Task<void> Storage::load() {
  if (options_.keeps_snapshots) {
    const auto lines = co_await env_.disk().read(std::string(snapshot_file));
    if (lines) store_.load(*lines);
  }
  if (!options_.keeps_log) co_return;
  const auto lines = co_await env_.disk().read(std::string(log_file));
  if (!lines) co_return;
  const std::size_t counted = store_.load(*lines);
  if (counted == lines->size()) co_return;
  std::string whole = lines->substr(0, counted);
  const auto cut = co_await env_.disk().replace(std::string(log_file), std::move(whole));
  (void)cut;
}

bool Storage::unsettled() const {
  if (!options_.keeps_log) return false;
  return store_.has_log() || (options_.syncs_each && durable_ < written_);
}

Task<void> Storage::settle() {
  std::string lines = store_.take_log();
  if (!lines.empty()) {
    written_ += lines.size();
    const auto appended = co_await env_.disk().append(std::string(log_file), std::move(lines));
    (void)appended;
  }
  if (options_.syncs_each) co_await sync();
}

Task<void> Storage::sync() {
  if (durable_ == written_) co_return;
  const std::uint64_t upto = written_;
  const auto synced = co_await env_.disk().sync(std::string(log_file));
  (void)synced;
  durable_ = std::max(durable_, upto);
}

Task<void> Storage::run() {
  if (options_.keeps_log && options_.syncs_each) co_return;
  if (!options_.keeps_log && !options_.keeps_snapshots) co_return;
  const Duration interval = options_.keeps_log ? options_.sync_interval : options_.save_interval;
  for (;;) {
    co_await env_.sleep_for(interval);
    if (options_.keeps_log) {
      co_await sync();
      continue;
    }
    std::string lines = store_.snapshot();
    const auto saved = co_await env_.disk().replace(std::string(snapshot_file), std::move(lines));
    (void)saved;
    const auto synced = co_await env_.disk().sync(std::string(snapshot_file));
    (void)synced;
  }
}

}  // namespace lockstep::records
