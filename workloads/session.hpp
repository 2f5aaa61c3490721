#pragma once
// One client's view of a run: its lock, its resource, and a pen that writes down what it does.

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/lock.hpp"
#include "core/pen.hpp"
#include "core/scenario.hpp"
#include "workloads/resource.hpp"

namespace lockstep {

/// A lease that a client believes in, and the number of that hold.
struct Hold {
  Lease lease;
  std::uint64_t section = 0;
  std::size_t handle = 0;  // the session's, on which it was got
};

/// A value to be written together with others, under a hold of its own.
struct Change {
  Hold hold;
  std::string resource;
  std::int64_t value = 0;
  StoredValue seen;  // what the client had read
};

/// What a client of a workload is given. Every operation is written into the history as it begins
/// and ends; an error that leaves its effect unknown ends it in info.
class Session {
 public:
  struct Options {
    std::int64_t process = 0;
    ResourcePolicy policy = ResourcePolicy::none;
    Settings settings;  // of the workload
    /// Makes a handle on the lock service. The first is made at once, others when they are needed.
    std::function<std::unique_ptr<Lock>()> connect;
    bool one_handle = false;    // one handle holds several locks at once
    std::int64_t permits = 1;   // how many may hold the lock at once
    Duration liveness_bound{};  // of the lock, after the last fault
  };
  Session(Env& environment, ResourceClient& resource, Pen& pen, Options options);

  /// Marks "acquiring" before, and "granted" after the lock was got. A client may hold several
  /// locks, and several permits of one.
  Task<Result<Hold>> acquire(std::string lock, Duration patience);
  /// With the workload's patience.
  Task<Result<Hold>> acquire(std::string lock);
  /// As a reader: others may read at once. The history has the value "read" with it.
  Task<Result<Hold>> acquire_shared(std::string lock);
  /// Marks "releasing" before. Whatever comes back, the client no longer believes.
  Task<Result<void>> release(Hold hold);
  /// Marks "read" after.
  Task<Result<StoredValue>> read(Hold hold, std::string resource);
  /// Marks "wrote" after. `seen` is what the client had read.
  Task<Result<StoredValue>> write(Hold hold, std::string resource, std::int64_t value,
                                  StoredValue seen);
  /// All of the changes in one step, or none. Marks "wrote" after.
  Task<Result<void>> write_all(std::vector<Change> changes);
  /// Is served by the resource for `length`. Marks "used" after.
  Task<Result<StoredValue>> use(Hold hold, std::string resource, Duration length);
  /// The lock client's own check, when the workload checks before it acts; marks "checked" after.
  Task<bool> may_act(Hold hold);

  bool finishing() const { return pen_.finishing(); }
  const Settings& settings() const { return options_.settings; }

  const Options& options() const { return options_; }

  Env& env;

 private:
  /// A handle on the lock service, and the lock that it was last used for.
  struct Handle {
    std::unique_ptr<Lock> lock;
    std::string name{};
    bool busy = false;
  };

  enum class Mode { exclusive, shared };
  Task<Result<Hold>> acquire_as(Mode mode, std::string lock, Duration patience);
  std::size_t free_handle(const std::string& lock);
  Lock& lock_of(const Hold& hold) { return *handles_[hold.handle].lock; }
  Op begin(std::string_view f, std::string key);
  std::int64_t end(Op op, const Error* error);

  std::vector<Handle> handles_;
  ResourceClient& resource_;
  Pen& pen_;
  Options options_;
};

}  // namespace lockstep
