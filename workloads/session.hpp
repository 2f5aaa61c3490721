#pragma once
// One client's view of a run: its lock, its resource, and a pen that writes down what it does.

#include <string>

#include "core/lock.hpp"
#include "core/pen.hpp"
#include "core/scenario.hpp"
#include "workloads/resource.hpp"

namespace lockstep {

/// A lease that a client believes in, and the number of that hold.
struct Hold {
  Lease lease;
  std::uint64_t section = 0;
};

/// What a client of a workload is given. Every operation is written into the history as it begins
/// and ends; an error that leaves its effect unknown ends it in info.
class Session {
 public:
  struct Options {
    std::int64_t process = 0;
    ResourcePolicy policy = ResourcePolicy::none;
    Settings settings;  // of the workload
  };
  Session(Env& environment, Lock& lock, ResourceClient& resource, Pen& pen, Options options)
      : env(environment),
        lock_(lock),
        resource_(resource),
        pen_(pen),
        options_(std::move(options)) {}

  /// Marks "acquiring" before, and "granted" after the lock was got. Patience is the workload's.
  Task<Result<Hold>> acquire(std::string lock);
  /// Marks "releasing" before. Whatever comes back, the client no longer believes.
  Task<Result<void>> release(Hold hold);
  /// Marks "read" after.
  Task<Result<StoredValue>> read(Hold hold, std::string resource);
  /// Marks "wrote" after. `seen` is what the client had read.
  Task<Result<StoredValue>> write(Hold hold, std::string resource, std::int64_t value,
                                  StoredValue seen);
  /// The lock client's own check, when the workload checks before it acts; marks "checked" after.
  Task<bool> may_act(Hold hold);

  bool finishing() const { return pen_.finishing(); }
  const Settings& settings() const { return options_.settings; }

  Env& env;

 private:
  Op begin(std::string_view f, std::string key);
  std::int64_t end(Op op, const Error* error);

  Lock& lock_;
  ResourceClient& resource_;
  Pen& pen_;
  Options options_;
};

}  // namespace lockstep
