#pragma once
// What of a store is on its disk, and when: nothing, snapshots, or a log of all changes.

#include <cstdint>
#include <vector>

#include "backends/records/store.hpp"
#include "core/env.hpp"
#include "core/settings.hpp"

namespace lockstep::records {

/// How a store can be made less durable than any of the services is.
std::vector<Parameter> storage_parameters();

struct StorageOptions {
  bool keeps_log = true;
  bool keeps_snapshots = false;
  bool syncs_each = true;        // before an answer goes out
  Duration sync_interval{};      // otherwise; none: never
  Duration save_interval = 60s;  // between snapshots
};
/// Durable where the settings say nothing.
StorageOptions storage_options(const Settings& settings);

/// Keeps one store on its server's disk.
class Storage {
 public:
  Storage(Env& env, Store& store, StorageOptions options)
      : env_(env), store_(store), options_(options) {}

  /// Brings back what is on the disk. Before anything else.
  Task<void> load();
  /// True when `settle` must be awaited before the next answer goes out.
  bool unsettled() const;
  /// Writes what changed, and makes it durable if each change must be: no client sees a state that
  /// the loss of power could undo.
  Task<void> settle();
  /// The work beside the requests. Ends at once if there is none.
  Task<void> run();

 private:
  Task<void> sync();

  Env& env_;
  Store& store_;
  StorageOptions options_;
  std::uint64_t written_ = 0;  // bytes logged by this process
  std::uint64_t durable_ = 0;  // of those, the first so many are synced
};

}  // namespace lockstep::records
