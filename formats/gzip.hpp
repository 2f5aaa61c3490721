#pragma once
// Files that were compressed: Jepsen's stores are kept so.

#include <string>
#include <string_view>

#include "formats/file_error.hpp"

namespace lockstep {

/// Do these bytes begin as gzip's do?
bool is_gzip(std::string_view bytes);

/// What was compressed, all members of the file. Fails where the bytes are not whole, and beyond
/// `most` bytes of content.
FileResult<std::string> gunzip(std::string_view bytes, std::size_t most);

/// Compressed as gzip does, without a name or a time: the same content gives the same bytes.
std::string gzipped(std::string_view content);

}  // namespace lockstep
