# Installs the command, the public headers and the libraries of tests, beside lockstep::checker
# (LockstepInstall.cmake). Two parts: "runtime" is the command, "development" all the rest.
set(libraries lockstep_sim lockstep_workloads lockstep_backends lockstep_nemesis lockstep_proto
  lockstep_formats lockstep_reports lockstep_harness lockstep_testing)
set_target_properties(lockstep PROPERTIES EXPORT_NAME command)
install(TARGETS lockstep EXPORT lockstep_plugin RUNTIME COMPONENT runtime)
install(TARGETS lockstep_public EXPORT lockstep_plugin)
install(TARGETS ${libraries} EXPORT lockstep_testing ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
foreach(component plugin testing)
  install(EXPORT lockstep_${component} NAMESPACE lockstep:: FILE lockstep-${component}.cmake
    DESTINATION ${package})
endforeach()
install(FILES ${CMAKE_SOURCE_DIR}/cmake/LockstepProject.cmake DESTINATION ${package})
foreach(folder sim workloads backends nemesis formats reports harness testing)
  install(DIRECTORY ${CMAKE_SOURCE_DIR}/${folder} DESTINATION include/lockstep
    FILES_MATCHING PATTERN "*.hpp")
endforeach()
install(DIRECTORY ${CMAKE_SOURCE_DIR}/include/lockstep DESTINATION include)
install(FILES ${LOCKSTEP_VERSION_HEADER} DESTINATION include/lockstep)

configure_file(${CMAKE_SOURCE_DIR}/cmake/lockstep.pc.in ${CMAKE_BINARY_DIR}/lockstep.pc @ONLY)
install(FILES ${CMAKE_BINARY_DIR}/lockstep.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
