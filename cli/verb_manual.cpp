// lockstep manual: the manual page, and what shells complete by.
#include "cli/build.hpp"
#include "cli/command_line.hpp"
#include "cli/manual.hpp"
#include "cli/verbs.hpp"

namespace lockstep {

Checked<ExitCode> write_manual(const ManualRequest& request, VerbContext context) {
  const std::vector<VerbEntry> verbs = command_table();
  std::ostream& out = context.terminal.out;
  if (request.form == "bash") {
    out << bash_completion(verbs);
  } else if (request.form == "zsh") {
    out << zsh_completion(verbs);
  } else if (request.form == "fish") {
    out << fish_completion(verbs);
  } else {
    out << manual_page(verbs, build_version());
  }
  return ExitCode::met;
}

}  // namespace lockstep
