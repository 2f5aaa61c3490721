#include "cli/sweep_job.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <memory>

#include "campaign/missing.hpp"
#include "cli/campaign_rows.hpp"
#include "cli/interrupt.hpp"
#include "cli/progress.hpp"
#include "cli/scenario_source.hpp"
#include "harness/strategies/strategy.hpp"
#include "reports/plain.hpp"

namespace lockstep {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::uint64_t usual_runs = 1000;
constexpr Duration rarest_commit = 500ms;

Checked<void> check_campaign(const SweepJob& job) {
  if (job.campaign.empty()) {
    if (!job.resume) return {};
    return wrong_usage("there is nothing to go on with", "--resume", "name it: --campaign FILE");
  }
  if (find_strategy(job.strategy)->learns) {
    return wrong_usage(
        "what this strategy draws depends on the runs before, so a campaign of it can't be resumed "
        "or divided",
        "--strategy " + job.strategy, "use --strategy swarm or random with --campaign");
  }
  std::error_code absent;
  if (!job.resume && std::filesystem::exists(job.campaign, absent)) {
    return wrong_usage("this file is there already", "--campaign " + job.campaign,
                       "go on with it by --resume, or name another one");
  }
  return {};
}

std::string with_shard(std::string path, const Shard& shard) {
  const std::string_view mark = "{shard}";
  if (const auto at = path.find(mark); at != std::string::npos) {
    path.replace(at, mark.size(), to_text(shard));
  }
  return path;
}

/// The sweep, with all that is to be asked after each run.
class Work {
 public:
  Work(const SweepJob& job, Terminal& terminal)
      : job_(job), terminal_(terminal), seeker_(strategy().begin(job.options)) {}

  Checked<FinishedSweep> all_at_once() {
    SweepOptions sweeping = options();
    sweeping.first_seed = job_.options.base.seed + job_.shard.index;
    sweeping.stride = job_.shard.count;
    sweeping.runs = runs_of(job_.shard, job_.runs);
    if (job_.keep_failures) {
      sweeping.note = job_.note ? job_.note : [](const Outcome& o) { return pattern_note(o); };
      sweeping.done = [&](const RunDone& run) { add_failure(failures_, failure_of(run)); };
    }
    announce("");
    Progress progress(terminal_, {sweeping.runs, 0, job_.budget});
    sweeping.enough = [&](const SweepResult& so_far) { return end(so_far, progress); };
    return finished(sweep(*seeker_, strategy().learns, sweeping));
  }

  Checked<FinishedSweep> into_a_file() {
    auto file =
        CampaignFile::take_up(job_.campaign, campaign_head(job_.options, job_.strategy, job_.runs));
    if (!file) return lost(file.error());
    const auto missing = Missing::in(*file, job_.shard, job_.runs);
    if (!missing) return lost(missing.error());
    const std::uint64_t ours = runs_of(job_.shard, job_.runs);
    const auto before = file->count_runs();
    if (!before) return lost(before.error());
    announce(fmt::format("; {} of them in {} already", reports::grouped(ours - missing->size()),
                         job_.campaign));
    const auto seed_at = [&](std::uint64_t n) { return job_.options.base.seed + missing->at(n); };
    SweepOptions sweeping = options();
    sweeping.first_seed = 0;
    sweeping.runs = missing->size();
    sweeping.note = [](const Outcome& outcome) { return pattern_note(outcome); };
    sweeping.done = [&](const RunDone& run) { put(*file, run); };
    Progress progress(terminal_, {ours, ours - missing->size(), job_.budget});
    sweeping.enough = [&](const SweepResult& so_far) {
      if (progress.due()) commit(*file);  // what is shown as done is on the disk
      return trouble_ || end(so_far, progress);
    };
    const SweepResult swept =
        sweep([&](std::uint64_t n) { return seeker_->next(seed_at(n)); }, sweeping);
    commit(*file);
    if (trouble_) return lost(*trouble_);
    auto whole = result_of(*file);
    if (!whole) return lost(whole.error());
    whole->interrupted = swept.interrupted;
    auto failures = file->failures();
    if (!failures) return lost(failures.error());
    failures_ = std::move(*failures);
    if (const auto seed = seed_to_keep(*whole)) keep(*whole, *seed);
    for (const auto& [name, count] : whole->properties) {
      if (count.first_broken_seed) keep(*whole, *count.first_broken_seed);
    }
    FinishedSweep done = finished(std::move(*whole));
    done.earlier = *before;
    // The file may hold more than this shard.
    if (done.result.runs > ours) done.shard = Shard{};
    return done;
  }

 private:
  const Strategy& strategy() const { return *find_strategy(job_.strategy); }

  SweepOptions options() {
    SweepOptions sweeping;
    sweeping.workers = job_.workers;
    sweeping.stop_at_first = job_.stop_at_first;
    sweeping.bounds = job_.bounds;
    sweeping.count_states = !terminal_.quiet;  // Progress tells of them
    sweeping.interrupted = &interrupt_.flag();
    return sweeping;
  }

