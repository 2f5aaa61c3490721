# Installs the public headers into include/lockstep/, where they include each other as
# <lockstep/...>: a project may have a "core/time.hpp" of its own. Run while installing, with
# LOCKSTEP_SOURCE, LOCKSTEP_BINARY and LOCKSTEP_WHOLE (not the checker alone) set.
cmake_minimum_required(VERSION 3.25)
include(${LOCKSTEP_SOURCE}/cmake/PublicHeaders.cmake)
file(GLOB_RECURSE headers RELATIVE ${LOCKSTEP_SOURCE}
  ${LOCKSTEP_SOURCE}/core/*.hpp ${LOCKSTEP_SOURCE}/checker/*.hpp)
if(LOCKSTEP_WHOLE)
  lockstep_public_headers(${LOCKSTEP_SOURCE} headers ${headers})
endif()
foreach(header IN LISTS headers)
  file(READ ${LOCKSTEP_SOURCE}/${header} text)
  string(REGEX REPLACE "(\n#include )\"(lockstep/)?([^\"]+)\"" "\\1<lockstep/\\3>" text "${text}")
  string(REGEX REPLACE "^include/lockstep/" "" place "${header}")
  file(WRITE ${LOCKSTEP_BINARY}/public/${place} "${text}")
  get_filename_component(folder lockstep/${place} DIRECTORY)
  file(INSTALL DESTINATION ${CMAKE_INSTALL_PREFIX}/include/${folder} TYPE FILE
    FILES ${LOCKSTEP_BINARY}/public/${place})
endforeach()
