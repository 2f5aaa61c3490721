# Installs the checker alone, where nothing that the simulator needs can be found, and then builds
# and runs a project of ten lines that uses it. The archives are those of the tree that runs this:
# cmake -DSOURCE= -DARCHIVES= -DWORK= -DCOMPILER= -DFLAGS= -P this.
set(absent "")
foreach(package Protobuf Lua51 ZLIB cereal CURL GTest rapidcheck)
  list(APPEND absent -DCMAKE_DISABLE_FIND_PACKAGE_${package}=ON)
endforeach()
set(same -G Ninja -DCMAKE_CXX_COMPILER=${COMPILER} "-DCMAKE_CXX_FLAGS=${FLAGS}" ${absent})

function(must)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE code OUTPUT_VARIABLE said ERROR_VARIABLE said)
  if(NOT code EQUAL 0)
    message(FATAL_ERROR "${ARGN}\n${said}")
  endif()
  set(said "${said}" PARENT_SCOPE)
endfunction()

set(prefix ${WORK}/prefix)
file(REMOVE_RECURSE ${WORK})
must(${CMAKE_COMMAND} -S ${SOURCE} -B ${WORK}/alone ${same} -DLOCKSTEP_CHECKER_ALONE=ON)
file(COPY ${ARCHIVES} DESTINATION ${WORK}/alone)  # the same sources need no second compilation
must(${CMAKE_COMMAND} --install ${WORK}/alone --prefix ${prefix})

file(GLOB_RECURSE installed LIST_DIRECTORIES false RELATIVE ${prefix} ${prefix}/*)
foreach(file IN LISTS installed)
  if(NOT file MATCHES "^include/lockstep/(core|checker)/.*\\.hpp$"
      AND NOT file MATCHES "/(liblockstep_(core|checker)\\.a|lockstep-[a-z-]+\\.cmake)$")
    message(FATAL_ERROR "the checker alone installs ${file}")
  endif()
endforeach()

must(${CMAKE_COMMAND} -S ${CMAKE_CURRENT_LIST_DIR} -B ${WORK}/user ${same}
  -DCMAKE_PREFIX_PATH=${prefix})
must(${CMAKE_COMMAND} --build ${WORK}/user)
must(${WORK}/user/checker_user)
if(NOT said MATCHES "hold the lock at once")
  message(FATAL_ERROR "the user of the checker said: ${said}")
endif()
