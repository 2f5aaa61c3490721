// W2: a scheduled job runs once: never twice, whoever ran it, and, after the heal, at least once
// where somebody undertook it. That two runs of one job overlap is for P2 to say.
#include <fmt/format.h>

#include <map>
#include <vector>

#include "checker/properties/effects.hpp"
#include "checker/properties/verdicts.hpp"
#include "checker/property.hpp"

namespace lockstep {
namespace {

constexpr std::string_view run_prefix = "job-";
constexpr std::string_view mark_prefix = "done-";

/// The number of the job that a resource belongs to, as text; empty when it belongs to none.
std::string job_of(const std::string& resource) {
  for (const std::string_view prefix : {run_prefix, mark_prefix}) {
    if (resource.starts_with(prefix)) return resource.substr(prefix.size());
  }
  return {};
}

bool at_least_once(const Case& judged) {
  const Settings& settings = judged.scenario.workload_settings;
  return settings.text("promise") == "at-least-once" || !settings.flag("done_flag");
}

/// There is a mark, and nothing can happen between it and the run, or it comes before the run where
/// effects are guarded.
bool never_twice(const Case& judged) {
  const bool guarded =
      effects_guarded(judged) || judged.scenario.resource == ResourcePolicy::compare_version;
  return judged.scenario.workload_settings.flag("done_flag") &&
         (undisturbed(judged) || (guarded && !at_least_once(judged)));
}

struct Job {
  std::vector<const ResourceEvent*> runs;
  const Op* last = nullptr;  // that anybody did for it
};

std::map<std::string, Job> jobs_of(const Record& record) {
  std::map<std::string, Job> jobs;
  for (const ResourceEvent& event : record.resource) {
    const ResourceAccess& access = event.access;
    if (!access.write || !access.accepted || !access.resource.starts_with(run_prefix)) continue;
    jobs[job_of(access.resource)].runs.push_back(&event);
  }
  for (const Op& op : record.history) {
    const std::string job = job_of(op.key);
    if (!job.empty()) jobs[job].last = &op;
  }
  return jobs;
}

Verdict ran_twice(const Case& judged, const std::string& name, const Job& job) {
  Story story(judged);
  const ResourceEvent& first = *job.runs[0];
  const ResourceEvent& second = *job.runs[1];
  const Belief* of_first = belief_of(judged.record, first.access.section);
  const Belief* of_second = belief_of(judged.record, second.access.section);
  story.accessed(first);
  story.accessed(second);
  std::string how;
  if (of_first != nullptr && of_second != nullptr) {
    story.believed(*of_first);
    story.believed(*of_second);
    const Ledger ledger(judged.record);
    const bool overlap = of_first->to > of_second->from && of_second->to > of_first->from;
    if (overlap) {
      how = is_staler(ledger, *of_first, *of_second)
                ? story.how_it_came(ledger, *of_first, *of_second, second.at)
                : story.how_it_came(ledger, *of_second, *of_first, second.at);
    } else {
      how = fmt::format("{} had let go of {} at {} ({}) when {} got it at {}",
                        story.who(of_first->process), of_first->lock, at_text(of_first->to),
                        name_of(of_first->end), story.who(of_second->process),
                        at_text(of_second->from));
    }
  }
  std::string what = fmt::format("job {} ran {} times: {} ran it at {} and {} at {}", name,
                                 job.runs.size(), story.who(first.process), at_text(first.at),
                                 story.who(second.process), at_text(second.at));
  return violated(never_twice(judged), second.at, explained(std::move(what), how),
                  std::move(story));
}

Verdict never_ran(const Case& judged, const std::string& name, const Job& job) {
  Story story(judged);
  story.did(*job.last);
  std::string what = fmt::format("job {} was undertaken after the heal and never ran: {} gave up",
                                 name, story.who(job.last->process));
  return violated(false, job.last->time, std::move(what), std::move(story));
}

/// Who undertook it had time enough to run it.
bool is_over(const Case& judged, const Job& job) {
  const Record& record = judged.record;
  const Duration longest = judged.scenario.workload_settings.duration("work_max");
  return job.last->time > record.healed_at && job.last->type != OpType::invoke &&
         record.ended_at - job.last->time > longest + judged.liveness_bound;
}

Verdict judge(const Case& judged) {
  const bool claimed = never_twice(judged);
  if (resource_log_missing(judged.record)) {
    return unknown(claimed, "the record has no log of the resource");
  }
  const auto jobs = jobs_of(judged.record);
  const std::pair<const std::string, Job>* twice = nullptr;
  for (const auto& job : jobs) {
    if (job.second.runs.size() < 2) continue;
    if (twice == nullptr || job.second.runs[1]->at < twice->second.runs[1]->at) twice = &job;
  }
  if (twice != nullptr) return ran_twice(judged, twice->first, twice->second);
  for (const auto& [name, job] : jobs) {
    if (job.runs.empty() && at_least_once(judged) && is_over(judged, job)) {
      return never_ran(judged, name, job);
    }
  }
  return holds(claimed, fmt::format("none of {} jobs ran twice", jobs.size()));
}

bool applies(const Case& judged) {
  return judged.scenario.workload == "job";
}

}  // namespace

Property properties::job_once() {
  return {.name = "job-once",
          .code = "W2",
          .summary = "a scheduled job runs once, whoever runs it",
          .needs = "the workload job",
          .applies = applies,
          .judge = judge};
}

}  // namespace lockstep
