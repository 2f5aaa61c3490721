// lockstep campaign and lockstep merge: what the files of campaigns hold, and joining them.
#include <fmt/core.h>

#include "campaign/merge.hpp"
#include "cli/campaign_rows.hpp"
#include "cli/interrupt.hpp"
#include "cli/output_folder.hpp"
#include "cli/verbs.hpp"
#include "formats/json_writer.hpp"
#include "formats/scenario_toml.hpp"
#include "reports/plain.hpp"

namespace lockstep {
namespace {

using reports::counted;
using reports::grouped;

struct Content {
  CampaignHead head;
  SweepResult result;
  std::vector<FailureRow> failures;
};

Checked<Content> content_of(const std::string& path) {
  const auto file = CampaignFile::look_into(path);
  if (!file) return complain(complaint_of(file.error(), path));
  auto result = result_of(*file);
  if (!result) return complain(complaint_of(result.error(), path));
  auto failures = file->failures();
  if (!failures) return complain(complaint_of(failures.error(), path));
  return Content{file->head(), std::move(*result), std::move(*failures)};
}

std::string what_ran(const CampaignHead& head) {
  const auto file = read_scenario(head.settings);
  if (!file) return head.settings.substr(0, head.settings.find('\n'));
  const Scenario& base = file->scenario;
  return fmt::format("{} {}, {}, {} clients, {}", base.lock, base.workload, name_of(base.resource),
                     base.clients, head.settings.substr(2, head.settings.find('\n') - 2));
}

std::string runs_told(const Content& content) {
  std::string text = grouped(content.result.runs);
  if (content.head.planned < without_end) text += " of " + grouped(content.head.planned);
  return text + fmt::format(" runs, seeds from {}; a fault met a hold in {}",
                            content.head.first_seed, grouped(content.result.overlapping_runs));
}

void tell_failure(const FailureRow& failure, Terminal& terminal) {
  const bool excused = !failure.promised && !failure.property.empty();
  terminal.out << fmt::format("  {}{}\n    in {}; the smallest: seed {}, {}, {}, {}\n",
                              terminal.paint(reports::printable(failure.pattern), Status::violated),
                              excused ? " (not promised)" : "", counted(failure.runs, "run"),
                              failure.seed,
                              counted(static_cast<std::uint64_t>(failure.clients), "client"),
                              counted(static_cast<std::uint64_t>(failure.faults), "fault"),
                              reports::brief(failure.duration));
}

void tell(const Content& content, const std::string& path, Terminal& terminal) {
  terminal.out << terminal.paint(reports::printable(what_ran(content.head)), "1") << "\n";
  terminal.out << runs_told(content) << "\nbuild " << content.head.build << "\n\n";
  for (const auto& [name, count] : content.result.properties) {
    const bool violated = count.violated > 0;
    const Status status = violated            ? Status::violated
                          : count.unknown > 0 ? Status::unknown
                                              : Status::holds;
    terminal.out << fmt::format("  {}  {:<20} {} of {}\n",
                                terminal.paint(violated            ? "FAIL   "
                                               : count.unknown > 0 ? "UNKNOWN"
                                                                   : "PASS   ",
                                               status),
                                name, grouped(violated ? count.violated : count.holds),
                                counted(count.holds + count.unknown + count.violated, "run"));
  }
  terminal.out << fmt::format("\n{}\n", counted(content.failures.size(), "distinct failure"));
  for (const FailureRow& failure : content.failures) tell_failure(failure, terminal);
  if (!content.failures.empty() && !terminal.quiet) {
    terminal.out << "\n  see one   lockstep campaign " << path
                 << " -o DIR, then lockstep explain DIR/failure.1.toml\n";
  }
}

void tell_json(const Content& content, Terminal& terminal) {
  JsonWriter json;
  json.object().field("schema_version", 1).field("verb", "campaign");
  json.field("build", content.head.build).field("settings", content.head.settings);
  json.field("first_seed", content.head.first_seed).field("planned", content.head.planned);
  json.field("runs", content.result.runs).field("violations", content.result.violations);
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
    json.field("scenario", failure.scenario).end();
  }
  json.end().end();
  terminal.out << json.text() << "\n";
}

}  // namespace

Checked<ExitCode> show_campaign(const CampaignRequest& request, VerbContext context) {
  if (!request.output.empty()) {
    if (const Checked<void> ok = check_output(request.output); !ok) return complain(ok.error());
  }
  const Checked<Content> content = content_of(request.file);
  if (!content) return complain(content.error());
  if (!request.output.empty()) {
    std::vector<OutputFile> files;
    for (const FailureRow& failure : content->failures) {
      files.push_back({fmt::format("failure.{}.toml", files.size() + 1), failure.scenario});
    }
    if (const auto kept = write_output(request.output, files); !kept) return complain(kept.error());
  }
  if (context.json) {
    tell_json(*content, context.terminal);
  } else {
    tell(*content, request.file, context.terminal);
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
  std::string runs = grouped(merged->runs);
  if (merged->planned < without_end) runs += " of " + grouped(merged->planned);
  context.terminal.out << fmt::format("{} holds {} runs and {}\n", request.out, runs,
                                      counted(merged->failures, "distinct failure"));
  return ExitCode::met;
}

}  // namespace lockstep
