#include "cli/cli.hpp"

#include <fmt/core.h>

#include <exception>
#include <optional>

#include "cli/command_line.hpp"
#include "cli/plug_in.hpp"
#include "cli/scenario_source.hpp"
#include "cli/shell_word.hpp"
#include "cli/verbs.hpp"

namespace lockstep {
namespace {

struct Dispatch {
  VerbContext context;

  Checked<ExitCode> operator()(const DemoRequest& r) const { return demo(r, context); }
  Checked<ExitCode> operator()(const ListRequest& r) const { return list(r, context); }
  Checked<ExitCode> operator()(const RunRequest& r) const { return run_one(r, context); }
  Checked<ExitCode> operator()(const SweepRequest& r) const { return sweep_seeds(r, context); }
  Checked<ExitCode> operator()(const CiRequest& r) const { return check_repository(r, context); }
  Checked<ExitCode> operator()(const MergeRequest& r) const { return merge_files(r, context); }
  Checked<ExitCode> operator()(const CampaignRequest& r) const { return show_campaign(r, context); }
  Checked<ExitCode> operator()(const MatrixRequest& r) const { return measure_cells(r, context); }
  Checked<ExitCode> operator()(const ScoreboardRequest& r) const { return keep_score(r, context); }
  Checked<ExitCode> operator()(const ExhaustRequest& r) const { return place_faults(r, context); }
  Checked<ExitCode> operator()(const ShrinkRequest& r) const { return shrink_one(r, context); }
  Checked<ExitCode> operator()(const CompareRequest& r) const { return compare_two(r, context); }
  Checked<ExitCode> operator()(const VersusRequest& r) const { return versus(r, context); }
  Checked<ExitCode> operator()(const OpenRequest& r) const { return open_folder(r, context); }
  Checked<ExitCode> operator()(const OddsRequest& r) const { return tell_odds(r, context); }
  Checked<ExitCode> operator()(const EnvelopeRequest& r) const { return draw_envelope(r, context); }
  Checked<ExitCode> operator()(const ReplayRequest& r) const { return replay(r, context); }
  Checked<ExitCode> operator()(const CheckRequest& r) const { return check_file(r, context); }
  Checked<ExitCode> operator()(const ExplainRequest& r) const { return explain(r, context); }
  Checked<ExitCode> operator()(const NewRequest& r) const { return write_new(r, context); }
  Checked<ExitCode> operator()(const ManualRequest& r) const { return write_manual(r, context); }
  Checked<ExitCode> operator()(const LessonRequest& r) const { return lesson(r, context); }
  Checked<ExitCode> operator()(const DoctorRequest& r) const { return doctor(r, context); }
  Checked<ExitCode> operator()(const VersionRequest& r) const { return version(r, context); }
};

Checked<ExitCode> obey(const std::vector<std::string>& args, Terminal& terminal,
                       std::vector<std::string> plugins) {
  const auto command = read_command_line(args);
  if (!command) return complain(command.error());
  if (const auto* page = std::get_if<HelpPage>(&*command)) {
    (args.empty() ? terminal.err : terminal.out) << page->text;
    return args.empty() ? ExitCode::usage : ExitCode::met;
  }
  const Request& request = std::get<Request>(*command);
  terminal.colours = request.colours;
  terminal.quiet = request.quiet;
  plugins.insert(plugins.end(), request.plugins.begin(), request.plugins.end());
  if (!plugins.empty()) {
    if (const auto loaded = load_plug_ins(plugins); !loaded) return complain(loaded.error());
  }
  return std::visit(Dispatch{{terminal, request.json, request.plugins}}, request.verb);
}

}  // namespace

std::string VerbContext::command(std::string_view verb) const {
  return fmt::format("lockstep {}{}", verb, plug_in_flags(plugins));
}

std::string VerbContext::command(std::string_view verb, const std::string& path) const {
  return command(verb) + " " + shell_word(path);
}

ExitCode run_cli(const std::vector<std::string>& args, Terminal terminal,
                 const std::vector<std::string>& plugins) {
  try {
    const Checked<ExitCode> code = obey(args, terminal, plugins);
    terminal.out.flush();
    if (code) return *code;
    terminal.err << told(code.error());
    return code.error().code;
  } catch (const std::exception& bug) {
    terminal.err << "error: a bug in lockstep: " << bug.what()
                 << "\n  please report it with this command line\n";
    return ExitCode::internal;
  }
}

}  // namespace lockstep
