#pragma once
// What the program's exit says.

namespace lockstep {

enum class ExitCode {
  met = 0,           // every check met its expectation
  violation = 1,     // a violation, or one that was expected and not found
  undecided = 2,     // a check ran out of its budget, and none was violated
  diverged = 3,      // a replay was not the same run
  usage = 64,        // the command line makes no sense (as EX_USAGE)
  bad_file = 65,     // a file that was named can't be used (EX_DATAERR)
  internal = 70,     // a bug of ours or of a lock's code (EX_SOFTWARE)
  interrupted = 130  // Ctrl-C; what was found so far is printed and kept
};

/// Which of two matters more: 70, then 65, 3, 1, 2, 0.
constexpr ExitCode worse(ExitCode a, ExitCode b) {
  for (const ExitCode code : {ExitCode::internal, ExitCode::bad_file, ExitCode::diverged,
                              ExitCode::violation, ExitCode::undecided}) {
    if (a == code || b == code) return code;
  }
  return ExitCode::met;
}

}  // namespace lockstep
