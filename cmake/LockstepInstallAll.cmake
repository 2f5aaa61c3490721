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
install(FILES ${LOCKSTEP_VERSION_HEADER} DESTINATION include/lockstep)

# The manual and the completions are what the command itself says.
foreach(form man bash zsh fish)
  add_custom_command(OUTPUT ${CMAKE_BINARY_DIR}/manual/${form}
    COMMAND ${CMAKE_COMMAND} -E make_directory ${CMAKE_BINARY_DIR}/manual
    COMMAND lockstep manual ${form} > ${CMAKE_BINARY_DIR}/manual/${form}
    DEPENDS lockstep)
  list(APPEND manual ${CMAKE_BINARY_DIR}/manual/${form})
endforeach()
add_custom_target(lockstep_manual ALL DEPENDS ${manual})
foreach(place "man|share/man/man1|lockstep.1" "bash|share/bash-completion/completions|lockstep"
    "zsh|share/zsh/vendor-completions|_lockstep"
    "fish|share/fish/vendor_completions.d|lockstep.fish")
  string(REPLACE "|" ";" place "${place}")
  list(GET place 0 form)
  list(GET place 1 folder)
  list(GET place 2 name)
  install(FILES ${CMAKE_BINARY_DIR}/manual/${form} DESTINATION ${folder} RENAME ${name}
    COMPONENT runtime)
endforeach()

configure_file(${CMAKE_SOURCE_DIR}/cmake/lockstep.pc.in ${CMAKE_BINARY_DIR}/lockstep.pc @ONLY)
install(FILES ${CMAKE_BINARY_DIR}/lockstep.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
