#pragma once
// What a history can be judged against, and the table of contents of checker/models/.

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "checker/operation.hpp"
#include "checker/order_cycle.hpp"
#include "checker/search.hpp"
#include "core/time.hpp"
#include "core/verdict.hpp"

namespace lockstep {

/// What was found out about the operations on one key (one lock, one register).
struct Finding {
  std::string key{};
  Status status = Status::unknown;
  /// holds: a linearization of the key's operations. Otherwise the longest prefix that could be
  /// put in order. Indices into the operations.
  std::vector<std::size_t> order{};
  /// Unless it holds: the first operation whose return no order explains (or, unknown, was not
  /// yet explained): without that return the history up to there is linearizable.
  std::optional<std::size_t> stuck{};
  /// violated: a few operations that cannot all have happened as recorded, in the order of their
  /// returns. Indices into the operations.
  std::vector<std::size_t> conflict{};
  /// violated: operations that cannot be ordered by themselves, and can without any one of them
  /// (what that means: checker/core_of.hpp). Empty when finding such would have cost too much.
  std::vector<std::size_t> core{};
  /// violated, a lock with owners: the shortest circle of holds each of which must come before the
  /// next, where there is one.
  std::vector<OrderStep> cycle{};
  std::string explanation{};  // one sentence; for unknown, how far the search got
  std::uint64_t steps = 0;    // how many the search took
};

/// What became of a whole history: it is linearizable iff the operations on each key are
/// (Herlihy and Wing's locality).
struct Judgement {
  Status status = Status::holds;
  std::vector<Finding> findings;  // one for each key, in the order of appearance

  /// The finding that decided: the first of the worst. Null when there were no operations.
  const Finding* decisive() const;
};

using Judged = tl::expected<Judgement, HistoryError>;

/// Who judges: a model's own monitor where it has one and the search where that leaves something
/// open, or one of them alone.
enum class Method : std::uint8_t { automatic, monitor, search };

/// What else a judgement goes by.
struct Terms {
  Budget budget{};
  /// semaphore: how many permits there are (else 1). Reentrant locks: how often one owner may hold
  /// at once (else 2, as Jepsen's models have it; 0: without limit).
  std::optional<std::uint32_t> permits{};
  /// lease: how long a grant lasts whose operation does not say so itself.
  std::optional<Duration> lease{};
  Method method = Method::automatic;
  bool witness = true;  // Finding::order of a history that holds is wanted
  bool core = true;     // Finding::core is wanted
  /// Runs a task for every number below the first argument, in any order, perhaps some at once:
  /// keys are judged independently. Without it, one after the other.
  std::function<void(std::size_t, const std::function<void(std::size_t)>&)> spread{};
};

/// A named sequential specification: a value made of functions. Operations that failed are left
/// out (they certainly did not happen); indeterminate ones may take effect at any time after
/// their call, or never (Jepsen's rules).
struct Model {
  std::string_view name;
  std::string_view summary;
  /// Fails on the first operation that the model does not know.
  Judged (*check)(const Operations&, const Terms&);
  /// Whether this order of operations, a set of one key, is one the specification allows. Real
  /// time is not looked at.
  tl::expected<bool, HistoryError> (*allows)(const Operations&, std::span<const std::size_t>,
                                             const Terms&);
};

// The table of contents: one line per model, in the order in which `lockstep list` shows them.
#define LOCKSTEP_MODELS(X)  \
  X(mutex)                  \
  X(owner_mutex)            \
  X(reentrant_mutex)        \
  X(fenced_mutex)           \
  X(reentrant_fenced_mutex) \
  X(rw_lock)                \
  X(semaphore)              \
  X(owner_semaphore)        \
  X(lease)                  \
  X(leader)                 \
  X(register_)              \
  X(cas_register)           \
  X(kv)                     \
  X(set)

namespace models {
#define LOCKSTEP_DECLARE(name) Model name();
LOCKSTEP_MODELS(LOCKSTEP_DECLARE)
#undef LOCKSTEP_DECLARE
}  // namespace models

const std::vector<Model>& all_models();
/// Null when there is none of that name.
const Model* find_model(std::string_view name);

/// Pairs the events of a history and judges it against a model.
Judged check(const Model& model, const History& history, const Terms& terms = {});

/// The independent verifier of a linearization: every operation that returned is in `order` once,
/// none that failed is, none precedes one that returned before it was called, and the model
/// allows the order. `order` is a Finding's, of the key given.
bool verify_order(const Model& model, const Operations& operations, std::string_view key,
                  std::span<const std::size_t> order, const Terms& terms = {});

}  // namespace lockstep
