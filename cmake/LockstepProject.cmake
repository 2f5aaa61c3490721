# For projects with a lock of their own.

# lockstep_add_plugin(<name> <source>...): lib<name>.so, which `lockstep --plugin` loads, and
# <name>_objects, the same code for a test program.
function(lockstep_add_plugin name)
  add_library(${name}_objects OBJECT ${ARGN})
  set_target_properties(${name}_objects PROPERTIES POSITION_INDEPENDENT_CODE ON)
  target_link_libraries(${name}_objects PUBLIC lockstep::headers)
  add_library(${name} MODULE)
  target_link_libraries(${name} PRIVATE ${name}_objects)
endfunction()

# lockstep_add_test(<name> <source>... [PLUGIN <plugin>]): a test program with GoogleTest's main and
# lockstep/gtest.hpp, known to CTest. What it says of a failure names the plug-in's library.
function(lockstep_add_test name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "PLUGIN" "")
  find_package(GTest REQUIRED)
  add_executable(${name} ${arg_UNPARSED_ARGUMENTS})
  target_link_libraries(${name} PRIVATE lockstep::testing GTest::gtest_main)
  add_test(NAME ${name} COMMAND ${name})
  if(arg_PLUGIN)
    target_link_libraries(${name} PRIVATE ${arg_PLUGIN}_objects)
    add_dependencies(${name} ${arg_PLUGIN})
    set_tests_properties(${name} PROPERTIES
      ENVIRONMENT "LOCKSTEP_PLUGIN=$<TARGET_FILE:${arg_PLUGIN}>")
  endif()
endfunction()
