# ccache, where there is one, unless the caller chose a launcher.
find_program(LOCKSTEP_CCACHE ccache)
if(LOCKSTEP_CCACHE AND NOT DEFINED CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${LOCKSTEP_CCACHE})
endif()

# Flags that every target of ours is built with.
add_library(lockstep_compiler INTERFACE)
target_compile_options(lockstep_compiler INTERFACE
  -Wall -Wextra -Wshadow -Wconversion -Wnon-virtual-dtor -Woverloaded-virtual
  # gcc 12 sees uninitialised std::optional, and overlapping copies in std::string's operator+
  # (gcc bug 105651), where there are none.
  $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized -Wno-restrict>
  # A third of all calls go to libc, libstdc++ and the allocator: without a jump on the way.
  -fno-plt
  # libstdc++ 12's stable_sort uses what clang 19 calls deprecated.
  $<$<CXX_COMPILER_ID:Clang>:-Wno-deprecated-declarations>
  $<$<BOOL:${LOCKSTEP_WERROR}>:-Werror>
  # Without it gcc turns a chain of awaits that never suspend into recursion at -O0 and -O1.
  $<$<CXX_COMPILER_ID:GNU>:-foptimize-sibling-calls>)

# What fuzzers go by: which edges were passed, and whether an address or a number went wrong.
if(LOCKSTEP_FUZZ)
  set(fuzzed fuzzer-no-link)
  if(LOCKSTEP_FUZZ_SANITIZERS)
    string(APPEND fuzzed ",${LOCKSTEP_FUZZ_SANITIZERS}")
    target_link_options(lockstep_compiler INTERFACE -fsanitize=${LOCKSTEP_FUZZ_SANITIZERS})
  endif()
  target_compile_definitions(lockstep_compiler INTERFACE _GLIBCXX_ASSERTIONS)
  target_compile_options(lockstep_compiler INTERFACE -fsanitize=${fuzzed}
    -fno-sanitize-recover=undefined -g1)
endif()
