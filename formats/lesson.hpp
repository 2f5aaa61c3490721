#pragma once
// Lessons: a famous bug each, with a text, a question and what to try next (lessons/*.toml).

#include <string>
#include <string_view>
#include <vector>

#include "formats/file_error.hpp"

namespace lockstep {

/// A lesson shows a saved scenario and its sibling, or where nothing is violated but much is paid,
/// a lock and another one in the same circumstances.
struct Lesson {
  std::string name;      // "the-herd"
  std::string title;     // "A release that wakes everybody"
  std::string scenario;  // the saved scenario that shows it; empty: a lock and another one do
  std::string text;      // one line, as all of these
  std::string question;
  std::string command;  // what to try next

  std::string lock{};     // these six only without a scenario
  std::string instead{};  // the lock that does better
  std::string clients{};
  std::string story{};
  std::string fix{};
  std::string source{};
};

/// Fails at the first place that is not TOML, and when something is missing.
FileResult<Lesson> read_lesson(std::string_view name, std::string_view text);

/// Those that the program carries with it, by name. Throws std::runtime_error when a file that was
/// built in is not as it should be.
const std::vector<Lesson>& all_lessons();

}  // namespace lockstep
