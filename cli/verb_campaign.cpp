// lockstep campaign and lockstep merge: what the files of campaigns hold, and joining them.
#include <fmt/core.h>

#include <algorithm>

#include "campaign/merge.hpp"
#include "cli/campaign_rows.hpp"
#include "cli/interrupt.hpp"
#include "cli/output_folder.hpp"
#include "cli/scenario_source.hpp"
#include "cli/sweep_files.hpp"
#include "cli/verbs.hpp"
#include "formats/json_writer.hpp"
#include "formats/scenario_toml.hpp"
#include "harness/shrink.hpp"
#include "reports/plain.hpp"
#include "reports/sweep_text.hpp"

namespace lockstep {
namespace {

using reports::counted;
using reports::grouped;

struct Content {
  CampaignHead head;
  SweepResult result;
  std::vector<FailureRow> failures;
  std::vector<ShrunkRow> shrunk;

  /// Null: nobody has shrunk it.
  const ShrunkRow* shrunk_of(const FailureRow& failure) const {
    const auto at = std::ranges::find_if(shrunk, [&](const ShrunkRow& one) {
      return one.pattern == failure.pattern && one.index == failure.index;
    });
    return at == shrunk.end() ? nullptr : &*at;
  }
};

Checked<Content> content_of(const std::string& path) {
  const auto file = CampaignFile::look_into(path);
  if (!file) return complain(complaint_of(file.error(), path));
  auto result = result_of(*file);
  if (!result) return complain(complaint_of(result.error(), path));
  auto failures = file->failures();
  if (!failures) return complain(complaint_of(failures.error(), path));
  auto shrunk = file->shrunk();
  if (!shrunk) return complain(complaint_of(shrunk.error(), path));
  by_weight(*failures);
  return Content{file->head(), std::move(*result), std::move(*failures), std::move(*shrunk)};
}

/// As a sweep that has just ended.
FinishedSweep sweep_of(const Content& content) {
  FinishedSweep sweep;
  if (const auto file = read_scenario(content.head.settings)) sweep.options.base = file->scenario;
  sweep.options.base.seed = content.head.first_seed;
  sweep.result = content.result;
  sweep.failures = content.failures;
  for (FailureRow& failure : sweep.failures) {
    const ShrunkRow* shrunk = content.shrunk_of(failure);
    if (shrunk == nullptr) continue;
    failure.clients = shrunk->clients;
    failure.faults = shrunk->faults;
    failure.scenario = shrunk->scenario;
  }
  const std::string& settings = content.head.settings;
  sweep.drawn = settings.substr(2, settings.find('\n') - 2);
  return sweep;
}

std::string what_ran(const CampaignHead& head) {
  const auto file = read_scenario(head.settings);
  if (!file) return head.settings.substr(0, head.settings.find('\n'));
  const Scenario& base = file->scenario;
  return fmt::format("{} {}, {}, {}, {}", base.lock, base.workload, name_of(base.resource),
                     counted(static_cast<std::uint64_t>(base.clients), "client"),
                     head.settings.substr(2, head.settings.find('\n') - 2));
}

/// "250 of 300 runs".
std::string of_planned(std::uint64_t runs, std::uint64_t planned) {
  if (planned >= without_end) return counted(runs, "run");
  return fmt::format("{} of {}", grouped(runs), counted(planned, "run"));
}

std::string runs_told(const Content& content) {
  return fmt::format("{}, seeds from {}; a fault met a hold in {}",
                     of_planned(content.result.runs, content.head.planned), content.head.first_seed,
                     grouped(content.result.overlapping_runs));
}

std::string size_of(std::int64_t clients, std::int64_t faults, Duration duration) {
  return fmt::format("{}, {}, {}", counted(static_cast<std::uint64_t>(clients), "client"),
                     counted(static_cast<std::uint64_t>(faults), "fault"),
                     reports::brief(duration));
}

ShrunkRow row_of(const FailureRow& failure, const Shrunk& small) {
  ShrunkRow row;
  row.pattern = failure.pattern;
  row.index = failure.index;
  row.clients = small.scenario.clients;
  row.faults = static_cast<std::int64_t>(small.scenario.faults.size());
  row.duration = small.scenario.duration;
  row.minimal = small.minimal;
  row.scenario = write_scenario(small.scenario);
  return row;
}

/// Shrinks what is not shrunk yet, one failure after the other: each is on the disk once it is
/// done, so who is stopped goes on there. False: interrupted.
Checked<bool> shrink_failures(const std::string& path, const Content& content, Terminal& terminal) {
  InterruptScope interrupt;
  auto file = CampaignFile::look_into(path);
  if (!file) return complain(complaint_of(file.error(), path));
  for (const FailureRow& failure : content.failures) {
    // A bug of ours or of a plug-in's violates no property.
    if (failure.property.empty() || content.shrunk_of(failure) != nullptr) continue;
    const Checked<Scenario> found =
        scenario_in(failure.scenario, fmt::format("{}, seed {}", path, failure.seed));
    if (!found) return complain(found.error());
    ShrinkOptions options;
    options.property = failure.property;
    options.interrupted = &interrupt.flag();
    const auto small = shrink(*found, options);
    if (interrupt.flag().load()) return false;
    if (!small) continue;
    const ShrunkRow row = row_of(failure, *small);
    auto kept = file->add(row);
    if (kept) kept = file->commit();
    if (!kept) return complain(complaint_of(kept.error(), path));
    if (terminal.quiet) continue;
    terminal.err << fmt::format("shrunk to {}: {}\n",
                                size_of(row.clients, row.faults, row.duration),
                                reports::printable(row.pattern))
                 << std::flush;
  }
  return true;
}

void tell_failure(const FailureRow& failure, const ShrunkRow* shrunk, Terminal& terminal) {
  const bool excused = !failure.promised && !failure.property.empty();
  terminal.out << fmt::format("  {}{}\n    in {}; the smallest: seed {}, {}\n",
                              terminal.paint(reports::printable(failure.pattern), Status::violated),
                              excused ? " (not promised)" : "", counted(failure.runs, "run"),
                              failure.seed,
                              size_of(failure.clients, failure.faults, failure.duration));
  if (shrunk == nullptr) return;
  terminal.out << fmt::format("    shrunk to {}{}\n",
                              size_of(shrunk->clients, shrunk->faults, shrunk->duration),
                              shrunk->minimal ? "" : "; it may be made smaller");
}

void tell_property(const reports::SweepProperty& one, const reports::SweepSummary& summary,
                   Terminal& terminal) {
  const Status status = status_of(one, summary);
  const bool violated = status == Status::violated;
  const char* mark = violated ? "FAIL   " : status == Status::unknown ? "UNKNOWN" : "PASS   ";
  terminal.out << fmt::format("  {}  {:<20} {} of {}{}\n", terminal.paint(mark, status),
                              one.property, grouped(violated ? one.violated : one.holds),
                              counted(one.holds + one.unknown + one.violated, "run"),
                              violated && !one.claimed ? " (not promised by this lock)" : "");
}

/// `kept_in`: the folder that has the failures' scenarios; empty: none yet.
void tell(const Content& content, const std::string& path, const std::string& kept_in,
          const VerbContext& context) {
  Terminal& terminal = context.terminal;
  terminal.out << terminal.paint(reports::printable(what_ran(content.head)), "1") << "\n";
  terminal.out << runs_told(content) << "\nbuild " << reports::printable(content.head.build)
               << "\n\n";
  const reports::SweepSummary summary = summary_of(sweep_of(content));
  for (const reports::SweepProperty& one : summary.properties)
    tell_property(one, summary, terminal);
  const std::vector<std::string> doubts = reports::doubts(summary);
  if (!doubts.empty()) terminal.out << "\n";
  for (const std::string& doubt : doubts) terminal.out << "warning  " << doubt << "\n";
  terminal.out << fmt::format("\n{}\n", counted(content.failures.size(), "distinct failure"));
  for (const FailureRow& failure : content.failures) {
    tell_failure(failure, content.shrunk_of(failure), terminal);
  }
  if (!content.failures.empty() && !terminal.quiet) {
    const bool all = std::ranges::all_of(content.failures, [&](const FailureRow& failure) {
      return failure.property.empty() || content.shrunk_of(failure) != nullptr;
    });
    if (!all)
      terminal.out << "\n  make small   " << context.command("campaign", path) << " --shrink";
    const std::string folder = kept_in.empty() ? "out/failures" : kept_in;
    terminal.out << "\n  see one      ";
    if (kept_in.empty())
      terminal.out << context.command("campaign", path) << " -o " << folder << "; ";
    terminal.out << context.command("explain", folder + "/failure.1.toml") << "\n";
  }
}

void tell_json(const Content& content, Terminal& terminal) {
  JsonWriter json;
  json.object().field("schema_version", 1).field("verb", "campaign");
  json.field("build", content.head.build).field("settings", content.head.settings);
  json.field("first_seed", content.head.first_seed).field("planned", content.head.planned);
  json.field("runs", content.result.runs).field("violations", content.result.violations);
  json.field("ended_by_a_bug", content.result.failures);
  json.field("given_up", content.result.given_up).field("diverged", content.result.diverged);
  json.field("digest", fmt::format("{:016x}", content.result.digest));
  json.key("properties").array();
  for (const auto& [name, count] : content.result.properties) {
    json.object().field("property", name).field("holds", count.holds);
    json.field("unknown", count.unknown).field("violated", count.violated).end();
  }
  json.end().key("failures").array();
  for (const FailureRow& failure : content.failures) {
    json.object().field("pattern", failure.pattern).field("property", failure.property);
    json.field("promised", failure.promised).field("runs", failure.runs);
    json.field("seed", failure.seed).field("clients", failure.clients);
    json.field("faults", failure.faults);
    json.field("scenario", failure.scenario);
    if (const ShrunkRow* shrunk = content.shrunk_of(failure)) {
      json.key("shrunk").object().field("clients", shrunk->clients);
      json.field("faults", shrunk->faults).field("minimal", shrunk->minimal);
      json.field("scenario", shrunk->scenario).end();
    }
    json.end();
  }
  json.end().end();
  terminal.out << json.text() << "\n";
}

}  // namespace

Checked<ExitCode> show_campaign(const CampaignRequest& request, VerbContext context) {
  if (!request.output.empty()) {
    if (const Checked<void> ok = check_output(request.output); !ok) return complain(ok.error());
  }
  Checked<Content> content = content_of(request.file);
  if (!content) return complain(content.error());
  if (request.shrink) {
    const Checked<bool> done = shrink_failures(request.file, *content, context.terminal);
    if (!done) return complain(done.error());
    if (!*done) return ExitCode::interrupted;
    content = content_of(request.file);
    if (!content) return complain(content.error());
  }
  if (!request.output.empty()) {
    const std::vector<OutputFile> files = campaign_files(sweep_of(*content));
    if (const auto kept = write_output(request.output, files); !kept) return complain(kept.error());
    if (!context.terminal.quiet) context.terminal.err << "kept in " << request.output << "\n";
  }
  if (context.json) {
    tell_json(*content, context.terminal);
  } else {
    tell(*content, request.file, request.output, context);
  }
  return ExitCode::met;
}

Checked<ExitCode> merge_files(const MergeRequest& request, VerbContext context) {
  const InterruptScope interrupt;  // a file that may not grow is an error, not the end
  const auto merged = merge_campaigns(request.out, request.files);
  if (!merged) return complain(complaint_of(merged.error(), merged.error().where));
  if (context.json) {
    JsonWriter json;
    json.object().field("schema_version", 1).field("verb", "merge").field("out", request.out);
    json.field("runs", merged->runs).field("planned", merged->planned);
    json.field("failures", merged->failures).end();
    context.terminal.out << json.text() << "\n";
    return ExitCode::met;
  }
  context.terminal.out << fmt::format("{} holds {} and {}\n", request.out,
                                      of_planned(merged->runs, merged->planned),
                                      counted(merged->failures, "distinct failure"));
  return ExitCode::met;
}

}  // namespace lockstep
