#pragma once
// What is wrong with a file, where in it, and how to go on.

#include <cstddef>
#include <string>
#include <tl/expected.hpp>
#include <utility>

namespace lockstep {

/// A place in a file. In text: a line and a column in bytes, both counted from 1. In binary files
/// (line 0): an offset in bytes, counted from 0. See also whole_file.
struct Place {
  std::size_t line = 0;
  std::size_t column = 0;
  std::size_t byte = 0;

  friend bool operator==(const Place&, const Place&) = default;
};

/// What is wrong is wrong with the file and not with a place in it.
constexpr Place whole_file{0, 0, static_cast<std::size_t>(-1)};

/// "12:7", or "byte 120"; nothing for the whole file.
inline std::string to_text(const Place& at) {
  if (at == whole_file) return "";
  if (at.line == 0) return "byte " + std::to_string(at.byte);
  return std::to_string(at.line) + ":" + std::to_string(at.column);
}

struct FileError {
  Place at;
  std::string text;      // one sentence: what is wrong, or what was expected
  std::string advice{};  // how to go on; may be empty
};

template <class T>
using FileResult = tl::expected<T, FileError>;

inline tl::unexpected<FileError> misread(Place at, std::string text, std::string advice = {}) {
  return tl::unexpected<FileError>(FileError{at, std::move(text), std::move(advice)});
}
inline tl::unexpected<FileError> misread(FileError error) {
  return tl::unexpected<FileError>(std::move(error));
}

}  // namespace lockstep
