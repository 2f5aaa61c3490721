#pragma once
// What this program was built from and with.

#include <string>

namespace lockstep {

/// "0.1.0".
inline std::string build_version() {
  return LOCKSTEP_VERSION;
}

/// "0.1.0+3fa1d27700c2be41": with a fingerprint of the sources that decide a run. Programs in which
/// it is equal give equal Outcomes.
std::string build_identity();

/// "gcc 12.2.0, optimised".
inline std::string build_compiler() {
#if defined(__clang__)
  std::string compiler = "clang " __clang_version__;
  compiler = compiler.substr(0, compiler.find(' ', 6));
#else
  std::string compiler = "gcc " __VERSION__;
#endif
#if defined(__OPTIMIZE__)
  return compiler + ", optimised";
#else
  return compiler + ", not optimised";
#endif
}

}  // namespace lockstep
