// The program: the process around run_cli.
#include <unistd.h>

#include <cstdlib>
#include <iostream>
#include <optional>
#include <string>

#include "cli/cli.hpp"
#include "cli/plug_in.hpp"

int main(int argc, char** argv) {
  std::ios::sync_with_stdio(false);
  const std::vector<std::string> args(argv + (argc > 0 ? 1 : 0), argv + argc);
  lockstep::Terminal terminal{std::cout, std::cerr};
  terminal.out_is_terminal = isatty(STDOUT_FILENO) == 1;
  terminal.err_is_terminal = isatty(STDERR_FILENO) == 1;
  const char* no_colour = std::getenv("NO_COLOR");
  terminal.no_colour_wanted = no_colour != nullptr && *no_colour != '\0';
  terminal.environment = [](const std::string& name) -> std::optional<std::string> {
    const char* value = std::getenv(name.c_str());
    if (value == nullptr) return std::nullopt;
    return value;
  };
  const char* plugins = std::getenv("LOCKSTEP_PLUGIN");
  const lockstep::ExitCode code =
      lockstep::run_cli(args, terminal, lockstep::files_in(plugins == nullptr ? "" : plugins));
  std::cout.flush();
  if (std::cout) return static_cast<int>(code);
  std::cerr << "error: the result can't be written to the standard output\n";
  const bool met = code == lockstep::ExitCode::met;
  return static_cast<int>(met ? lockstep::ExitCode::bad_file : code);
}
