# Installs the tree that runs this into a clean prefix, and builds and runs other people's projects
# against it, with no look at the sources: cmake -DBUILD= -DWORK= -DCOMPILER= -DLAUNCHER= -DFLAGS=
# -DPROJECTS= -P this. A project is a folder, or "new:<arguments of lockstep new>".
set(prefix ${WORK}/prefix)

function(must)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE code OUTPUT_VARIABLE said ERROR_VARIABLE said
    WORKING_DIRECTORY ${WORK})
  if(NOT code EQUAL 0)
    string(REPLACE ";" " " line "${ARGN}")
    message(FATAL_ERROR "${line}\n${said}")
  endif()
endfunction()

file(REMOVE_RECURSE ${WORK})
file(MAKE_DIRECTORY ${WORK})
must(${CMAKE_COMMAND} --install ${BUILD} --prefix ${prefix})
foreach(folder cli campaign formats reports proto)
  if(EXISTS ${prefix}/include/lockstep/${folder})
    message(FATAL_ERROR "headers of ${folder}/ are private, and installed")
  endif()
endforeach()
foreach(project IN LISTS PROJECTS)
  if(project MATCHES "^new:(.*)$")
    string(REPLACE " " ";" words "${CMAKE_MATCH_1}")
    list(GET words 1 name)
    set(source ${WORK}/${name})
    must(${prefix}/bin/lockstep new ${words} -o ${source})
  else()
    get_filename_component(name ${project} NAME)
    file(COPY ${project} DESTINATION ${WORK})  # away from our sources
    set(source ${WORK}/${name})
  endif()
  # A header of the project's own that has the name of one of ours.
  file(WRITE ${source}/core/time.hpp "#error \"this is not Lockstep's\"\n")
  must(${CMAKE_COMMAND} -S ${source} -B ${source}/build -G Ninja -DCMAKE_PREFIX_PATH=${prefix}
    -DCMAKE_CXX_COMPILER=${COMPILER} -DCMAKE_CXX_COMPILER_LAUNCHER=${LAUNCHER}
    "-DCMAKE_CXX_FLAGS=${FLAGS} -Wall -Wextra -Werror -I${source}")
  must(${CMAKE_COMMAND} --build ${source}/build)
  must(${CMAKE_CTEST_COMMAND} --test-dir ${source}/build --output-on-failure)
  if(EXISTS ${source}/lockstep.json)
    file(GLOB plugin ${source}/build/*.so)
    must(${prefix}/bin/lockstep ci --plugin ${plugin} ${source}/lockstep.json)
  endif()
  message(STATUS "${name}: built and tested")
endforeach()
