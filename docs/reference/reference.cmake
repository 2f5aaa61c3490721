# Makes the API reference with Doxygen, which fails at its first warning:
# cmake -DSOURCE= -DOUTPUT= -P this.
cmake_minimum_required(VERSION 3.25)
find_program(doxygen doxygen)
if(NOT doxygen)
  message(FATAL_ERROR "this needs doxygen")
endif()
include(${SOURCE}/cmake/PublicHeaders.cmake)
lockstep_public_headers(${SOURCE} headers)
string(REPLACE ";" " " headers "${headers}")
file(REMOVE_RECURSE ${OUTPUT})
file(MAKE_DIRECTORY ${OUTPUT})
file(READ ${SOURCE}/docs/reference/Doxyfile options)
file(WRITE ${OUTPUT}/Doxyfile
  "${options}\nINPUT = docs/reference/main.md ${headers}\nOUTPUT_DIRECTORY = ${OUTPUT}\n")
execute_process(COMMAND ${doxygen} ${OUTPUT}/Doxyfile WORKING_DIRECTORY ${SOURCE}
  COMMAND_ERROR_IS_FATAL ANY)
message(STATUS "${OUTPUT}/html/index.html")
