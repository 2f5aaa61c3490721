#pragma once
// The program as a function, so that tests can drive it.

#include <string>
#include <vector>

#include "cli/exit_code.hpp"
#include "cli/terminal.hpp"

namespace lockstep {

/// Does what the arguments (without the program's name) say. Results go to terminal.out, progress
/// and messages to terminal.err. Never throws: a bug ends in ExitCode::internal. `plugins` are
/// loaded before those that the arguments name; a process can load plug-ins once.
ExitCode run_cli(const std::vector<std::string>& args, Terminal terminal,
                 const std::vector<std::string>& plugins = {});

}  // namespace lockstep
