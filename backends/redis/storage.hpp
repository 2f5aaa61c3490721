#pragma once
// What of a server's database is on its disk, and when: none, snapshots, or an append-only file.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "backends/redis/database.hpp"
#include "core/env.hpp"
#include "core/settings.hpp"

namespace lockstep::redis {

enum class Persistence : std::uint8_t { none, rdb, aof };
enum class Fsync : std::uint8_t { always, everysec, no };

struct StorageOptions {
  Persistence persistence = Persistence::none;
  Fsync fsync = Fsync::everysec;
  Duration save_interval = 60s;  // between snapshots, if anything changed
  Duration restart_delay{};      // how long a restarted server stays away ("delayed restarts")
};

/// The parameters that `storage_options` reads, to be appended to a lock's own.
std::vector<Parameter> storage_parameters();
/// Throws std::invalid_argument when a word is none of those that the parameter knows.
StorageOptions storage_options(const Settings& settings);

/// Keeps one database on its server's disk. The database must keep its log iff `keeps_log`.
class Storage {
 public:
  Storage(Env& env, Database& database, StorageOptions options)
      : env_(env), database_(database), options_(options) {}

  static bool keeps_log(const StorageOptions& options) {
    return options.persistence == Persistence::aof;
  }

  /// Brings back what is on the disk; what expired meanwhile is gone. Before anything else.
  Task<void> load();

  /// Takes what the last commands logged, or what a replica received, to be written by `settle`.
  void log(std::string_view bytes);
  /// True when `settle` must be awaited before the next reply goes out.
  bool unsettled() const;
  /// Writes what was logged and, under appendfsync always, syncs everything that
  /// this or an earlier command wrote: no client sees a state that the loss of power could undo.
  Task<void> settle();

  /// Replaces what is on disk by the database as it is: a replica took its master's.
  Task<void> rewrite();

  /// The work beside the commands: fsync each second, snapshots. Ends at once if there is none.
  Task<void> run();

 private:
  Task<void> load_append_only_file();
  Task<void> stay_away_after_restart();
  Task<void> sync();
  Task<void> save();
  std::int64_t now_us() const;

  Env& env_;
  Database& database_;
  StorageOptions options_;
  std::string pending_;        // logged, not yet written
  std::uint64_t written_ = 0;  // bytes logged by this process
  std::uint64_t durable_ = 0;  // of those, the first so many are synced
  std::uint64_t saved_changes_ = 0;
};

}  // namespace lockstep::redis
