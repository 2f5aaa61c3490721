#pragma once
// What is wrong with a file, where in it, and how to go on.

#include <cstddef>
#include <string>
#include <tl/expected.hpp>
#include <utility>

namespace lockstep {

/// A place in a file. In text: a line and a column in bytes, both counted from 1. In binary files
/// (line 0): an offset in bytes, counted from 0.
struct Place {
  std::size_t line = 0;
  std::size_t column = 0;
  std::size_t byte = 0;

  friend bool operator==(const Place&, const Place&) = default;
};

/// "12:7", or "byte 120".
inline std::string to_text(const Place& at) {
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
