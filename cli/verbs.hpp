#pragma once
// One function per verb: does it, prints its result on out, and says with which code to exit.

#include <string>
#include <string_view>
#include <vector>

#include "cli/complaint.hpp"
#include "cli/requests.hpp"
#include "cli/terminal.hpp"

namespace lockstep {

/// The options of every verb that the verb itself needs.
struct VerbContext {
  Terminal& terminal;
  bool json = false;
  std::vector<std::string> plugins{};  // those of the command line

  /// "lockstep explain --plugin ./libmine.so": the beginning of a command to go on with.
  std::string command(std::string_view verb) const;
  /// The same with a file or folder, as a shell takes it.
  std::string command(std::string_view verb, const std::string& path) const;
};

Checked<ExitCode> demo(const DemoRequest& request, VerbContext context);
Checked<ExitCode> list(const ListRequest& request, VerbContext context);
Checked<ExitCode> run_one(const RunRequest& request, VerbContext context);
Checked<ExitCode> sweep_seeds(const SweepRequest& request, VerbContext context);
Checked<ExitCode> check_repository(const CiRequest& request, VerbContext context);
Checked<ExitCode> merge_files(const MergeRequest& request, VerbContext context);
Checked<ExitCode> show_campaign(const CampaignRequest& request, VerbContext context);
Checked<ExitCode> measure_cells(const MatrixRequest& request, VerbContext context);
Checked<ExitCode> keep_score(const ScoreboardRequest& request, VerbContext context);
Checked<ExitCode> place_faults(const ExhaustRequest& request, VerbContext context);
Checked<ExitCode> shrink_one(const ShrinkRequest& request, VerbContext context);
Checked<ExitCode> compare_two(const CompareRequest& request, VerbContext context);
Checked<ExitCode> versus(const VersusRequest& request, VerbContext context);
Checked<ExitCode> open_folder(const OpenRequest& request, VerbContext context);
Checked<ExitCode> tell_odds(const OddsRequest& request, VerbContext context);
Checked<ExitCode> draw_envelope(const EnvelopeRequest& request, VerbContext context);
Checked<ExitCode> replay(const ReplayRequest& request, VerbContext context);
Checked<ExitCode> check_file(const CheckRequest& request, VerbContext context);
Checked<ExitCode> explain(const ExplainRequest& request, VerbContext context);
Checked<ExitCode> write_new(const NewRequest& request, VerbContext context);
Checked<ExitCode> write_manual(const ManualRequest& request, VerbContext context);
Checked<ExitCode> lesson(const LessonRequest& request, VerbContext context);
Checked<ExitCode> doctor(const DoctorRequest& request, VerbContext context);
Checked<ExitCode> version(const VersionRequest& request, VerbContext context);

}  // namespace lockstep
