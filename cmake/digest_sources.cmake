# Writes OUTPUT: the SHA-256 of all sources below the FOLDERS of ROOT, and of their names.
set(all "")
foreach(folder IN LISTS FOLDERS)
  file(GLOB_RECURSE sources RELATIVE ${ROOT} ${ROOT}/${folder}/*.cpp ${ROOT}/${folder}/*.hpp)
  list(SORT sources)
  foreach(source IN LISTS sources)
    file(SHA256 ${ROOT}/${source} digest)
    string(APPEND all "${source} ${digest}\n")
  endforeach()
endforeach()
string(SHA256 digest "${all}")
string(SUBSTRING ${digest} 0 16 digest)
file(WRITE ${OUTPUT}
  "#pragma once\n#define LOCKSTEP_SOURCES_DIGEST \"${digest}\"\n")
