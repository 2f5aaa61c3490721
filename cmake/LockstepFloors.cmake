# lockstep_library(<folder> DEPENDS <targets>...): the static library lockstep::<folder> of all
# sources below <folder>/ but main.cpp. Adding a file to a folder needs no line here.
function(lockstep_library folder)
  cmake_parse_arguments(arg "" "" "DEPENDS" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/${folder}/*.cpp)
  list(FILTER sources EXCLUDE REGEX "/main\\.cpp$")
  if(sources)
    add_library(lockstep_${folder} STATIC ${sources})
    target_include_directories(lockstep_${folder} PUBLIC
      $<BUILD_INTERFACE:${CMAKE_SOURCE_DIR}> $<INSTALL_INTERFACE:include>)
    target_link_libraries(lockstep_${folder} PUBLIC ${arg_DEPENDS}
      PRIVATE $<BUILD_INTERFACE:lockstep_compiler>)
    set_target_properties(lockstep_${folder} PROPERTIES EXPORT_NAME ${folder})
  else()
    add_library(lockstep_${folder} INTERFACE)
    target_include_directories(lockstep_${folder} INTERFACE ${CMAKE_SOURCE_DIR})
    target_link_libraries(lockstep_${folder} INTERFACE ${arg_DEPENDS})
  endif()
  add_library(lockstep::${folder} ALIAS lockstep_${folder})
endfunction()

# lockstep_uses_headers(<folder> <targets>...): includes of libraries that are nothing but headers to
# us, though some systems bring them with a library to link.
function(lockstep_uses_headers folder)
  foreach(target IN LISTS ARGN)
    target_include_directories(lockstep_${folder} SYSTEM PRIVATE
      $<TARGET_PROPERTY:${target},INTERFACE_INCLUDE_DIRECTORIES>)
  endforeach()
endfunction()
