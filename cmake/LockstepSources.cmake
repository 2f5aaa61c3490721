# "sources_digest.hpp" for cli/: a fingerprint of the sources that decide a run. Two programs with
# the same fingerprint give the same Outcomes, whatever compiled them.
set(sources_folders core sim backends workloads checker nemesis harness)
set(deciding_sources "")
foreach(folder IN LISTS sources_folders)
  file(GLOB_RECURSE found CONFIGURE_DEPENDS
    ${CMAKE_SOURCE_DIR}/${folder}/*.cpp ${CMAKE_SOURCE_DIR}/${folder}/*.hpp)
  list(APPEND deciding_sources ${found})
endforeach()
set(sources_digest ${CMAKE_BINARY_DIR}/generated/sources_digest.hpp)
add_custom_command(
  OUTPUT ${sources_digest}
  COMMAND ${CMAKE_COMMAND} -DROOT=${CMAKE_SOURCE_DIR} "-DFOLDERS=${sources_folders}"
    -DOUTPUT=${sources_digest} -P ${CMAKE_SOURCE_DIR}/cmake/digest_sources.cmake
  DEPENDS ${deciding_sources} ${CMAKE_SOURCE_DIR}/cmake/digest_sources.cmake
  VERBATIM)
target_sources(lockstep_cli PRIVATE ${sources_digest})
