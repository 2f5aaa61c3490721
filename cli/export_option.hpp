#pragma once
// The flag --export of several verbs. For command_line.cpp alone: CLI11 is slow to compile.

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace lockstep {

inline void add_exports(CLI::App& sub, std::vector<std::string>& exports) {
  sub.add_option("--export", exports,
                 "also for another tool (lockstep list reports): perfetto=FILE; may be given "
                 "again, and without =FILE it goes into the folder of -o")
      ->type_name("KIND[=FILE]")
      ->allow_extra_args(false);
}

}  // namespace lockstep
