// lockstep versus: the same universe twice, each time with another lock.
#include "cli/output_folder.hpp"
#include "cli/run_files.hpp"
#include "cli/scenario_source.hpp"
#include "cli/verbs.hpp"
#include "formats/scenario_toml.hpp"
#include "reports/versus.hpp"

namespace lockstep {
namespace {

/// One side: of the file's scenario where one is given, else drawn as `run` draws it.
Checked<Scenario> scenario_of(const VersusRequest& request, const std::string& word) {
  ScenarioRequest side = side_of(request.scenario, word);
  if (!request.file.empty()) {
    side.instead = side.lock;
    side.lock = request.file;
  }
  const Checked<DrawOptions> options = drawing(side);
  if (!options) return complain(options.error());
  return draw(*options, options->base.seed);
}

}  // namespace

Checked<ExitCode> versus(const VersusRequest& request, VerbContext context) {
  const bool keep = !request.output.empty();
  if (keep) {
    if (const Checked<void> ok = check_output(request.output); !ok) return complain(ok.error());
  }
  const Checked<Scenario> left = scenario_of(request, request.a);
  if (!left) return complain(left.error());
  const Checked<Scenario> right = scenario_of(request, request.b);
  if (!right) return complain(right.error());
  const Bounds bounds = bounds_of(request.scenario);
  const Outcome before = timed_run(*left, keep, bounds).outcome;
  const Outcome after = timed_run(*right, keep, bounds).outcome;
  const reports::VersusSide a{request.a, before};
  const reports::VersusSide b{request.b, after};
  Terminal& terminal = context.terminal;
  if (keep) {
    const auto kept = write_output(request.output, {{"versus.html", reports::versus_page(a, b)},
                                                    {"versus.json", reports::versus_json(a, b)},
                                                    {"a.toml", write_scenario(*left)},
                                                    {"b.toml", write_scenario(*right)}});
    if (!kept) return complain(kept.error());
    if (!terminal.quiet) terminal.err << "kept in " << request.output << "\n";
  }
  terminal.out << (context.json ? reports::versus_json(a, b) : reports::versus_text(a, b));
  const bool failed = !before.failure.empty() || !after.failure.empty();
  return failed ? ExitCode::internal : ExitCode::met;
}

}  // namespace lockstep
