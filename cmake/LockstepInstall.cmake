# Installs lockstep::checker, with what it stands on, so that another project may say
# find_package(lockstep COMPONENTS checker). It needs fmt and tl::expected, and nothing else.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

install(TARGETS lockstep_core lockstep_checker EXPORT lockstep_checker
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
if(LOCKSTEP_CHECKER_ALONE)
  set(whole OFF)
else()
  set(whole ON)
endif()
install(CODE "set(LOCKSTEP_SOURCE \"${CMAKE_SOURCE_DIR}\")
  set(LOCKSTEP_BINARY \"${CMAKE_BINARY_DIR}\")
  set(LOCKSTEP_WHOLE ${whole})
  include(\"${CMAKE_SOURCE_DIR}/cmake/InstallHeaders.cmake\")")
set(package ${CMAKE_INSTALL_LIBDIR}/cmake/lockstep)
install(EXPORT lockstep_checker NAMESPACE lockstep:: FILE lockstep-checker.cmake
  DESTINATION ${package})
write_basic_package_version_file(${CMAKE_BINARY_DIR}/lockstep-config-version.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_SOURCE_DIR}/cmake/lockstep-config.cmake
  ${CMAKE_BINARY_DIR}/lockstep-config-version.cmake DESTINATION ${package})
