#pragma once
// From the words of a command line to a Request.

#include <string>
#include <variant>
#include <vector>

#include "cli/complaint.hpp"
#include "cli/manual.hpp"
#include "cli/requests.hpp"

namespace lockstep {

/// A page that was asked for with --help.
struct HelpPage {
  std::string text;
};

/// Reads the arguments after the program's name. Flags and verbs are checked here; names of locks,
/// faults and the like are not.
Checked<std::variant<Request, HelpPage>> read_command_line(const std::vector<std::string>& args);

/// All verbs with their options, as read_command_line knows them.
std::vector<VerbEntry> command_table();

}  // namespace lockstep
