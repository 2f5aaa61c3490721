#pragma once
// What is fuzzed: functions of bytes that must return, whatever the bytes are. Each is one file of
// this folder, and its name stands below.

#include <algorithm>
#include <stdexcept>
#include <string>
#include <string_view>

#include "formats/file_error.hpp"

#define LOCKSTEP_FUZZ_TARGETS(X) \
  X(jsonl)                       \
  X(proto)                       \
  X(edn)                         \
  X(edn_gzip)                    \
  X(csv)                         \
  X(log)                         \
  X(stream)                      \
  X(scenario)                    \
  X(outcome)                     \
  X(json)                        \
  X(checker)

namespace lockstep::fuzz {

#define LOCKSTEP_DECLARE(name) void name(std::string_view bytes);
LOCKSTEP_FUZZ_TARGETS(LOCKSTEP_DECLARE)
#undef LOCKSTEP_DECLARE

/// A claim that must hold for all bytes. What it throws nobody catches but the tests.
inline void ensure(bool holds, const std::string& claim) {
  if (!holds) throw std::logic_error(claim);
}

/// What was read, or an error that says what is wrong and points into the text. One behind its end
/// counts: there something is lacking.
template <class Value>
bool read_or_told(const FileResult<Value>& read, std::string_view text) {
  if (read) return true;
  const FileError& error = read.error();
  ensure(!error.text.empty(), "an error says what is wrong");
  if (error.at == whole_file) return false;
  if (error.at.line == 0) {
    ensure(error.at.byte <= text.size(), "an error points into the file");
    return false;
  }
  const auto lines = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')) + 1;
  ensure(error.at.line <= lines, "an error points at one of the lines");
  ensure(error.at.column >= 1 && error.at.column <= text.size() + 1, "an error points into a line");
  return false;
}

}  // namespace lockstep::fuzz
