#pragma once
// A lesson with its two runs, told: on a terminal, as JSON, as HTML and as a page of docs/lessons.

#include <string>

#include "core/outcome.hpp"
#include "formats/lesson.hpp"

namespace lockstep {

struct Taught {
  const Lesson& lesson;
  std::string story;
  std::string fix;
  std::string source;
  Outcome before;
  Outcome after;
};

/// `folder`: where its files are kept.
std::string lesson_text(const Taught& shown, const std::string& folder);
std::string lesson_json(const Taught& shown, const std::string& folder);
/// The index.html of that folder: links to broken.html and fixed.html in it.
std::string lesson_html(const Taught& shown);
/// Its page of docs/lessons.
std::string lesson_markdown(const Taught& shown);
/// The page that lists all of them.
std::string lesson_list();

}  // namespace lockstep
