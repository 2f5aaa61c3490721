# lockstep_public_headers(<source> <out> [<header>...]): include/lockstep/*.hpp, the given ones, and
# all that they include, by their paths in the tree: what is installed and what the reference tells
# of. All other headers are private.
function(lockstep_public_headers source out)
  file(GLOB waiting RELATIVE ${source} ${source}/include/lockstep/*.hpp)
  list(APPEND waiting ${ARGN})
  set(found "")
  while(waiting)
    list(POP_FRONT waiting header)
    if(header IN_LIST found OR NOT EXISTS ${source}/${header})
      continue()  # "lockstep/version.hpp" is made by the build
    endif()
    list(APPEND found ${header})
    file(STRINGS ${source}/${header} includes REGEX "^#include \"")
    foreach(include IN LISTS includes)
      string(REGEX REPLACE "^#include \"([^\"]+)\".*" "\\1" include "${include}")
      string(REGEX REPLACE "^lockstep/" "include/lockstep/" include "${include}")
      list(APPEND waiting ${include})
    endforeach()
  endwhile()
  list(SORT found)
  set(${out} ${found} PARENT_SCOPE)
endfunction()
