#pragma once
// What the reductions of harness/shrink.hpp share: the smallest Scenario so far, and the judge of
// whether a smaller one still shows the same bug.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/verdict.hpp"
#include "harness/shrink.hpp"

namespace lockstep {

/// How much of the bug that was found does a run show?
enum class Likeness : std::uint8_t { none, same_property, same_bug };

class Shrinking {
 public:
  /// Needs a Scenario of which `violation` was found.
  Shrinking(Scenario scenario, const Verdict& violation, std::string pattern,
            const ShrinkOptions& options);

  const Scenario& smallest() const { return smallest_; }
  /// As it was at first.
  const Scenario& found() const { return found_; }
  const ShrinkOptions& options() const { return options_; }
  std::uint64_t events() const { return events_; }
  /// Runs the candidate, and keeps it if it shows the same bug.
  Likeness judge(const Scenario& candidate);
  /// Keeps the candidate if it shows the same bug, and differs.
  bool keep(const Scenario& candidate);
  /// The same, also under other seeds and with all the time that there was at first, or `longer`
  /// times as much.
  bool keep_with_luck(Scenario candidate, std::int64_t longer = 1);
  /// Other seeds may be tried again for as long as at first.
  void allow_more_luck() { luck_until_ = events_ + options_.events; }
  /// Keeps the shortest duration of two digits that still shows the bug.
  bool trim();
  /// Out of its budget, or interrupted.
  bool ended() const;

  Shrunk result(bool minimal) const;

 private:
  bool may_try_seeds() const { return events_ < luck_until_; }

  const ShrinkOptions& options_;
  const Scenario found_;
  Scenario smallest_;
  std::string property_;
  std::string pattern_;
  bool claimed_;
  WorldTime last_shown_{};  // when the last candidate that showed the bug did so
  std::uint64_t runs_ = 0;
  std::uint64_t events_ = 0;
  std::uint64_t luck_until_;  // so many events
};

/// One sort of thing that may go; says whether anything did.
struct Reduction {
  const char* name;
  bool (*apply)(Shrinking& shrinking);
};

namespace reductions {
bool fewer_clients(Shrinking& shrinking);
bool fewer_operations(Shrinking& shrinking);
bool fewer_faults(Shrinking& shrinking);
bool shorter_faults(Shrinking& shrinking);
bool simpler_faults(Shrinking& shrinking);
bool fewer_servers(Shrinking& shrinking);
bool constant_latency(Shrinking& shrinking);
bool usual_workload(Shrinking& shrinking);
bool rounder_times(Shrinking& shrinking);
/// For what none of the others makes smaller, and is of more than two clients or three faults: runs
/// that have one less, at other moments and of other lengths, until one shows the same bug.
bool afresh(Shrinking& shrinking);
}  // namespace reductions

/// Without that client (counted from 1): those after it move up, what aims at it alone goes.
Scenario without_client(const Scenario& scenario, std::int64_t client);
Scenario without_fault(const Scenario& scenario, std::size_t fault);
/// One fault that strikes when the first does and troubles at least the links that the two do, all
/// of which end at one node. Nothing where no fault of one kind does.
std::optional<Fault> joined_fault(const Fault& a, const Fault& b);

/// The numbers below `most` (100: of two digits) followed by zeros, from `low` to below `high`.
/// Needs low >= 1, and `most` a power of ten.
std::vector<std::int64_t> round_numbers(std::int64_t low, std::int64_t high,
                                        std::int64_t most = 100);
/// The least of `values`, which rise, that `keeps` keeps; by bisection, as if all above that one
/// would do too. Null when none was kept.
bool keep_least(const std::vector<std::int64_t>& values,
                const std::function<bool(std::int64_t)>& keeps);

}  // namespace lockstep
