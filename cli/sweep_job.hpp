#pragma once
// Carries out a sweep: a shard of it, within a budget, into the file of a campaign.

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "campaign/rows.hpp"
#include "campaign/shard.hpp"
#include "cli/complaint.hpp"
#include "cli/requests.hpp"
#include "cli/terminal.hpp"
#include "harness/draw.hpp"
#include "harness/sweep.hpp"

namespace lockstep {

/// What to do, checked.
struct SweepJob {
  std::string name{};  // told before its seeds; empty: it has none
  DrawOptions options;
  std::string strategy = "swarm";
  std::uint64_t runs = 1000;  // of all shards together
  unsigned workers = 0;
  bool stop_at_first = false;
  /// Ends it once true, asked after each run.
  std::function<bool(const SweepResult&)> enough{};
  std::optional<Duration> budget{};
  Bounds bounds{};  // of each run
  Shard shard;
  std::string campaign{};  // its file; empty: none
  bool resume = false;
  bool keep_failures = false;  // FinishedSweep::failures
  /// What FinishedSweep::failures groups runs by; empty: pattern_note of each run.
  std::function<std::string(const Outcome&)> note{};
};

/// Broken promises and bugs first, then what most runs showed.
void by_weight(std::vector<FailureRow>& failures);

/// Is there a strategy of that name?
Checked<void> check_strategy(const std::string& name);

/// The errors are those of the flags, and of a base that can't be run.
Checked<SweepJob> job_of(const SweepRequest& request, const Terminal& terminal);

struct FinishedSweep {
  DrawOptions options;
  std::string strategy;
  Shard shard;
  std::uint64_t planned = 1;  // runs of this shard; none where there are more shards than seeds
  SweepResult result;         // of a campaign: of all runs in its file
  Duration wall{};
  std::uint64_t earlier = 0;  // runs that the campaign's file held before
  std::string drawn{};        // how its faults were drawn, in words; empty: as `options` says
  std::vector<FailureRow> failures{};  // distinct ones, in the order of by_weight
};

/// Says first on err which seeds are run, then how it is doing.
Checked<FinishedSweep> carry_out(const SweepJob& job, Terminal& terminal);

/// The lowest seed that broke a promise; or, with `any`, that violated anything.
std::optional<std::uint64_t> violating_seed(const SweepResult& result, bool any);

/// Of the run to be shown: the lowest that broke a promise, or else that violated anything.
std::optional<std::uint64_t> seed_to_keep(const SweepResult& result);

}  // namespace lockstep
