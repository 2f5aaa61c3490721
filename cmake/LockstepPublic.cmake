# What other people's projects use: the public headers (include/lockstep/), their version, and a
# command whose functions a plug-in can call.
set(LOCKSTEP_PUBLIC_FOLDERS core sim backends workloads checker nemesis formats reports harness
  testing include)
set(headers "")
foreach(folder IN LISTS LOCKSTEP_PUBLIC_FOLDERS)
  file(GLOB_RECURSE found CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/${folder}/*.hpp)
  list(APPEND headers ${found})
endforeach()
set(LOCKSTEP_VERSION_HEADER ${CMAKE_BINARY_DIR}/generated/lockstep/version.hpp)
add_custom_command(
  OUTPUT ${LOCKSTEP_VERSION_HEADER}
  COMMAND ${CMAKE_COMMAND} -DSOURCE=${CMAKE_SOURCE_DIR} "-DFOLDERS=${LOCKSTEP_PUBLIC_FOLDERS}"
    -DVERSION=${PROJECT_VERSION} -DOUTPUT=${LOCKSTEP_VERSION_HEADER}
    -P ${CMAKE_SOURCE_DIR}/cmake/LockstepVersion.cmake
  DEPENDS ${headers} ${CMAKE_SOURCE_DIR}/cmake/LockstepVersion.cmake
  VERBATIM)
add_custom_target(lockstep_version DEPENDS ${LOCKSTEP_VERSION_HEADER})

# Includes as a project has them that was installed: <lockstep/lock.hpp>.
add_library(lockstep_public INTERFACE)
add_dependencies(lockstep_public lockstep_version)
target_include_directories(lockstep_public INTERFACE
  $<BUILD_INTERFACE:${CMAKE_SOURCE_DIR}> $<BUILD_INTERFACE:${CMAKE_SOURCE_DIR}/include>
  $<BUILD_INTERFACE:${CMAKE_BINARY_DIR}/generated>
  $<INSTALL_INTERFACE:include>)
target_compile_features(lockstep_public INTERFACE cxx_std_20)
# Without it gcc turns a chain of awaits that never suspend into recursion at -O0 and -O1.
target_compile_options(lockstep_public INTERFACE
  $<$<CXX_COMPILER_ID:GNU>:-foptimize-sibling-calls>)
target_link_libraries(lockstep_public INTERFACE tl::expected fmt::fmt cereal::cereal)
set_target_properties(lockstep_public PROPERTIES EXPORT_NAME headers)
add_library(lockstep::headers ALIAS lockstep_public)

# lockstep_export_functions(<executable>): all functions of the folders that plug-ins may call are in
# it, called or not, and can be found by what it loads.
function(lockstep_export_functions executable)
  set(folders core sim backends workloads checker nemesis harness)
  set(archives "")
  foreach(folder IN LISTS folders)
    list(APPEND archives $<TARGET_FILE:lockstep_${folder}>)
  endforeach()
  string(REPLACE ";" "," joined "${archives}")
  set_target_properties(${executable} PROPERTIES ENABLE_EXPORTS ON)
  target_link_options(${executable} PRIVATE
    "LINKER:--whole-archive,${joined},--no-whole-archive")
  target_link_libraries(${executable} PRIVATE ${CMAKE_DL_LIBS})
endfunction()
