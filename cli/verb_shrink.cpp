// lockstep shrink: the smallest run that still violates the same property in the same way.
#include <fmt/core.h>

#include "cli/interrupt.hpp"
#include "cli/shrink_files.hpp"
#include "cli/verbs.hpp"
#include "harness/run.hpp"
#include "reports/text.hpp"

namespace lockstep {
namespace {

std::string story_of(const ShrinkRequest& request, const Scenario& small,
                     const VerbContext& context) {
  reports::TextOptions text;
  text.colour = context.terminal.colours_on_out();
  if (!request.output.empty()) text.replay = context.command("replay", request.output);
  return reports::tell(run(small), text);
}

}  // namespace

Checked<ExitCode> shrink_one(const ShrinkRequest& request, VerbContext context) {
  const bool keep = !request.output.empty();
  if (keep) {
    if (const Checked<void> ok = check_output(request.output); !ok) return complain(ok.error());
  }
  if (const Checked<void> ok = check_property(request.property); !ok) return complain(ok.error());
  const Checked<Scenario> found = violating_scenario(request.run);
  if (!found) return complain(found.error());
  InterruptScope interrupt;
  ShrinkOptions options;
  options.property = request.property;
  options.interrupted = &interrupt.flag();
  const auto shrunk = shrink_run(*found, options);
  Terminal& terminal = context.terminal;
  if (!shrunk) {
    return complain({ExitCode::bad_file,
                     request.property.empty() ? "this run violates nothing: nothing to shrink"
                                              : "this run does not violate " + request.property,
                     request.run,
                     {},
                     how_to_find_one(*found, request.run, context)});
  }
  if (keep) {
    if (const auto kept = write_output(request.output, files_of(*shrunk)); !kept) {
      return complain(kept.error());
    }
    if (!terminal.quiet) terminal.err << "kept in " << request.output << "\n";
  }
  if (context.json) {
    terminal.out << json_of(*shrunk);
  } else {
    terminal.out << tell(*shrunk) << "\n" << story_of(request, shrunk->small.scenario, context);
  }
  return interrupt.flag().load() ? ExitCode::interrupted : ExitCode::met;
}

}  // namespace lockstep