  void announce(const std::string& more) {
    if (terminal_.quiet) return;
    const std::uint64_t first = job_.options.base.seed;
    std::string text = job_.name.empty() ? std::string() : job_.name + ": ";
    text += job_.runs >= without_end ? fmt::format("seeds from {}", first)
            : job_.runs == 1         ? fmt::format("seed {}", first)
                                     : fmt::format("seeds {} to {}", first, first + job_.runs - 1);
    if (job_.shard.count > 1) {
      text += fmt::format(", of these shard {} of {} ({})", job_.shard.index + 1, job_.shard.count,
                          job_.shard.source);
    }
    terminal_.err << text << more << "\n" << std::flush;
  }

  bool end(const SweepResult& so_far, Progress& progress) {
    if (progress.due()) progress.show(so_far);
    if (job_.budget && Clock::now() - begin_ >= *job_.budget) return true;
    return job_.enough && job_.enough(so_far);
  }

  void put(CampaignFile& file, const RunDone& run) {
    if (trouble_) return;
    if (const auto added = add_run(file, run); !added) trouble_ = added.error();
    // Who is killed loses a fifth of its work at most, and half a second.
    const Duration since = Clock::now() - committed_;
    if (since >= std::min<Duration>(rarest_commit, (committed_ - begin_) / 4 + 1ms)) commit(file);
  }

  void commit(CampaignFile& file) {
    committed_ = Clock::now();
    if (trouble_) return;
    if (const auto done = file.commit(); !done) trouble_ = done.error();
  }

  void keep(SweepResult& result, std::uint64_t seed) {
    const auto at = std::find_if(result.kept.begin(), result.kept.end(),
                                 [&](const Scenario& known) { return known.seed >= seed; });
    if (at != result.kept.end() && at->seed == seed) return;
    result.kept.insert(at, seeker_->next(seed));
  }

  tl::unexpected<Complaint> lost(const CampaignError& error) const {
    return complain(complaint_of(error, job_.campaign));
  }

  FinishedSweep finished(SweepResult result) {
    by_weight(failures_);
    FinishedSweep done;
    done.options = job_.options;
    done.strategy = job_.strategy;
    done.shard = job_.shard;
    done.planned = runs_of(job_.shard, job_.runs);
    done.result = std::move(result);
    done.wall = Clock::now() - begin_;
    done.failures = std::move(failures_);
    return done;
  }

  const SweepJob& job_;
  Terminal& terminal_;
  InterruptScope interrupt_;
  std::unique_ptr<Seeker> seeker_;
  Clock::time_point begin_ = Clock::now();
  Clock::time_point committed_ = begin_;
  std::optional<CampaignError> trouble_{};
  std::vector<FailureRow> failures_{};
};

}  // namespace

void by_weight(std::vector<FailureRow>& failures) {
  const auto weight = [](const FailureRow& one) {
    const bool counts = one.promised || one.property.empty();  // without one, a bug ended the run
    return std::pair(counts, one.runs);
  };
  std::stable_sort(
      failures.begin(), failures.end(),
      [&](const FailureRow& one, const FailureRow& other) { return weight(one) > weight(other); });
}

Checked<void> check_strategy(const std::string& name) {
  if (find_strategy(name) != nullptr) return {};
  std::vector<std::string> known;
  for (const Strategy& strategy : all_strategies()) known.emplace_back(strategy.name);
  const std::string near = did_you_mean(name, known);
  return wrong_usage(fmt::format("there is no strategy \"{}\"", name), "--strategy " + name,
                     near.empty() ? "see: lockstep list strategies" : near);
}

Checked<SweepJob> job_of(const SweepRequest& request, const Terminal& terminal) {
  if (const Checked<void> ok = check_strategy(request.strategy); !ok) return complain(ok.error());
  Checked<DrawOptions> options = drawing(request.scenario);
  if (!options) return complain(options.error());
  options->swarm = true;
  SweepJob job;
  job.options = std::move(*options);
  job.strategy = request.strategy;
  job.runs = request.runs.value_or(request.budget ? without_end : usual_runs);
  job.workers = static_cast<unsigned>(request.workers);
  job.stop_at_first = request.stop_at_first;
  job.bounds = bounds_of(request.scenario);
  job.resume = request.resume;
  job.keep_failures = !request.output.empty();
  if (request.budget) {
    const Checked<Duration> budget = length_of_time("--budget", *request.budget);
    if (!budget) return complain(budget.error());
    job.budget = *budget;
  }
  const auto shard = choose_shard(request.shard, terminal.environment);
  if (!shard) {
    return wrong_usage(shard.error(),
                       request.shard.empty() ? std::string() : "--shard " + request.shard);
  }
  job.shard = *shard;
  job.campaign = with_shard(request.campaign, job.shard);
  if (const Checked<void> ok = check_campaign(job); !ok) return complain(ok.error());
  return job;
}

Checked<FinishedSweep> carry_out(const SweepJob& job, Terminal& terminal) {
  Work work(job, terminal);
  return job.campaign.empty() ? work.all_at_once() : work.into_a_file();
}

std::optional<std::uint64_t> violating_seed(const SweepResult& result, bool any) {
  std::optional<std::uint64_t> lowest;
  for (const auto& [name, count] : result.properties) {
    const auto& first = any ? count.first_seed : count.first_broken_seed;
    if (first && (!lowest || *first < *lowest)) lowest = first;
  }
  return lowest;
}

std::optional<std::uint64_t> seed_to_keep(const SweepResult& result) {
  const auto promised = violating_seed(result, false);
  return promised ? promised : violating_seed(result, true);
}

}  // namespace lockstep
