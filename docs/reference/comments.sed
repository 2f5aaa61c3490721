# Comments as Doxygen reads them: the prose that opens a header is about the file, and what stands
# behind a member is about the member.
1,/^$/ {
  s|^#pragma once$|/// \\file|
  s|^//( .*)?$|///\1|
}
s|([;,]) +// ([^:]*)$|\1  ///< \2|
