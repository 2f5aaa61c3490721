// lockstep replay: a saved run again, compared with what it was.
#include <fmt/core.h>

#include <algorithm>
#include <filesystem>
#include <optional>

#include "cli/run_files.hpp"
#include "cli/scenario_source.hpp"
#include "cli/shell_word.hpp"
#include "cli/verbs.hpp"
#include "formats/detect.hpp"
#include "formats/json_writer.hpp"
#include "formats/saved_outcome.hpp"

namespace lockstep {
namespace {

Checked<SavedOutcome> load_outcome(const SavedRun& saved) {
  const std::string path = (std::filesystem::path(saved.folder) / "outcome.json").string();
  const FileResult<std::string> content = read_file(path);
  if (!content) {
    return complain({ExitCode::bad_file,
                     "there is no outcome.json to compare with",
                     path,
                     {},
                     "save one with: lockstep run " + shell_word(saved.scenario_path) + " -o DIR"});
  }
  FileResult<SavedOutcome> outcome = read_saved_outcome(*content);
  if (!outcome) return bad_file(path, *content, outcome.error());
  return std::move(*outcome);
}

/// Where two runs first differ: after this many events they still agreed, after that many no more.
struct Divergence {
  std::uint64_t agreed = 0;
  std::optional<Checkpoint> before{};
  std::optional<Checkpoint> now{};
};

std::optional<Divergence> divergence(const SavedOutcome& saved, const Outcome& now) {
  Divergence found;
  const std::size_t common = std::min(saved.checkpoints.size(), now.checkpoints.size());
  for (std::size_t i = 0; i < common; ++i) {
    const Checkpoint& a = saved.checkpoints[i];
    const Checkpoint& b = now.checkpoints[i];
    if (a.events != b.events || a.digest != b.digest) {
      found.before = a;
      found.now = b;
      return found;
    }
    found.agreed = a.events;
  }
  if (saved.digest == now.digest && saved.checkpoints.size() == now.checkpoints.size()) {
    return std::nullopt;
  }
  if (common < saved.checkpoints.size()) found.before = saved.checkpoints[common];
  if (common < now.checkpoints.size()) found.now = now.checkpoints[common];
  return found;
}

std::string shown(const std::optional<Checkpoint>& checkpoint) {
  if (!checkpoint) return "no checkpoint there";
  return fmt::format("{:016x} after {} events", checkpoint->digest, checkpoint->events);
}

void tell(const SavedOutcome& saved, const Outcome& now, const std::optional<Divergence>& diverged,
          VerbContext context) {
  Terminal& terminal = context.terminal;
  if (!diverged) {
    terminal.out << terminal.paint("the same run", Status::holds)
                 << fmt::format(": digest {:016x}, {} events, {} checkpoints agree\n", now.digest,
                                now.stats.events, now.checkpoints.size());
    return;
  }
  terminal.out << terminal.paint("diverged", Status::violated)
               << fmt::format(
                      ": not the run that was saved\n"
                      "  saved     digest {:016x}\n"
                      "  now       digest {:016x}\n"
                      "  agreed    up to event {}\n",
                      saved.digest, now.digest, diverged->agreed);
  if (diverged->before || diverged->now) {
    terminal.out << fmt::format("  first difference: saved {}, now {}\n", shown(diverged->before),
                                shown(diverged->now));
  } else {
    terminal.out << "  first difference: after the last checkpoint\n";
  }
  terminal.out
      << "  Either the scenario or the program has changed since, or the run depends on\n"
         "  something that is not in the scenario: `lockstep doctor` tells which build this "
         "is.\n";
}

void write_checkpoint(JsonWriter& json, std::string_view name,
                      const std::optional<Checkpoint>& checkpoint) {
  json.key(name);
  if (!checkpoint) {
    json.null();
    return;
  }
  json.object().field("events", checkpoint->events);
  json.field("digest", fmt::format("{:016x}", checkpoint->digest)).end();
}

void tell_json(const SavedOutcome& saved, const Outcome& now,
               const std::optional<Divergence>& diverged, VerbContext context) {
  JsonWriter json;
  json.object().field("schema_version", 1).field("verb", "replay");
  json.field("same", !diverged.has_value());
  json.field("saved_digest", fmt::format("{:016x}", saved.digest));
  json.field("digest", fmt::format("{:016x}", now.digest));
  json.field("checkpoints", now.checkpoints.size());
  if (diverged) {
    json.field("agreed_events", diverged->agreed);
    write_checkpoint(json, "first_difference_saved", diverged->before);
    write_checkpoint(json, "first_difference_now", diverged->now);
  }
  json.end();
  context.terminal.out << json.text() << "\n";
}

}  // namespace

Checked<ExitCode> replay(const ReplayRequest& request, VerbContext context) {
  const Checked<SavedRun> saved = load_run(request.run);
  if (!saved) return complain(saved.error());
  const Checked<SavedOutcome> before = load_outcome(*saved);
  if (!before) return complain(before.error());
  const TimedOutcome now = timed_run(saved->scenario, false);
  const std::optional<Divergence> diverged = divergence(*before, now.outcome);
  (context.json ? tell_json : tell)(*before, now.outcome, diverged, context);
  if (!now.outcome.failure.empty()) return ExitCode::internal;
  return diverged ? ExitCode::diverged : ExitCode::met;
}

}  // namespace lockstep
