# Writes lockstep/version.hpp: the version, and a digest of all headers that a plug-in may include.
# Run by LockstepPublic.cmake at each build in which a header has changed.
set(all "")
foreach(folder IN LISTS FOLDERS)
  file(GLOB_RECURSE headers RELATIVE ${SOURCE} ${SOURCE}/${folder}/*.hpp)
  list(SORT headers)
  foreach(header IN LISTS headers)
    file(SHA256 ${SOURCE}/${header} digest)
    string(APPEND all "${header} ${digest}\n")
  endforeach()
endforeach()
string(SHA256 digest "${all}")
string(SUBSTRING ${digest} 0 16 digest)
string(REPLACE "." ";" parts ${VERSION})
list(GET parts 0 major)
list(GET parts 1 minor)
list(GET parts 2 patch)
set(text "#pragma once
// Which Lockstep this is. Written by the build.

#define LOCKSTEP_VERSION_MAJOR ${major}
#define LOCKSTEP_VERSION_MINOR ${minor}
#define LOCKSTEP_VERSION_PATCH ${patch}
#define LOCKSTEP_VERSION_TEXT \"${VERSION}\"
/// Of all headers that are installed: a plug-in and the program that loads it have the same.
#define LOCKSTEP_HEADERS_DIGEST \"${digest}\"
")
set(old "")
if(EXISTS ${OUTPUT})
  file(READ ${OUTPUT} old)
endif()
if(NOT old STREQUAL text)
  file(WRITE ${OUTPUT} "${text}")
endif()
