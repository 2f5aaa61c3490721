// lockstep envelope: the line between safe and unsafe in the plane of two numbers.
#include <fmt/core.h>

#include "cli/envelope_files.hpp"
#include "cli/interrupt.hpp"
#include "cli/output_folder.hpp"
#include "cli/scenario_source.hpp"
#include "cli/shrink_files.hpp"
#include "cli/verbs.hpp"

namespace lockstep {
namespace {

ExitCode code_of(const Envelope& envelope) {
  if (envelope.interrupted) return ExitCode::interrupted;
  if (envelope.failures > 0) return ExitCode::internal;
  if (envelope.diverged > 0) return ExitCode::diverged;
  return envelope.undecided() ? ExitCode::undecided : ExitCode::met;
}

}  // namespace

Checked<ExitCode> draw_envelope(const EnvelopeRequest& request, VerbContext context) {
  const bool keep = !request.output.empty();
  if (keep) {
    if (const Checked<void> ok = check_output(request.output); !ok) return complain(ok.error());
  }
  if (const Checked<void> ok = check_property(request.property); !ok) return complain(ok.error());
  const Checked<DrawOptions> base = drawing(request.scenario);
  if (!base) return complain(base.error());
  const Result<Axis> x = parse_axis(request.x, base->base);
  if (!x) return wrong_usage(x.error().text, "--x " + request.x);
  const Result<Axis> y = parse_axis(request.y, base->base);
  if (!y) return wrong_usage(y.error().text, "--y " + request.y);
  if (x->name == y->name) {
    return wrong_usage("both axes are the same number", "--y " + request.y,
                       "name two, such as --x pause=0..20s --y lease=1s..30s");
  }
  InterruptScope interrupt;
  EnvelopeOptions options;
  options.property = request.property;
  options.seeds = request.seeds;
  options.columns = static_cast<std::int64_t>(request.columns);
  options.bounds = bounds_of(request.scenario);
  options.interrupted = &interrupt.flag();
  const Envelope envelope = envelope_of(base->base, *x, *y, options);
  const EnvelopeReport report{base->base, options, envelope};
  Terminal& terminal = context.terminal;
  if (keep) {
    const auto kept = write_output(request.output, files_of(report));
    if (!kept) return complain(kept.error());
    if (!terminal.quiet) terminal.err << "kept in " << request.output << "\n";
  }
  terminal.out << (context.json ? json_of(report) : tell(report));
  return code_of(envelope);
}

}  // namespace lockstep
