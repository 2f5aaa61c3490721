#pragma once
// Text that leaves the program is valid UTF-8, whatever bytes a lock or a server put into it.

#include <string>
#include <string_view>

namespace lockstep {

/// The same text with every byte that is no part of valid UTF-8 replaced by U+FFFD.
std::string valid_utf8(std::string_view text);

}  // namespace lockstep
