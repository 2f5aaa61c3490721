# lockstep_embed(<target> <namespace> <file>...): text files as constants of the program. A file
# reports/timeline/style.css becomes `<namespace>::style_css`, a std::string_view that is declared
# in the generated header "<target>_embedded.hpp", or the one named after HEADER, and stands with its name in `<namespace>::files`.
function(lockstep_embed target namespace)
  cmake_parse_arguments(PARSE_ARGV 2 arg "" "HEADER" "")
  if(NOT arg_HEADER)
    set(arg_HEADER ${target}_embedded)
  endif()
  set(declarations "")
  set(table "")
  set(delimiter "LOCKSTEP_TEXT")
  foreach(file IN LISTS arg_UNPARSED_ARGUMENTS)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/${file})
    file(READ ${CMAKE_SOURCE_DIR}/${file} text)
    get_filename_component(name ${file} NAME)
    string(MAKE_C_IDENTIFIER ${name} name)
    string(APPEND declarations
      "inline constexpr std::string_view ${name} = R\"${delimiter}(${text})${delimiter}\";\n")
    get_filename_component(file_name ${file} NAME)
    string(APPEND table "  {\"${file_name}\", ${name}},\n")
  endforeach()
  set(header ${CMAKE_BINARY_DIR}/generated/${arg_HEADER}.hpp)
  string(CONCAT content "#pragma once\n#include <string_view>\nnamespace ${namespace} {\n"
    "${declarations}struct File {\n  std::string_view name;\n  std::string_view text;\n};\n"
    "inline constexpr File files[] = {\n${table}};\n}\n")
  file(WRITE ${header}.new "${content}")
  configure_file(${header}.new ${header} COPYONLY)
  target_include_directories(lockstep_${target} PRIVATE ${CMAKE_BINARY_DIR}/generated)
endfunction()
