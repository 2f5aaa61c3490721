#pragma once
// The one door between a shared library with your locks and the command `lockstep`.
//
//     #include <lockstep/lock.hpp>
//     #include <lockstep/plugin.hpp>
//
//     LOCKSTEP_PLUGIN(plugin) {
//       plugin.locks.push_back(my_lock());
//     }
//
// Build it as a module (CMake: lockstep_add_plugin) and say `lockstep run --plugin ./libmy_lock.so
// my-lock`. The library is not linked with Lockstep: it finds Lockstep's functions in the command
// that loads it, so the two must have been compiled from the same headers by the same compiler. The
// stamp below says which these were; the command reads it before it loads anything, and refuses in
// one sentence what does not fit.

#include "harness/plug_in.hpp"
#include "lockstep/version.hpp"

#define LOCKSTEP_TEXT_OF(number) #number
#define LOCKSTEP_TEXT(number) LOCKSTEP_TEXT_OF(number)
#if defined(__clang__)
#define LOCKSTEP_COMPILER "clang " LOCKSTEP_TEXT(__clang_major__)
#else
#define LOCKSTEP_COMPILER "gcc " LOCKSTEP_TEXT(__GNUC__)
#endif

/// What a plug-in and the command must have in common, but for the version, which is for people.
#define LOCKSTEP_PLUGIN_INTERFACE 1
#define LOCKSTEP_STAMP_MARK "\x1blockstep plug-in stamp:"
#define LOCKSTEP_STAMP                                                                       \
  "interface " LOCKSTEP_TEXT(LOCKSTEP_PLUGIN_INTERFACE) ", " LOCKSTEP_COMPILER               \
                                                        ", headers " LOCKSTEP_HEADERS_DIGEST \
                                                        ", Lockstep " LOCKSTEP_VERSION_TEXT

/// Defines the function that gives Lockstep what the library has. Once in a library. The same
/// source may be linked into a test program instead (lockstep/gtest.hpp finds it there).
#define LOCKSTEP_PLUGIN(plug_in)                                                    \
  extern "C" {                                                                      \
  __attribute__((visibility("default"))) extern const char lockstep_plugin_stamp[]; \
  const char lockstep_plugin_stamp[] = LOCKSTEP_STAMP_MARK LOCKSTEP_STAMP;          \
  __attribute__((visibility("default"))) void lockstep_plugin(::lockstep::PlugIn&); \
  }                                                                                 \
  void lockstep_plugin(::lockstep::PlugIn& plug_in)
